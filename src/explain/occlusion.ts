import { UsageError } from "../ir/errors.ts";
import type { Attribution, TargetOptions } from "./attribution.ts";
import { gradientBatch } from "./gradient.ts";
import { Probe, type Subject } from "./probe.ts";

export interface OcclusionOptions extends TargetOptions {
  /** Side of the square that covers part of the picture, in pixels. Default: an eighth of the picture's, at least 3. */
  readonly side?: number;
  /** How far the square moves. Default: half its side. */
  readonly stride?: number;
  /** What the square shows, as the network reads it, one number for all channels. Default 0, the mean colour. */
  readonly value?: number;
}

/**
 * How much the probability of a class falls when a square covers part of the picture: at each pixel the mean over the
 * squares that cover it, `[h, w]`. Zeiler and Fergus 2013, https://arxiv.org/abs/1311.2901, section 4.2.
 */
export async function occlusion(
  subject: Subject,
  picture: Float32Array,
  options: OcclusionOptions = {},
): Promise<Attribution> {
  const [channels, height, width] = subject.model.input;
  const { side = Math.max(3, Math.round(Math.min(height, width) / 8)), value = 0 } = options;
  const { stride = Math.max(1, Math.floor(side / 2)) } = options;
  for (const [name, number] of Object.entries({ side, stride }))
    if (!Number.isInteger(number) || number < 1)
      throw new UsageError(`occlusion: \`${name}\` is ${number}, expected a whole number of 1 or more`);
  const tops = starts(height, side, stride);
  const lefts = starts(width, side, stride);
  const squares = tops.flatMap((top) => lefts.map((left) => [top, left] as const));
  // As many as the methods by gradient: engines that choose by measuring have chosen for them already.
  const batch = Math.min(gradientBatch, squares.length);
  const probe = await Probe.create(subject, { batch });
  const target = options.target ?? (await probe.best(picture));
  const {
    probabilities: [...whole],
  } = await probe.run(picture);
  const falls = new Float32Array(height * width);
  const counts = new Float32Array(height * width);
  for (let start = 0; start < squares.length; start += batch) {
    const some = squares.slice(start, start + batch);
    const covered = new Float32Array(some.length * picture.length);
    some.forEach((corner, slot) => {
      covered.set(picture, slot * picture.length);
      for (let channel = 0; channel < channels; channel++)
        each(corner, side, height, width, (at) => {
          covered[slot * picture.length + channel * height * width + at] = value;
        });
    });
    const { probabilities } = await probe.run(covered);
    some.forEach((corner, slot) => {
      const fall = (whole[target] ?? 0) - (probabilities[slot * subject.model.classes + target] ?? 0);
      each(corner, side, height, width, (at) => {
        falls[at] = (falls[at] ?? 0) + fall;
        counts[at] = (counts[at] ?? 0) + 1;
      });
    });
  }
  return { shape: [height, width], data: falls.map((fall, at) => fall / (counts[at] ?? 1)), target };
}

/** Where squares begin along a side: every `stride` pixels, and so that the last one ends where the picture does. */
function starts(extent: number, side: number, stride: number): readonly number[] {
  const last = Math.max(0, extent - side);
  const regular = Array.from({ length: Math.ceil(last / stride) }, (_, index) => index * stride);
  return [...regular, last];
}

function each(
  [top, left]: readonly [number, number],
  side: number,
  height: number,
  width: number,
  visit: (at: number) => void,
): void {
  for (let row = top; row < Math.min(height, top + side); row++)
    for (let column = left; column < Math.min(width, left + side); column++) visit(row * width + column);
}
