import type { Value } from "../ir/graph.ts";
import { nchw } from "../ir/type.ts";

/** One number for both directions, or [vertical, horizontal]. */
export type Pair = number | readonly [vertical: number, horizontal: number];

/** How far a window reaches beyond the input on each side. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/**
 * One number for all sides, [vertical, horizontal], [top, left, bottom, right], or "same": TensorFlow's SAME, which
 * gives ceil(extent / stride) results and puts the odd row and column of padding at the bottom and on the right.
 */
export type Padding = Pair | Sides | "same";

export function pair(value: Pair): readonly [vertical: number, horizontal: number] {
  return typeof value === "number" ? [value, value] : value;
}

/** The padding of an input x under a window. */
export function sides(
  padding: Padding,
  x: Value,
  kernel: readonly [height: number, width: number],
  stride: readonly [vertical: number, horizontal: number],
  dilation: readonly [vertical: number, horizontal: number] = [1, 1],
): Sides {
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (padding !== "same")
    return padding.length === 2 ? [padding[0], padding[1], padding[0], padding[1]] : padding;
  const [, , h, w] = nchw(x.type.shape);
  const rows = same(h, (kernel[0] - 1) * dilation[0] + 1, stride[0]);
  const columns = same(w, (kernel[1] - 1) * dilation[1] + 1, stride[1]);
  return [Math.floor(rows / 2), Math.floor(columns / 2), Math.ceil(rows / 2), Math.ceil(columns / 2)];
}

/** The padding before and after an axis in all. */
function same(extent: number, reach: number, stride: number): number {
  return Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
}
