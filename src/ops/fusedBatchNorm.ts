import { present, ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { formatType, sameType, size, type TensorType } from "../ir/type.ts";
import { type BatchNormAttrs, batchNorm, batchNormGrad } from "./batchNorm.ts";
import { defineMultiOp, defineOp, type MultiOp, notDifferentiable, type Op } from "./define.ts";

// Batch norm with what follows it in training, in one pass over memory less for each. Only passes make
// these, after the gradients are built.

const afterGradients = "fused ops are made after the gradients";

/** relu(batchNorm(x, gamma, beta)) and the statistics. */
export const batchNormRelu: MultiOp<
  [x: Value, gamma: Value, beta: Value],
  BatchNormAttrs,
  [y: Value, mean: Value, variance: Value]
> = defineMultiOp("batchNormRelu", {
  types: ([x, gamma, beta], attrs) => forward([x, gamma, beta], attrs),
  grad: notDifferentiable("batchNormRelu", afterGradients),
  flops: ([x]) => 8 * size(x.shape),
});

/** relu(batchNorm(x, gamma, beta) + residual) and the statistics: how a residual block ends. */
export const batchNormAddRelu: MultiOp<
  [x: Value, residual: Value, gamma: Value, beta: Value],
  BatchNormAttrs,
  [y: Value, mean: Value, variance: Value]
> = defineMultiOp("batchNormAddRelu", {
  types: ([x, residual, gamma, beta], attrs) => {
    expectAs("batchNormAddRelu", x, { residual });
    return forward([x, gamma, beta], attrs);
  },
  grad: notDifferentiable("batchNormAddRelu", afterGradients),
  flops: ([x]) => 9 * size(x.shape),
});

/** What `batchNormRelu` put out, computed again from x and its statistics. */
export const normalizeRelu: Op<
  [x: Value, gamma: Value, beta: Value, mean: Value, variance: Value],
  BatchNormAttrs
> = defineOp("normalizeRelu", {
  type: ([x, gamma, beta, mean, variance], attrs) => {
    forward([x, gamma, beta], attrs);
    return backward([x, x, gamma, mean, variance], attrs)[0];
  },
  grad: notDifferentiable("normalizeRelu", afterGradients),
  flops: ([x]) => 4 * size(x.shape),
});

/** batchNormGrad of the dy that passed the ReLU of `batchNormRelu`, whose result is computed again from x. */
export const batchNormReluGrad: MultiOp<
  [x: Value, dy: Value, gamma: Value, beta: Value, mean: Value, variance: Value],
  BatchNormAttrs,
  [dx: Value, dgamma: Value, dbeta: Value]
> = defineMultiOp("batchNormReluGrad", {
  types: ([x, dy, gamma, beta, mean, variance], attrs) => {
    const [dx, dgamma, dbeta] = backward([x, dy, gamma, mean, variance], attrs);
    if (!sameType(beta, dbeta))
      throw new ShapeError("batchNormReluGrad", `beta must be ${formatType(dbeta)}, as gamma`, [x, beta]);
    return [dx, dgamma, dbeta];
  },
  grad: notDifferentiable("batchNormReluGrad", afterGradients),
  flops: ([x]) => 11 * size(x.shape),
});

/** The dy that passed the ReLU of `batchNormAddRelu`, which is the residual's gradient, and batchNormGrad of it. */
export const batchNormAddReluGrad: MultiOp<
  [x: Value, y: Value, dy: Value, gamma: Value, mean: Value, variance: Value],
  BatchNormAttrs,
  [dx: Value, dgamma: Value, dbeta: Value, dresidual: Value]
> = defineMultiOp("batchNormAddReluGrad", {
  types: ([x, y, dy, gamma, mean, variance], attrs) => {
    expectAs("batchNormAddReluGrad", x, { y });
    return [...backward([x, dy, gamma, mean, variance], attrs), x];
  },
  grad: notDifferentiable("batchNormAddReluGrad", afterGradients),
  flops: ([x]) => 10 * size(x.shape),
});

type Three = readonly [TensorType, TensorType, TensorType];

function forward(inputs: readonly TensorType[], attrs: BatchNormAttrs): Three {
  return three(batchNorm.types(inputs, attrs));
}

function backward(inputs: readonly TensorType[], attrs: BatchNormAttrs): Three {
  return three(batchNormGrad.types(inputs, attrs));
}

function three([a, b, c]: readonly TensorType[]): Three {
  return [present(a, "three results"), present(b, "three results"), present(c, "three results")];
}

function expectAs(op: string, x: TensorType, others: Readonly<Record<string, TensorType>>): void {
  for (const [name, type] of Object.entries(others))
    if (!sameType(x, type)) throw new ShapeError(op, `${name} must have the type of x`, [x, type]);
}
