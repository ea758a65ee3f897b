import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, size, type TensorType } from "../ir/type.ts";
import { defineOp, type Op } from "./define.ts";

// As with convolution, three ops close the set:
//
//   y  = x weight'               linear            x [n, i], weight [o, i] -> y [n, o]
//   dx = dy weight               linearInputGrad   dy [n, o], weight [o, i] -> dx [n, i]
//   dw = dy' x                   linearWeightGrad  x [n, i], dy [n, o] -> dw [o, i]

/** Full connection. x `[n, i]`, weight `[o, i]` -> y `[n, o]`. */
export const linear: Op<[x: Value, weight: Value]> = defineOp("linear", {
  type: ([x, weight]) => {
    const [n, i] = matrix("linear", "x", "[n, i]", x, [x, weight]);
    const [o, features] = matrix("linear", "weight", "[o, i]", weight, [x, weight]);
    if (i !== features)
      throw new ShapeError("linear", `x has ${i} features, weight wants ${features}`, [x, weight]);
    return f32(n, o);
  },
  grad: ([x, weight], _, dy) => [linearInputGrad(dy, weight), linearWeightGrad(x, dy)],
  flops: ([, weight], y) => (2 * size(y.shape) * size(weight.shape)) / (weight.shape[0] ?? 1),
});

/** The gradient of `linear` towards x. dy `[n, o]`, weight `[o, i]` -> dx `[n, i]`. */
export const linearInputGrad: Op<[dy: Value, weight: Value]> = defineOp("linearInputGrad", {
  type: ([dy, weight]) => {
    const [n, o] = matrix("linearInputGrad", "dy", "[n, o]", dy, [dy, weight]);
    const [rows, i] = matrix("linearInputGrad", "weight", "[o, i]", weight, [dy, weight]);
    if (o !== rows)
      throw new ShapeError("linearInputGrad", `dy has ${o} features, weight gives ${rows}`, [dy, weight]);
    return f32(n, i);
  },
  grad: ([dy, weight], _, dx) => [linear(dx, weight), linearWeightGrad(dx, dy)],
  flops: ([dy, weight]) => (2 * size(dy.shape) * size(weight.shape)) / (weight.shape[0] ?? 1),
});

/** The gradient of `linear` towards weight. x `[n, i]`, dy `[n, o]` -> dw `[o, i]`. */
export const linearWeightGrad: Op<[x: Value, dy: Value]> = defineOp("linearWeightGrad", {
  type: ([x, dy]) => {
    const [n, i] = matrix("linearWeightGrad", "x", "[n, i]", x, [x, dy]);
    const [rows, o] = matrix("linearWeightGrad", "dy", "[n, o]", dy, [x, dy]);
    if (n !== rows) throw new ShapeError("linearWeightGrad", `x has ${n} rows, dy has ${rows}`, [x, dy]);
    return f32(o, i);
  },
  grad: ([x, dy], _, dw) => [linearInputGrad(dy, dw), linear(x, dw)],
  flops: ([x], dw) => 2 * (x.shape[0] ?? 1) * size(dw.shape),
});

/** The two extents of an f32 matrix, or a `ShapeError` that names the operand and the form it should have. */
export function matrix(
  op: string,
  operand: string,
  form: string,
  type: TensorType,
  given: readonly TensorType[],
): [rows: number, columns: number] {
  const [rows, columns, ...rest] = type.shape;
  if (rows === undefined || columns === undefined || rest.length > 0 || type.dtype !== "f32")
    throw new ShapeError(op, `${operand} must be f32 ${form}`, given);
  return [rows, columns];
}
