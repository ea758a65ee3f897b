import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { nchw, type Shape, size } from "../ir/type.ts";
import { defineOp, type Op } from "./define.ts";

export interface ResizeAttrs {
  readonly height: number;
  readonly width: number;
}

/**
 * Bilinear interpolation between pixel centres, without antialiasing (PyTorch's `interpolate` with
 * `mode="bilinear", align_corners=False`). x `[n, c, h, w]`, f32 or u8 -> y f32 `[n, c, height, width]`.
 */
export const resize2d: Op<[x: Value], ResizeAttrs> = defineOp("resize2d", {
  type: ([x], { height, width }) => {
    if (x.shape.length !== 4 || x.dtype === "i32")
      throw new ShapeError("resize2d", "x must be f32 or u8 [n, c, h, w]", [x]);
    if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1)
      throw new ShapeError("resize2d", `no image is ${height}x${width}`, [x]);
    const [n, c] = nchw(x.shape);
    return { dtype: "f32", shape: [n, c, height, width] };
  },
  grad: ([x], attrs, dy) => [
    x.type.dtype === "f32" ? resize2dInputGrad(dy, { ...attrs, shape: x.type.shape }) : null,
  ],
  flops: (_, y) => 8 * size(y.shape),
});

/** The gradient of `resize2d`: each dy spread over the pixels it was mixed from. -> dx of `shape`. */
export const resize2dInputGrad: Op<[dy: Value], ResizeAttrs & { readonly shape: Shape }> = defineOp(
  "resize2dInputGrad",
  {
    type: ([dy], { shape, height, width }) => {
      const [n, c] = nchw(shape);
      if (shape.length !== 4) throw new ShapeError("resize2dInputGrad", "shape must be [n, c, h, w]", [dy]);
      if (dy.dtype !== "f32" || dy.shape.join() !== [n, c, height, width].join())
        throw new ShapeError("resize2dInputGrad", `dy must be f32[${n},${c},${height},${width}]`, [dy]);
      return { dtype: "f32", shape };
    },
    grad: (_, { height, width }, dx) => [resize2d(dx, { height, width })],
    flops: ([dy]) => 8 * size(dy.shape),
  },
);

/** Where one output position reads: `low` and `high` with weights `1 - fraction` and `fraction`. */
export interface Tap {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** The taps of each of `to` positions over `from` pixels. */
export function bilinearTaps(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, position) => {
    const centre = Math.max(0, ((position + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(centre), from - 1);
    return { low, high: Math.min(low + 1, from - 1), fraction: centre - low };
  });
}
