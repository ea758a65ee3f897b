import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nchw, type Shape, size, type TensorType } from "../ir/type.ts";
import { defineMultiOp, defineOp, expectWhole, type MultiOp, notDifferentiable, type Op } from "./define.ts";

export interface PoolAttrs {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
  /**
   * Rounds the number of windows up, so that the last one, which may be the only one, may reach beyond the padding
   * (Caffe's form).
   */
  readonly ceil: boolean;
}

export interface AvgPoolAttrs extends PoolAttrs {
  /** Whether padding counts in the divisor. What `ceil` adds beyond the padding never does (PyTorch's rule). */
  readonly countPadding: boolean;
}

/**
 * The largest element of each window. x `[n, c, h, w]` -> y `[n, c, h', w']` and, for the gradient, the place
 * of the first largest element within its window, counted row by row from the window's corner.
 */
export const maxPool2d: MultiOp<[x: Value], PoolAttrs, [y: Value, indices: Value]> = defineMultiOp(
  "maxPool2d",
  {
    types: ([x], attrs) => {
      const shape = poolShape("maxPool2d", x, attrs);
      if (attrs.kernel[0] * attrs.kernel[1] > 256)
        throw new ShapeError("maxPool2d", "a window holds at most 256 elements", [x]);
      return [
        { dtype: "f32", shape },
        { dtype: "u8", shape },
      ];
    },
    grad: ([x], attrs, [dy], [, indices]) => [
      dy && maxPool2dInputGrad(dy, indices, { ...attrs, shape: x.type.shape }),
    ],
    flops: (_, [y], { kernel }) => size(y.shape) * kernel[0] * kernel[1],
  },
);

/** The gradient of `maxPool2d`: each dy goes to the element its window took. -> dx of `shape`. */
export const maxPool2dInputGrad: Op<[dy: Value, indices: Value], PoolAttrs & { readonly shape: Shape }> =
  defineOp("maxPool2dInputGrad", {
    type: ([dy, indices], attrs) => {
      const shape = expectResult("maxPool2dInputGrad", dy, [dy, indices], attrs);
      if (indices.dtype !== "u8" || indices.shape.join() !== shape.join())
        throw new ShapeError("maxPool2dInputGrad", `indices must be u8[${shape.join(",")}], as dy`, [
          dy,
          indices,
        ]);
      return { dtype: "f32", shape: attrs.shape };
    },
    grad: notDifferentiable("maxPool2dInputGrad", "training needs first derivatives only"),
    flops: ([dy]) => size(dy.shape),
  });

/** The mean of each window. x `[n, c, h, w]` -> y `[n, c, h', w']`. */
export const avgPool2d: Op<[x: Value], AvgPoolAttrs> = defineOp("avgPool2d", {
  type: ([x], attrs) => ({ dtype: "f32", shape: poolShape("avgPool2d", x, attrs) }),
  grad: ([x], attrs, dy) => [avgPool2dInputGrad(dy, { ...attrs, shape: x.type.shape })],
  flops: (_, y, { kernel }) => size(y.shape) * kernel[0] * kernel[1],
});

/** The gradient of `avgPool2d`: each dy spread evenly over its window. -> dx of `shape`. */
export const avgPool2dInputGrad: Op<[dy: Value], AvgPoolAttrs & { readonly shape: Shape }> = defineOp(
  "avgPool2dInputGrad",
  {
    type: ([dy], attrs) => {
      expectResult("avgPool2dInputGrad", dy, [dy], attrs);
      return { dtype: "f32", shape: attrs.shape };
    },
    grad: (_, attrs, dx) => [avgPool2d(dx, attrs)],
    flops: ([dy], _, { kernel }) => size(dy.shape) * kernel[0] * kernel[1],
  },
);

/** The shape of the pooling's result, which dy must have. */
function expectResult(
  op: string,
  dy: TensorType,
  given: readonly TensorType[],
  attrs: PoolAttrs & { readonly shape: Shape },
): Shape {
  const shape = poolShape(op, { dtype: "f32", shape: attrs.shape }, attrs);
  if (dy.dtype !== "f32" || dy.shape.join() !== shape.join())
    throw new ShapeError(op, `dy must be f32[${shape.join(",")}], the shape of the pooling's result`, given);
  return shape;
}

function poolShape(op: string, x: TensorType, { kernel, stride, padding, ceil }: PoolAttrs): Shape {
  if (x.shape.length !== 4 || x.dtype !== "f32") throw new ShapeError(op, "x must be f32 [n, c, h, w]", [x]);
  const [n, c, h, w] = nchw(x.shape);
  const [top, left, bottom, right] = padding;
  expectWhole(op, { kernel, stride }, 1, [x]);
  expectWhole(op, { padding }, 0, [x]);
  if (Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1])
    throw new ShapeError(op, `padding ${padding.join(",")} leaves a ${kernel.join("x")} window empty`, [x]);
  const rows = poolExtent(h, kernel[0], stride[0], top, bottom, ceil);
  const columns = poolExtent(w, kernel[1], stride[1], left, right, ceil);
  if (rows < 1 || columns < 1)
    throw new ShapeError(op, `a ${kernel.join("x")} window does not fit into ${h}x${w} (padding apart)`, [x]);
  return [n, c, rows, columns];
}

/** How many windows there are. With `ceil`, one that would start beyond the input and its leading padding is dropped. */
function poolExtent(
  extent: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  ceil: boolean,
): number {
  const steps = (extent + before + after - kernel) / stride;
  if (!ceil) return Math.max(0, Math.floor(steps) + 1);
  if (steps <= -1) return 0;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= extent + before ? count - 1 : count;
}
