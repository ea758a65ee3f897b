import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, size, type TensorType } from "../ir/type.ts";
import { add, affine, constant, mul, sameF32 } from "./arithmetic.ts";
import { addChannels, scaleChannels } from "./channels.ts";
import { defineMultiOp, type MultiOp, notDifferentiable } from "./define.ts";

// Batch normalisation. Ioffe and Szegedy, "Batch normalization", 2015, https://arxiv.org/abs/1502.03167.
// Statistics are those of a channel (axis 1) over all other axes. `variance` is the biased one, the mean of
// (x - mean)², by which the batch is normalised; running statistics take the unbiased one, as PyTorch's do.

export interface BatchNormAttrs {
  /** Added to the variance, so that a constant channel divides by something. */
  readonly eps: number;
}

/**
 * gamma (x - mean) / sqrt(variance + eps) + beta with the statistics of this batch, as training needs it.
 * x `[n, c, ...]`, gamma and beta `[c]` -> y as x, mean and variance `[c]`.
 */
export const batchNorm: MultiOp<
  [x: Value, gamma: Value, beta: Value],
  BatchNormAttrs,
  [y: Value, mean: Value, variance: Value]
> = defineMultiOp("batchNorm", {
  types: ([x, gamma, beta], attrs) => {
    const vector = perChannel("batchNorm", x, { gamma, beta }, [x, gamma, beta], attrs);
    return [x, vector, vector];
  },
  grad: ([x, gamma], attrs, [dy, dmean, dvariance], [, mean, variance]) => {
    const [dx, dgamma, dbeta] = dy ? batchNormGrad(x, dy, gamma, mean, variance, attrs) : [null, null, null];
    const parts = [dx, dmean && meanGrad(x, dmean), dvariance && varianceGrad(x, mean, dvariance)];
    return [sum(parts), dgamma, dbeta];
  },
  flops: ([x]) => 7 * size(x.shape),
});

/**
 * The gradients of `batchNorm`, with x̂ = (x - mean) / sqrt(variance + eps) and means over a channel:
 * dbeta = sum of dy, dgamma = sum of dy x̂, dx = gamma / sqrt(variance + eps) (dy - mean of dy - x̂ mean of dy x̂).
 */
export const batchNormGrad: MultiOp<
  [x: Value, dy: Value, gamma: Value, mean: Value, variance: Value],
  BatchNormAttrs,
  [dx: Value, dgamma: Value, dbeta: Value]
> = defineMultiOp("batchNormGrad", {
  types: ([x, dy, gamma, mean, variance], attrs) => {
    const given = [x, dy, gamma, mean, variance];
    sameF32("batchNormGrad", [x, dy]);
    const vector = perChannel("batchNormGrad", x, { gamma, mean, variance }, given, attrs);
    return [x, vector, vector];
  },
  grad: notDifferentiable("batchNormGrad", "training needs first derivatives only"),
  flops: ([x]) => 9 * size(x.shape),
});

/**
 * Normalisation by fixed statistics as a factor and a summand for each channel:
 * scale = gamma / sqrt(variance + eps), shift = beta - mean scale. All `[c]`. No gradient flows to the statistics.
 */
export const batchNormScale: MultiOp<
  [gamma: Value, beta: Value, mean: Value, variance: Value],
  BatchNormAttrs,
  [scale: Value, shift: Value]
> = defineMultiOp("batchNormScale", {
  types: (vectors, attrs) => {
    const vector = sameF32("batchNormScale", vectors);
    if (vector.shape.length !== 1) throw new ShapeError("batchNormScale", "operands must be f32[c]", vectors);
    expectEps("batchNormScale", attrs, vectors);
    return [vector, vector];
  },
  grad: ([gamma, , mean, variance], attrs, [dscale, dshift]) => {
    const { graph, type } = gamma;
    // Of gamma 1 and beta 0 it gives what gamma is multiplied with in scale and in shift.
    const [ofScale, ofShift] = batchNormScale(
      constant(graph, type.shape, 1),
      constant(graph, type.shape, 0),
      mean,
      variance,
      attrs,
    );
    return [sum([dscale && mul(dscale, ofScale), dshift && mul(dshift, ofShift)]), dshift, null, null];
  },
  flops: ([gamma]) => 5 * size(gamma.shape),
});

/** The mean's part of dx: dmean / count. */
function meanGrad(x: Value, dmean: Value): Value {
  return addChannels(constant(x.graph, x.type.shape, 0), scaled(dmean, 1 / countOf(x)));
}

/** The variance's part of dx: 2 (x - mean) dvariance / count. */
function varianceGrad(x: Value, mean: Value, dvariance: Value): Value {
  return scaleChannels(addChannels(x, scaled(mean, -1)), scaled(dvariance, 2 / countOf(x)));
}

function countOf({ type: { shape } }: Value): number {
  return size(shape) / (shape[1] ?? 1);
}

function scaled(x: Value, scale: number): Value {
  return affine(x, { scale: [scale], shift: [0] });
}

function sum(parts: readonly (Value | null)[]): Value | null {
  const [first, ...rest] = parts.filter((part) => part !== null);
  return first === undefined ? null : rest.length === 0 ? first : add(first, ...rest);
}

function perChannel(
  op: string,
  x: TensorType,
  vectors: Readonly<Record<string, TensorType>>,
  given: readonly TensorType[],
  attrs: BatchNormAttrs,
): TensorType {
  const [, c] = x.shape;
  if (c === undefined || x.dtype !== "f32") throw new ShapeError(op, "x must be f32 [n, c, ...]", given);
  for (const [name, { dtype, shape }] of Object.entries(vectors))
    if (dtype !== "f32" || shape.join() !== `${c}`)
      throw new ShapeError(op, `${name} must be f32[${c}], one number a channel of x`, given);
  expectEps(op, attrs, given);
  return f32(c);
}

function expectEps(op: string, { eps }: BatchNormAttrs, given: readonly TensorType[]): void {
  if (!(eps > 0 && Number.isFinite(eps)))
    throw new ShapeError(op, `eps must be a positive number, not ${eps}`, given);
}
