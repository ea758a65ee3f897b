import { openPicture, pixelsOf } from "../data/decode.ts";
import { readFile } from "../files/readFile.ts";

export interface Picture {
  /** u8 `[c, h, w]` */
  readonly pixels: Uint8Array;
  /** The mean of the outermost pixels, 0 to 255, before anything is inverted. */
  readonly border: number;
}

const maxFileBytes = 2 ** 28;

/**
 * Reads a picture file as a network takes it: grey for one channel, else RGB; what is transparent is white. It is scaled
 * to fit the shape, with black where its proportions leave a gap, or to cover it, cut about the middle. `invert` swaps
 * bright and dark.
 */
export async function readPicture(
  path: string,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  { invert, fit }: { readonly invert: boolean; readonly fit: "contain" | "cover" },
): Promise<Picture> {
  const upright = await openPicture(await readFile(path, maxFileBytes), path);
  const coloured = channels === 1 ? upright.greyscale() : upright;
  const toned = invert ? coloured.negate() : coloured;
  const fitted = toned.resize(width, height, { fit, background: "black" });
  const { data: pixels } = await pixelsOf(fitted, path, channels);
  const border = borderOf(pixels, height, width);
  return { pixels, border: invert ? 255 - border : border };
}
function borderOf(pixels: Uint8Array, height: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (row === 0 || column === 0 || row === height - 1 || column === width - 1) {
        sum += pixels[row * width + column] ?? 0;
        count++;
      }
  return sum / count;
}
