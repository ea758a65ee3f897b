import { nchw, type Shape } from "../../ir/type.ts";
import { adaptiveWindow } from "../../ops/adaptivePool.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const adaptiveAvgPool2d: Kernel<"adaptiveAvgPool2d", Context, Step> = (node, context) => {
  const [x] = node.inputs;
  const [y] = node.results;
  const from = context.f32(x);
  const to = context.f32(y);
  const walk = windows(x.type.shape, y.type.shape);
  return () => {
    walk((at, pixels) => {
      let sum = 0;
      for (const pixel of pixels) sum += from[pixel] ?? 0;
      to[at] = sum / pixels.length;
    });
  };
};

export const adaptiveAvgPool2dInputGrad: Kernel<"adaptiveAvgPool2dInputGrad", Context, Step> = (
  node,
  context,
) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const from = context.f32(dy);
  const to = context.f32(dx);
  const sums = new Float64Array(to.length);
  const walk = windows(dx.type.shape, dy.type.shape);
  return () => {
    sums.fill(0);
    walk((at, pixels) => {
      for (const pixel of pixels) sums[pixel] = (sums[pixel] ?? 0) + (from[at] ?? 0) / pixels.length;
    });
    to.set(sums);
  };
};

/** Calls `visit` for each element of the pooling's result with the pixels of its window. */
function windows(x: Shape, y: Shape) {
  const [n, c, h, w] = nchw(x);
  const [, , height, width] = nchw(y);
  const ofOneMap = Array.from({ length: height * width }, (_, at) => {
    const [top, bottom] = adaptiveWindow(Math.floor(at / width), height, h);
    const [left, right] = adaptiveWindow(at % width, width, w);
    const columns = Array.from({ length: right - left }, (_, i) => left + i);
    return Array.from({ length: bottom - top }, (_, i) =>
      columns.map((column) => (top + i) * w + column),
    ).flat();
  });
  return (visit: (at: number, pixels: readonly number[]) => void) => {
    for (let map = 0; map < n * c; map++)
      for (const [at, pixels] of ofOneMap.entries())
        visit(
          map * height * width + at,
          pixels.map((pixel) => map * h * w + pixel),
        );
  };
}
