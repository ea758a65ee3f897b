import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nchw, type Shape, size, type TensorType } from "../ir/type.ts";
import { defineOp, expectWhole, notDifferentiable, type Op } from "./define.ts";

export interface AdaptiveAttrs {
  readonly height: number;
  readonly width: number;
}

/**
 * The mean of each of `height` x `width` windows that share the map out: window i of m along an axis of extent h is
 * floor(i h / m) to ceil((i + 1) h / m), so that neighbours overlap where m does not divide h (PyTorch's rule).
 * x `[n, c, h, w]` -> y `[n, c, height, width]`.
 */
export const adaptiveAvgPool2d: Op<[x: Value], AdaptiveAttrs> = defineOp("adaptiveAvgPool2d", {
  type: ([x], attrs) => {
    if (x.shape.length !== 4 || x.dtype !== "f32")
      throw new ShapeError("adaptiveAvgPool2d", "x must be f32 [n, c, h, w]", [x]);
    return { dtype: "f32", shape: resultOf("adaptiveAvgPool2d", x.shape, attrs, [x]) };
  },
  grad: ([x], attrs, dy) => [adaptiveAvgPool2dInputGrad(dy, { ...attrs, shape: x.type.shape })],
  flops: ([x], y) => size(y.shape) + size(x.shape),
});

/** The gradient of `adaptiveAvgPool2d`: each dy spread evenly over its window. -> dx of `shape`. */
export const adaptiveAvgPool2dInputGrad: Op<[dy: Value], AdaptiveAttrs & { readonly shape: Shape }> =
  defineOp("adaptiveAvgPool2dInputGrad", {
    type: ([dy], attrs) => {
      const shape = resultOf("adaptiveAvgPool2dInputGrad", attrs.shape, attrs, [dy]);
      if (dy.dtype !== "f32" || dy.shape.join() !== shape.join())
        throw new ShapeError(
          "adaptiveAvgPool2dInputGrad",
          `dy must be f32[${shape.join(",")}], the shape of the pooling's result`,
          [dy],
        );
      return { dtype: "f32", shape: attrs.shape };
    },
    grad: notDifferentiable("adaptiveAvgPool2dInputGrad", "training needs first derivatives only"),
    flops: ([dy], dx) => size(dy.shape) + size(dx.shape),
  });

/** Where window `index` of `count` begins and ends along an axis of `extent`. */
export function adaptiveWindow(index: number, count: number, extent: number): [first: number, end: number] {
  return [Math.floor((index * extent) / count), Math.ceil(((index + 1) * extent) / count)];
}

function resultOf(
  op: string,
  shape: Shape,
  { height, width }: AdaptiveAttrs,
  given: readonly TensorType[],
): Shape {
  expectWhole(op, { height: [height], width: [width] }, 1, given);
  const [n, c, h, w] = nchw(shape);
  if (shape.length !== 4 || h < 1 || w < 1)
    throw new ShapeError(op, "needs maps of at least 1x1, [n, c, h, w]", given);
  return [n, c, height, width];
}
