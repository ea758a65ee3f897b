import type { Planes } from "./compute.ts";
import type { Bytes } from "./drawn.ts";
import type { Settings } from "./settings.ts";

/** A picture as numbers from 0 to `white`: one plane or three, as chosen. A grey one is always one plane. */
export function planesOf(
  { channels, height, width, data }: Bytes,
  choice: Settings["channels"],
  white: number,
): Planes {
  const size = height * width;
  const count = channels === 3 && choice === "all" ? 3 : 1;
  const numbers = new Float32Array(count * size);
  const plane = { grey: 0, red: 0, green: 1, blue: 2, all: 0 }[choice];
  for (let at = 0; at < numbers.length; at++) {
    if (channels === 1 || choice === "all") numbers[at] = (data[at] ?? 0) * (white / 255);
    else if (choice === "grey") numbers[at] = luma(data, size, at) * (white / 255);
    else numbers[at] = (data[plane * size + at] ?? 0) * (white / 255);
  }
  return { channels: count, height, width, data: numbers };
}

/** The grey of a colour, in whole steps (ITU-R BT.601). */
function luma(data: Uint8Array, size: number, at: number): number {
  const [red = 0, green = 0, blue = 0] = [data[at], data[size + at], data[2 * size + at]];
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
