import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, size, type TensorType } from "../ir/type.ts";
import { constant, sameF32 } from "./arithmetic.ts";
import { defineOp, type Op } from "./define.ts";

// One number a channel against a batch `[n, c, ...]`: biases, trainable coefficients and their gradients.

/** x + b, b `[c]` spread over all axes but 1. */
export const addChannels: Op<[x: Value, b: Value]> = defineOp("addChannels", {
  type: ([x, b]) => perChannel("addChannels", "b", x, b),
  grad: (_inputs, _attrs, dy) => [dy, sumChannels(dy)],
  flops: ([x]) => size(x.shape),
});

/** The sum over all axes but 1. x `[n, c, ...]` -> `[c]`. */
export const sumChannels: Op<[x: Value]> = defineOp("sumChannels", {
  type: ([x]) => f32(channels("sumChannels", x, [x])),
  grad: ([x], _, dy) => [addChannels(zerosLike(x), dy)],
  flops: ([x]) => size(x.shape),
});

/** x s, s `[c]` spread over all axes but 1. */
export const scaleChannels: Op<[x: Value, s: Value]> = defineOp("scaleChannels", {
  type: ([x, s]) => perChannel("scaleChannels", "s", x, s),
  grad: ([x, s], _, dy) => [scaleChannels(dy, s), dotChannels(x, dy)],
  flops: ([x]) => size(x.shape),
});

/** The sum of x y over all axes but 1. x, y `[n, c, ...]` -> `[c]`. */
export const dotChannels: Op<[x: Value, y: Value]> = defineOp("dotChannels", {
  type: ([x, y]) => {
    sameF32("dotChannels", [x, y]);
    return f32(channels("dotChannels", x, [x, y]));
  },
  grad: ([x, y], _, d) => [scaleChannels(y, d), scaleChannels(x, d)],
  flops: ([x]) => 2 * size(x.shape),
});

function zerosLike(x: Value): Value {
  return constant(x.graph, x.type.shape, 0);
}

function channels(op: string, x: TensorType, given: readonly TensorType[]): number {
  const [, c] = x.shape;
  if (c === undefined || x.dtype !== "f32") throw new ShapeError(op, "x must be f32 [n, c, ...]", given);
  return c;
}

function perChannel(op: string, name: string, x: TensorType, vector: TensorType): TensorType {
  const c = channels(op, x, [x, vector]);
  if (vector.shape.length !== 1 || vector.shape[0] !== c || vector.dtype !== "f32")
    throw new ShapeError(op, `${name} must be f32[${c}], one number a channel of x`, [x, vector]);
  return x;
}
