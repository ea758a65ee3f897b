import { present } from "../../ir/errors.ts";
import type { Value } from "../../ir/graph.ts";
import { bytesPerElement, type Shape, size } from "../../ir/type.ts";
import { type PadAttrs, transposedStrides } from "../../ops/shape.ts";
import { type Kernel, unsupported } from "../engine.ts";
import { blocksOf, type Layout } from "./draft.ts";
import { at, type Context, float } from "./lowering.ts";

/** Stays blocked where every operand begins at a whole block. */
export const concat: Kernel<"concat", Context, void> = (
  { inputs, results: [y], attrs: { axis } },
  context,
) => {
  const aligned = axis !== 1 || inputs.slice(0, -1).every(({ type }) => (type.shape[1] ?? 0) % 8 === 0);
  const blocked = aligned && inputs.some((input) => context.layoutOf(input) === "blocked");
  const layout = blocked ? "blocked" : "plain";
  const to = context.define(y, layout);
  const whole = bytesFrom(axis, y, layout);
  let start = 0;
  for (const input of inputs) {
    const part = bytesFrom(axis, input, layout);
    const count = outerOf(axis, input, layout);
    context.step("copyRows", [context.in(layout, input), at(to, start), count, part, part, whole]);
    start += part;
  }
};

/** Stays blocked where it begins at a whole block. */
export const slice: Kernel<"slice", Context, void> = ({ inputs: [x], results: [y], attrs }, context) => {
  const { axis, start } = attrs;
  const aligned = axis !== 1 || start % 8 === 0;
  const layout = aligned ? context.layoutOf(x) : "plain";
  const from = context.in(layout, x);
  const one = bytesFrom(axis + 1, x, layout);
  const first = layout === "blocked" && axis === 1 ? start / 8 : start;
  const [whole, part] = [bytesFrom(axis, x, layout), bytesFrom(axis, y, layout)];
  const fields = [outerOf(axis, x, layout), part, whole, part];
  context.step("copyRows", [at(from, first * one), context.define(y, layout), ...fields]);
};

export const reshape: Kernel<"reshape", Context, void> = ({ inputs: [x], results: [y] }, context) => {
  context.alias(y, context.plain(x));
};

/** Stays blocked where whole blocks are added in front, and no channel behind but after whole blocks. */
export const pad: Kernel<"pad", Context, void> = (node, context) => {
  const { inputs, results, attrs } = node;
  const [x] = inputs;
  const [y] = results;
  const aligned =
    (attrs.before[1] ?? 0) % 8 === 0 && (attrs.after[1] === 0 || (x.type.shape[1] ?? 0) % 8 === 0);
  const layout = aligned ? context.layoutOf(x) : "plain";
  const { inner, outer, before, bytes } = padding(x, y, attrs, layout);
  if (inner.length > 4) {
    unsupported("pads at most four groups of axes")(node);
    return;
  }
  const from = context.in(layout, x);
  const to = context.define(y, layout);
  const value = y.type.dtype === "f32" ? float(attrs.value) : attrs.value;
  const words = y.type.dtype === "u8" ? (attrs.value & 255) * 0x01010101 : value;
  context.step("fill", [to, words, Math.ceil(to.bytes / 4)]);
  // Rows along the last axis, among rows along the three before it.
  const pitches = outer.map((_, axis) => bytes * size(outer.slice(axis + 1)));
  const corner = pitches.reduce((sum, pitch, axis) => sum + pitch * (before[axis] ?? 0), 0);
  const [row = 1, ...rows] = inner.toReversed();
  const [, ...steps] = pitches.toReversed();
  const three = (list: readonly number[], missing: number) =>
    [2, 1, 0].map((index) => list[index] ?? missing);
  const fields = [...three(rows, 1), row * bytes, ...three(steps, 0)];
  context.step("placeRows", [from, at(to, corner), ...fields], { main: true });
};

export const gatherRows: Kernel<"gatherRows", Context, void> = (node, context) => {
  const [x] = node.inputs;
  const list = context.data(Int32Array.from(node.attrs.rows));
  const fields = [context.plain(x), context.define(node.results[0]), list];
  const bytes = 4 * size(x.type.shape.slice(1));
  context.step("gatherRows", [...fields, node.attrs.rows.length, bytes]);
};

export const transpose: Kernel<"transpose", Context, void> = (
  { inputs: [x], results: [y], attrs },
  context,
) => {
  const { shape } = y.type;
  const list = context.data(Int32Array.of(...shape, ...transposedStrides(x.type.shape, attrs.axes)));
  const row = shape.at(-1) ?? 1;
  context.step("transpose", [
    context.plain(x),
    context.define(y),
    list,
    shape.length,
    size(shape) / row,
    row,
  ]);
};

/** The extents of a value as it lies: blocks of channels in the place of channels, pixels of eight numbers. */
function extents({ type: { shape } }: Value, layout: Layout): Shape {
  return layout === "plain" ? shape : shape.with(1, blocksOf(shape[1] ?? 0));
}

function elementBytes({ type: { dtype } }: Value, layout: Layout): number {
  return bytesPerElement[dtype] * (layout === "plain" ? 1 : 8);
}

/** The bytes of all that lies within one position of the axes before `axis`. */
function bytesFrom(axis: number, value: Value, layout: Layout): number {
  return size(extents(value, layout).slice(axis)) * elementBytes(value, layout);
}

/** How many positions there are along the axes before `axis`. */
function outerOf(axis: number, value: Value, layout: Layout): number {
  return size(extents(value, layout).slice(0, axis));
}

/** Extents with and without what is added, with axes joined to those before them where nothing is added along them. */
function padding(x: Value, y: Value, attrs: PadAttrs, layout: Layout) {
  const inner: number[] = [];
  const outer: number[] = [];
  const before: number[] = [];
  const whole = extents(y, layout);
  extents(x, layout).forEach((extent, axis) => {
    const all = present(whole[axis], "pad keeps the axes");
    const channels = layout === "blocked" && axis === 1;
    const front = (attrs.before[axis] ?? 0) / (channels ? 8 : 1);
    if (all === extent && inner.length > 0) {
      const last = inner.length - 1;
      inner[last] = (inner[last] ?? 1) * extent;
      outer[last] = (outer[last] ?? 1) * extent;
      before[last] = (before[last] ?? 0) * extent;
    } else {
      inner.push(extent);
      outer.push(all);
      before.push(front);
    }
  });
  return { inner, outer, before, bytes: elementBytes(y, layout) };
}
