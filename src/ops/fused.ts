import { present, ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, formatType, sameType, size } from "../ir/type.ts";
import { type ConvAttrs, type ConvGradAttrs, conv2d, conv2dWeightGrad, convFlops } from "./conv.ts";
import { defineMultiOp, defineOp, type MultiOp, notDifferentiable, type Op } from "./define.ts";
import { linear, linearWeightGrad } from "./linear.ts";

// What several ops compute, in one pass over memory. Only `passes/fuse` makes these, after the gradients are built.

export type Activation = "none" | "relu";

export interface FusedConvAttrs extends ConvAttrs {
  readonly activation: Activation;
}

const afterGradients = "fused ops are made after the gradients";

/** activation(conv2d(x, weight) + bias), bias `[k]`. */
export const conv2dBias: Op<[x: Value, weight: Value, bias: Value], FusedConvAttrs> = defineOp("conv2dBias", {
  type: ([x, weight, bias], attrs) => {
    const filters = weight.shape[0] ?? 0;
    if (bias.dtype !== "f32" || bias.shape.join() !== `${filters}`)
      throw new ShapeError("conv2dBias", `bias must be f32[${filters}]`, [x, weight, bias]);
    return { dtype: "f32", shape: present(conv2d.types([x, weight], attrs)[0], "one result").shape };
  },
  grad: notDifferentiable("conv2dBias", afterGradients),
  flops: ([, weight], y) => convFlops(y.shape, weight.shape) + size(y.shape),
});

/** activation(conv2d(x, weight) + bias + residual), bias `[k]`, residual as the result: how a residual block ends. */
export const conv2dBiasAdd: Op<[x: Value, weight: Value, bias: Value, residual: Value], FusedConvAttrs> =
  defineOp("conv2dBiasAdd", {
    type: ([x, weight, bias, residual], attrs) => {
      const y = present(conv2dBias.types([x, weight, bias], attrs)[0], "one result");
      if (!sameType(residual, y))
        throw new ShapeError("conv2dBiasAdd", `residual must be ${formatType(y)}, as the result`, [residual]);
      return y;
    },
    grad: notDifferentiable("conv2dBiasAdd", afterGradients),
    flops: ([, weight], y) => convFlops(y.shape, weight.shape) + 2 * size(y.shape),
  });

/** conv2dWeightGrad(x, dy) and sumChannels(dy): the gradients towards weight and bias. */
export const conv2dParameterGrad: MultiOp<
  [x: Value, dy: Value],
  ConvGradAttrs,
  [dweight: Value, dbias: Value]
> = defineMultiOp("conv2dParameterGrad", {
  types: ([x, dy], attrs) => [
    present(conv2dWeightGrad.types([x, dy], attrs)[0], "one result"),
    f32(dy.shape[1] ?? 0),
  ],
  grad: notDifferentiable("conv2dParameterGrad", afterGradients),
  flops: ([, dy], [dweight]) => convFlops(dy.shape, dweight.shape) + size(dy.shape),
});

/** activation(linear(x, weight) + bias), bias `[o]`. */
export const linearBias: Op<[x: Value, weight: Value, bias: Value], { readonly activation: Activation }> =
  defineOp("linearBias", {
    type: ([x, weight, bias]) => {
      const features = weight.shape[0] ?? 0;
      if (bias.dtype !== "f32" || bias.shape.join() !== `${features}`)
        throw new ShapeError("linearBias", `bias must be f32[${features}]`, [x, weight, bias]);
      return present(linear.types([x, weight], {})[0], "one result");
    },
    grad: notDifferentiable("linearBias", afterGradients),
    flops: ([x], y) => 2 * size(y.shape) * (x.shape[1] ?? 1) + size(y.shape),
  });

/** linearWeightGrad(x, dy) and sumChannels(dy): the gradients towards weight and bias. */
export const linearParameterGrad: MultiOp<[x: Value, dy: Value], object, [dweight: Value, dbias: Value]> =
  defineMultiOp("linearParameterGrad", {
    types: ([x, dy]) => [
      present(linearWeightGrad.types([x, dy], {})[0], "one result"),
      f32(dy.shape[1] ?? 0),
    ],
    grad: notDifferentiable("linearParameterGrad", afterGradients),
    flops: ([x, dy], [dweight]) => 2 * (x.shape[0] ?? 1) * size(dweight.shape) + size(dy.shape),
  });
