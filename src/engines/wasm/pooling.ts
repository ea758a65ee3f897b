import type { Value } from "../../ir/graph.ts";
import { nchw, type Shape } from "../../ir/type.ts";
import type { AvgPoolAttrs, PoolAttrs } from "../../ops/pool.ts";
import type { Kernel } from "../engine.ts";
import { blocksOf } from "./draft.ts";
import type { Context } from "./lowering.ts";
import { sumWindows, transposed, type WeightedWindow, type Windows } from "./windows.ts";

export const maxPool2d: Kernel<"maxPool2d", Context, void> = ({ inputs: [x], results, attrs }, context) => {
  const [y, indices] = results;
  const from = context.blocked(x);
  const to = context.define(y, "blocked");
  const indexed = context.needed(indices);
  const taps = indexed ? context.define(indices, "blocked") : 0;
  const tables = spansOf(x.type.shape, y.type.shape, attrs).map((spans) => context.data(tableOf(spans)));
  context.step(indexed ? "maxPool2dIndices" : "maxPool2d", [
    from,
    to,
    taps,
    ...tables,
    ...extents(x, y),
    attrs.kernel[1],
  ]);
};

export const maxPool2dInputGrad: Kernel<"maxPool2dInputGrad", Context, void> = (node, context) => {
  const [dy, indices] = node.inputs;
  const [dx] = node.results;
  const { kernel, stride } = node.attrs;
  const from = context.blocked(dy);
  const taps = context.blocked(indices);
  const to = context.define(dx, "blocked");
  const [, , ...extent] = nchw(dx.type.shape);
  const tables = spansOf(dx.type.shape, dy.type.shape, node.attrs).map((spans, axis) =>
    context.data(tableOf(readersOf(spans, extent[axis] ?? 0))),
  );
  context.step("maxPool2dInputGrad", [from, taps, to, ...tables, ...extents(dy, dx), kernel[1], ...stride]);
};

export const avgPool2d: Kernel<"avgPool2d", Context, void> = (
  { inputs: [x], results: [y], attrs },
  context,
) => sumWindows(context, x, y, meansOf(x.type.shape, y.type.shape, attrs));

export const avgPool2dInputGrad: Kernel<"avgPool2dInputGrad", Context, void> = (node, context) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const [, , h, w] = nchw(dx.type.shape);
  const { rows, columns } = meansOf(dx.type.shape, dy.type.shape, node.attrs);
  sumWindows(context, dy, dx, { rows: transposed(rows, h), columns: transposed(columns, w) });
};

/** What one position reads along one axis: positions from `first` to before `end`, which are taps from `tap` on. */
interface Span {
  readonly first: number;
  readonly end: number;
  readonly tap: number;
  /** The taps that lie in the input or its padding; what `ceil` adds beyond does not. */
  readonly padded: number;
}

function spansOf(
  x: Shape,
  y: Shape,
  { kernel, stride, padding }: PoolAttrs,
): [rows: Span[], columns: Span[]] {
  const [, , h, w] = nchw(x);
  const [, , height, width] = nchw(y);
  const [top, left, bottom, right] = padding;
  return [
    spansOfAxis(h, height, kernel[0], stride[0], top, bottom),
    spansOfAxis(w, width, kernel[1], stride[1], left, right),
  ];
}

function spansOfAxis(
  extent: number,
  count: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
): Span[] {
  return Array.from({ length: count }, (_, position) => {
    const start = position * stride - before;
    const first = Math.max(0, start);
    return {
      first,
      end: Math.min(start + kernel, extent),
      tap: first - start,
      padded: Math.min(kernel, extent + after - start),
    };
  });
}

/** For each of `extent` positions the windows that read it, and as which tap the first does. */
function readersOf(spans: readonly Span[], extent: number): Pick<Span, "first" | "end" | "tap">[] {
  return Array.from({ length: extent }, (_, position) => {
    const reads = ({ first, end }: Span) => position >= first && position < end;
    const first = Math.max(0, spans.findIndex(reads));
    const span = spans[first];
    return {
      first,
      end: spans.findLastIndex(reads) + 1,
      tap: span ? span.tap + position - span.first : 0,
    };
  });
}

function tableOf(spans: readonly Pick<Span, "first" | "end" | "tap">[]): Int32Array<ArrayBuffer> {
  return Int32Array.from(spans.flatMap(({ first, end, tap }) => [first, end, tap]));
}

function meansOf(x: Shape, y: Shape, attrs: AvgPoolAttrs): Windows {
  const mean = ({ first, end, padded }: Span): WeightedWindow => {
    const taps = end - first;
    return { first, weights: new Array(taps).fill(1 / (attrs.countPadding ? padded : taps)) };
  };
  const [rows, columns] = spansOf(x, y, attrs);
  return { rows: rows.map(mean), columns: columns.map(mean) };
}

/** The planes of eight channels, and the pixels of what is read and what is written. */
function extents(x: Value, y: Value): number[] {
  const [n, c, h, w] = nchw(x.type.shape);
  const [, , height, width] = nchw(y.type.shape);
  return [n * blocksOf(c), h, w, height, width];
}
