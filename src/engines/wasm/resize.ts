import type { Value } from "../../ir/graph.ts";
import { nchw, type Shape, size } from "../../ir/type.ts";
import { bilinearTaps } from "../../ops/resize.ts";
import type { Kernel } from "../engine.ts";
import { bytesOf } from "./draft.ts";
import { type Context, float } from "./lowering.ts";
import type { Place } from "./memory.ts";
import { sumWindows, transposed, type WeightedWindow, type Windows } from "./windows.ts";

export const resize2d: Kernel<"resize2d", Context, void> = ({ inputs: [x], results: [y] }, context) => {
  const from = x.type.dtype === "u8" ? numbersOf(x, context) : context.blocked(x);
  sumWindows(context, x, y, mixtures(x.type.shape, y.type.shape), from);
};

export const resize2dInputGrad: Kernel<"resize2dInputGrad", Context, void> = (node, context) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const [, , h, w] = nchw(dx.type.shape);
  const { rows, columns } = mixtures(dx.type.shape, dy.type.shape);
  sumWindows(context, dy, dx, { rows: transposed(rows, h), columns: transposed(columns, w) });
};

/** Bytes as f32 in blocks of channels. */
function numbersOf(x: Value, context: Context): Place {
  const { shape } = x.type;
  const [n, c, h, w] = nchw(shape);
  const numbers = context.scratch(4 * size(shape));
  const blocked = context.scratch(bytesOf({ dtype: "f32", shape }, "blocked"));
  context.step("affineBytes", [context.plain(x), numbers, float(1), float(0), size(shape)]);
  context.step("toBlocked", [numbers, blocked, n, c, h * w]);
  return blocked;
}

function mixtures(x: Shape, y: Shape): Windows {
  const [, , h, w] = nchw(x);
  const [, , height, width] = nchw(y);
  return { rows: bilinearTaps(h, height).map(window), columns: bilinearTaps(w, width).map(window) };
}

function window({ low, high, fraction }: ReturnType<typeof bilinearTaps>[number]): WeightedWindow {
  return { first: low, weights: low === high ? [1] : [1 - fraction, fraction] };
}
