import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { mul, sameF32 } from "./arithmetic.ts";
import { defineOp, notDifferentiable, type Op } from "./define.ts";

// Each gradient is written with the activation's result, not its operand, so that the operand need not be kept.

/** max(x, 0), element by element. */
export const relu: Op<[x: Value]> = defineOp("relu", {
  type: ([x]) => sameF32("relu", [x]),
  grad: (_inputs, _attrs, dy, y) => [reluGrad(dy, y)],
  flops: ([x]) => size(x.shape),
});

/** dy where y > 0, else 0. */
export const reluGrad: Op<[dy: Value, y: Value]> = defineOp("reluGrad", {
  type: (inputs) => sameF32("reluGrad", inputs),
  grad: ([, y], _, ddx) => [reluGrad(ddx, y), null],
  flops: ([dy]) => size(dy.shape),
});

/** The hyperbolic tangent, element by element. */
export const tanh: Op<[x: Value]> = defineOp("tanh", {
  type: ([x]) => sameF32("tanh", [x]),
  grad: (_inputs, _attrs, dy, y) => [tanhGrad(dy, y)],
  flops: ([x]) => size(x.shape),
});

/** dy (1 - y²). */
export const tanhGrad: Op<[dy: Value, y: Value]> = defineOp("tanhGrad", {
  type: (inputs) => sameF32("tanhGrad", inputs),
  grad: notDifferentiable("tanhGrad", "training needs first derivatives only"),
  flops: ([dy]) => 3 * size(dy.shape),
});

/** e to the power of x, element by element. */
export const exp: Op<[x: Value]> = defineOp("exp", {
  type: ([x]) => sameF32("exp", [x]),
  grad: (_inputs, _attrs, dy, y) => [mul(dy, y)],
  flops: ([x]) => size(x.shape),
});

/** 1 / (1 + exp(-x)), element by element. */
export const sigmoid: Op<[x: Value]> = defineOp("sigmoid", {
  type: ([x]) => sameF32("sigmoid", [x]),
  grad: (_inputs, _attrs, dy, y) => [sigmoidGrad(dy, y)],
  flops: ([x]) => 4 * size(x.shape),
});

/** dy y (1 - y). */
export const sigmoidGrad: Op<[dy: Value, y: Value]> = defineOp("sigmoidGrad", {
  type: (inputs) => sameF32("sigmoidGrad", inputs),
  grad: notDifferentiable("sigmoidGrad", "training needs first derivatives only"),
  flops: ([dy]) => 3 * size(dy.shape),
});
