import { type Signal, signal } from "@preact/signals";
import type { Dataset } from "convnets";
import { loadDigits } from "../digits/load.ts";
import { type Bytes, bitmap, drawn } from "./drawn.ts";

/** The reader's own picture, once there is one. */
export const own: Signal<Bytes | undefined> = signal(undefined);

let digits: Promise<Dataset> | undefined;

/** The picture of a name as it is in links; undefined if there is none of that name. */
export async function pictureOf(name: string): Promise<Bytes | undefined> {
  if (name === "own") return own.value;
  const [kind, digit = "", place = "0"] = name.split("-");
  if (kind === "bitmap" && /^\d$/.test(digit)) return bitmap(Number(digit));
  if (kind === "digit" && /^\d$/.test(digit) && /^\d+$/.test(place)) {
    digits ??= loadDigits("test");
    digits.catch(() => {
      // A later try may find the server again.
      digits = undefined;
    });
    return digitOf(await digits, Number(digit), Number(place));
  }
  return drawn.find((one) => one.name === name)?.make();
}

/** The digit's picture of number `place`, counted around. */
export function digitOf(
  { images, labels, shape: [, height, width] }: Dataset,
  digit: number,
  place: number,
): Bytes {
  const indices = [...labels.keys()].filter((index) => labels[index] === digit);
  const at = (indices[place % indices.length] ?? 0) * height * width;
  return { channels: 1, height, width, data: images.slice(at, at + height * width) };
}
