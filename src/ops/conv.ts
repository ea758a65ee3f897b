import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nchw, type Shape, size, type TensorType } from "../ir/type.ts";
import { defineOp, expectWhole, type Op } from "./define.ts";

export interface ConvAttrs {
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
  readonly dilation: readonly [vertical: number, horizontal: number];
  readonly groups: number;
}

/** A gradient's attributes: the convolution's own, and the shape of the operand it is the gradient of. */
export interface ConvGradAttrs extends ConvAttrs {
  readonly shape: Shape;
}

// A convolution is linear in x and linear in weight, so three ops close the set:
// each one's gradients are the other two.
//
//   y  = conv2d(x, weight)
//   dx = conv2dInputGrad(dy, weight)     dw = conv2dWeightGrad(x, dy)

/** Cross-correlation. x `[n, c, h, w]`, weight `[k, c / groups, kh, kw]` -> y `[n, k, h', w']`. */
export const conv2d: Op<[x: Value, weight: Value], ConvAttrs> = defineOp("conv2d", {
  type: ([x, weight], attrs) => ({ dtype: "f32", shape: convShape("conv2d", x, weight, attrs) }),
  grad: ([x, weight], attrs, dy) => [
    conv2dInputGrad(dy, weight, { ...attrs, shape: x.type.shape }),
    conv2dWeightGrad(x, dy, { ...attrs, shape: weight.type.shape }),
  ],
  flops: ([, weight], y) => convFlops(y.shape, weight.shape),
});

/** The gradient of `conv2d` towards x. dy `[n, k, h', w']` -> dx of `shape`. */
export const conv2dInputGrad: Op<[dy: Value, weight: Value], ConvGradAttrs> = defineOp("conv2dInputGrad", {
  type: ([dy, weight], attrs) => {
    const x: TensorType = { dtype: "f32", shape: attrs.shape };
    expectOutput("conv2dInputGrad", dy, convShape("conv2dInputGrad", x, weight, attrs), [dy, weight]);
    return x;
  },
  grad: ([dy, weight], attrs, dx) => [
    conv2d(dx, weight, attrs),
    conv2dWeightGrad(dx, dy, { ...attrs, shape: weight.type.shape }),
  ],
  flops: ([dy, weight]) => convFlops(dy.shape, weight.shape),
});

/** The gradient of `conv2d` towards weight. x `[n, c, h, w]`, dy `[n, k, h', w']` -> dw of `shape`. */
export const conv2dWeightGrad: Op<[x: Value, dy: Value], ConvGradAttrs> = defineOp("conv2dWeightGrad", {
  type: ([x, dy], attrs) => {
    const weight: TensorType = { dtype: "f32", shape: attrs.shape };
    expectOutput("conv2dWeightGrad", dy, convShape("conv2dWeightGrad", x, weight, attrs), [x, dy]);
    return weight;
  },
  grad: ([x, dy], attrs, dw) => [
    conv2dInputGrad(dy, dw, { ...attrs, shape: x.type.shape }),
    conv2d(x, dw, attrs),
  ],
  flops: ([, dy], dw) => convFlops(dy.shape, dw.shape),
});

/** The shape of `conv2d(x, weight)`, or a `ShapeError` in the name of `op`. */
export function convShape(op: string, x: TensorType, weight: TensorType, attrs: ConvAttrs): Shape {
  const given = [x, weight];
  if (x.shape.length !== 4) throw new ShapeError(op, "x must be [n, c, h, w]", given);
  if (weight.shape.length !== 4) throw new ShapeError(op, "weight must be [k, c / groups, kh, kw]", given);
  if (x.dtype !== "f32" || weight.dtype !== "f32")
    throw new ShapeError(op, "x and weight must be f32", given);
  const [n, channels, height, width] = nchw(x.shape);
  const [filters, perGroup, kh, kw] = nchw(weight.shape);
  const { stride, padding, dilation, groups } = attrs;
  expectWhole(op, { stride, dilation, groups: [groups] }, 1, given);
  expectWhole(op, { padding }, 0, given);
  if (channels !== perGroup * groups)
    throw new ShapeError(op, `x has ${channels} channels, weight wants ${perGroup * groups}`, given);
  if (filters % groups !== 0)
    throw new ShapeError(op, `${filters} filters can't be shared out to ${groups} groups`, given);
  const [top, left, bottom, right] = padding;
  const h = convExtent(height + top + bottom, kh, stride[0], dilation[0]);
  const w = convExtent(width + left + right, kw, stride[1], dilation[1]);
  if (h < 1 || w < 1) {
    const field = `${height + top + bottom}x${width + left + right}`;
    throw new ShapeError(op, `a ${kh}x${kw} kernel does not fit into ${field} (with padding)`, given);
  }
  return [n, filters, h, w];
}

/** How many windows of `kernel` taps fit into `extent`. */
export function convExtent(extent: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((extent - (kernel - 1) * dilation - 1) / stride) + 1;
}

/** Each output element takes one multiply-add a weight of its filter. */
export function convFlops(y: Shape, weight: Shape): number {
  const [filters] = nchw(weight);
  return (2 * size(y) * size(weight)) / filters;
}

function expectOutput(op: string, dy: TensorType, shape: Shape, given: readonly TensorType[]): void {
  if (dy.dtype !== "f32" || dy.shape.join() !== shape.join())
    throw new ShapeError(
      op,
      `dy must be f32[${shape.join(",")}], the shape of the convolution's result`,
      given,
    );
}
