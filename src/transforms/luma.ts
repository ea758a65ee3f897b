import { UsageError } from "../ir/errors.ts";
import { type Image, planeOf } from "./image.ts";

/** How bright each pixel is, as ITU-R 601 weighs the colours and Pillow rounds them: `[height, width]`. */
export function luma(image: Image): Uint8Array {
  if (image.channels === 1) return image.data;
  expectColours(image, "the brightness of a pixel");
  const [red, green, blue] = [planeOf(image, 0), planeOf(image, 1), planeOf(image, 2)];
  return red.map((r, i) => (r * 19595 + (green[i] ?? 0) * 38470 + (blue[i] ?? 0) * 7471 + 0x8000) >> 16);
}

/** The same plane in every channel. */
export function inAllChannels(plane: Uint8Array, channels: number, { height, width }: Image): Image {
  const data = new Uint8Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) data.set(plane, channel * height * width);
  return { data, channels, height, width };
}

/** Stops on a picture that is not red, green and blue. */
export function expectColours({ channels }: Image, what: string): void {
  if (channels !== 3)
    throw new UsageError(`${what} is of red, green and blue, the picture has ${channels} channels`);
}
