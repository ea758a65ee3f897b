import { nchw, type Shape } from "../../ir/type.ts";
import { adaptiveWindow } from "../../ops/adaptivePool.ts";
import type { Kernel } from "../engine.ts";
import type { Context } from "./lowering.ts";
import { sumWindows, transposed, type WeightedWindow, type Windows } from "./windows.ts";

export const adaptiveAvgPool2d: Kernel<"adaptiveAvgPool2d", Context, void> = (node, context) => {
  const [x] = node.inputs;
  const [y] = node.results;
  sumWindows(context, x, y, meansOf(x.type.shape, y.type.shape));
};

export const adaptiveAvgPool2dInputGrad: Kernel<"adaptiveAvgPool2dInputGrad", Context, void> = (
  node,
  context,
) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const [, , h, w] = nchw(dx.type.shape);
  const { rows, columns } = meansOf(dx.type.shape, dy.type.shape);
  sumWindows(context, dy, dx, { rows: transposed(rows, h), columns: transposed(columns, w) });
};

function meansOf(x: Shape, y: Shape): Windows {
  const [, , h, w] = nchw(x);
  const [, , height, width] = nchw(y);
  return { rows: meansOfAxis(h, height), columns: meansOfAxis(w, width) };
}

function meansOfAxis(extent: number, count: number): WeightedWindow[] {
  return Array.from({ length: count }, (_, index) => {
    const [first, end] = adaptiveWindow(index, count, extent);
    return { first, weights: new Array(end - first).fill(1 / (end - first)) };
  });
}
