import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Dataset } from "convnets";
import { loadDigits } from "../digits/load.ts";
import { asImage, type Pixels } from "../pictures/asImage.ts";
import { type Bytes, bitmap, drawn } from "./drawn.ts";

/** The reader's own picture, once there is one, and how many pixels its longer side is to have. */
export const ownPixels: Signal<Pixels | undefined> = signal(undefined);
export const ownSide: Signal<number> = signal(48);

export const own: ReadonlySignal<Bytes | undefined> = computed(
  () => ownPixels.value && reduced(ownPixels.value, ownSide.value),
);

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

/** A picture with `side` pixels on its longer side, or fewer if it has fewer; one plane if it has no colours. */
export function reduced(picture: Pixels, side: number): Bytes {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const { data } = asImage(picture, { channels: 3, height, width });
  const size = height * width;
  const grey = data.every((byte, at) => byte === data[at % size]);
  return grey
    ? { channels: 1, height, width, data: data.slice(0, size) }
    : { channels: 3, height, width, data };
}
