import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { streamKey } from "../ir/random.ts";
import { size } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineOp, type Op } from "./define.ts";

export interface DropoutAttrs {
  /** The probability of dropping an element, 0 <= p < 1. */
  readonly p: number;
  /** Tells this node's stream of random numbers from those of other nodes. */
  readonly salt: number;
}

/** The stream of random numbers of one dropout in one step; `ir/random`'s `uniform` walks it. */
export function dropoutKey(seed: number, step: number, salt: number): number {
  return streamKey(streamKey(seed, step), salt);
}

/**
 * Inverted dropout: an element is kept with probability 1 - p and then divided by it. Element i in row-major order
 * is kept when `uniform(dropoutKey(seed, step, salt), i) >= p`, on every engine. random is i32 `[seed, step]`.
 * The op is linear in x and its own gradient.
 */
export const dropout: Op<[x: Value, random: Value], DropoutAttrs> = defineOp("dropout", {
  type: ([x, random], { p }) => {
    if (!(p >= 0 && p < 1)) throw new ShapeError("dropout", `p must be in [0, 1), not ${p}`, [x, random]);
    if (random.dtype !== "i32" || random.shape.join() !== "2")
      throw new ShapeError("dropout", "random must be i32[2]: seed and step", [x, random]);
    return sameF32("dropout", [x]);
  },
  grad: ([, random], attrs, dy) => [dropout(dy, random, attrs), null],
  flops: ([x]) => size(x.shape),
});
