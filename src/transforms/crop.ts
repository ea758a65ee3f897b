import { blank, type Image, perChannel, planeOf } from "./image.ts";
import type { Fill } from "./kinds.ts";

/** What lies beyond the border, in numpy's and torchvision's words. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";

export interface Box {
  /** The row of the picture that becomes the first, negative above it. */
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The part of a picture that `box` names. It may reach beyond the border, where `mode` says what there is. */
export function crop(image: Image, box: Box, fill: Fill = 0, mode: PaddingMode = "constant"): Image {
  const { top, left, height, width } = box;
  if (top === 0 && left === 0 && height === image.height && width === image.width) return image;
  const result = blank(image.channels, height, width);
  if (mode === "constant") copyInside(image, box, perChannel(fill, image.channels, "`fill`"), result);
  else
    copyThrough(
      image,
      sources(top, height, image.height, mode),
      sources(left, width, image.width, mode),
      result,
    );
  return result;
}

function copyInside(
  image: Image,
  { top, left, height, width }: Box,
  fill: readonly number[],
  result: Image,
): void {
  const [from, to] = [Math.max(0, -left), Math.min(width, image.width - left)];
  for (let channel = 0; channel < image.channels; channel++) {
    const source = planeOf(image, channel);
    const target = planeOf(result, channel);
    const background = fill[channel] ?? 0;
    if (background !== 0) target.fill(background);
    if (from >= to) continue;
    for (let row = Math.max(0, -top); row < Math.min(height, image.height - top); row++) {
      const start = (row + top) * image.width + left;
      // Rows are short: a loop is faster than a view and a copy.
      for (let column = from; column < to; column++)
        target[row * width + column] = source[start + column] ?? 0;
    }
  }
}

function copyThrough(image: Image, rows: Int32Array, columns: Int32Array, result: Image): void {
  for (let channel = 0; channel < image.channels; channel++) {
    const source = planeOf(image, channel);
    const target = planeOf(result, channel);
    let at = 0;
    for (const row of rows)
      for (const column of columns) target[at++] = source[row * image.width + column] ?? 0;
  }
}

/** For each of `length` places from `start` on, the place inside 0..size - 1 that it takes its pixel from. */
function sources(start: number, length: number, size: number, mode: PaddingMode): Int32Array {
  return Int32Array.from({ length }, (_, i) => inside(start + i, size, mode));
}

function inside(at: number, size: number, mode: PaddingMode): number {
  if (mode === "edge" || size === 1) return Math.min(Math.max(at, 0), size - 1);
  // The picture and its mirror image, again and again; `reflect` does not repeat the outermost pixels.
  const period = mode === "reflect" ? 2 * size - 2 : 2 * size;
  const phase = ((at % period) + period) % period;
  if (phase < size) return phase;
  return mode === "reflect" ? period - phase : period - 1 - phase;
}
