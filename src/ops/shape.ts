import { present, ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { type Shape, size, type TensorType } from "../ir/type.ts";
import { defineOp, expectWhole, type Op } from "./define.ts";

// Moves elements and computes nothing, so none of these has FLOPs.

/** Joins operands along `axis`; all other extents agree. */
export const concat: Op<readonly Value[], { readonly axis: number }> = defineOp("concat", {
  type: (inputs, { axis }) => {
    const [first] = inputs;
    if (first?.shape[axis] === undefined)
      throw new ShapeError("concat", `needs operands that have an axis ${axis}`, inputs);
    const rest = (type: TensorType) => `${type.dtype}${type.shape.toSpliced(axis, 1).join()}`;
    if (inputs.some((type) => rest(type) !== rest(first)))
      throw new ShapeError("concat", `operands must agree in all but axis ${axis}`, inputs);
    const extent = inputs.reduce((sum, type) => sum + (type.shape[axis] ?? 0), 0);
    return { dtype: first.dtype, shape: first.shape.with(axis, extent) };
  },
  grad: (inputs, { axis }, dy) => {
    let start = 0;
    return inputs.map(({ type }) => {
      const extent = present(type.shape[axis], "concat's operands have its axis");
      start += extent;
      return slice(dy, { axis, start: start - extent, size: extent });
    });
  },
  flops: () => 0,
});

export interface SliceAttrs {
  readonly axis: number;
  readonly start: number;
  readonly size: number;
}

/** `size` positions of `axis` from `start`. */
export const slice: Op<[x: Value], SliceAttrs> = defineOp("slice", {
  type: ([x], { axis, start, size: extent }) => {
    const whole = x.shape[axis];
    const fits = Number.isInteger(start) && Number.isInteger(extent) && start >= 0 && extent >= 1;
    if (whole === undefined || !fits || start + extent > whole)
      throw new ShapeError("slice", `axis ${axis} has no positions ${start} to ${start + extent - 1}`, [x]);
    return { dtype: x.dtype, shape: x.shape.with(axis, extent) };
  },
  grad: ([x], { axis, start, size: extent }, dy) => {
    const rank = x.type.shape.length;
    const after = (x.type.shape[axis] ?? 0) - start - extent;
    const at = (n: number) => Array.from({ length: rank }, (_, i) => (i === axis ? n : 0));
    return [pad(dy, { before: at(start), after: at(after), value: 0 })];
  },
  flops: () => 0,
});

export interface PadAttrs {
  /** Positions added in front of each axis. */
  readonly before: readonly number[];
  /** Positions added behind each axis. */
  readonly after: readonly number[];
  readonly value: number;
}

/** x with `value` around it. */
export const pad: Op<[x: Value], PadAttrs> = defineOp("pad", {
  type: ([x], { before, after }) => {
    if (before.length !== x.shape.length || after.length !== x.shape.length)
      throw new ShapeError("pad", `before and after need ${x.shape.length} entries, one an axis`, [x]);
    expectWhole("pad", { before, after }, 0, [x]);
    return { dtype: x.dtype, shape: x.shape.map((n, i) => n + (before[i] ?? 0) + (after[i] ?? 0)) };
  },
  grad: ([x], { before }, dy) => {
    let dx = dy;
    x.type.shape.forEach((extent, axis) => {
      if (dx.type.shape[axis] !== extent) dx = slice(dx, { axis, start: before[axis] ?? 0, size: extent });
    });
    return [dx];
  },
  flops: () => 0,
});

/** The same elements in row-major order under another shape. */
export const reshape: Op<[x: Value], { readonly shape: Shape }> = defineOp("reshape", {
  type: ([x], { shape }) => {
    expectWhole("reshape", { shape }, 0, [x]);
    if (size(shape) !== size(x.shape))
      throw new ShapeError(
        "reshape",
        `[${shape.join(",")}] has ${size(shape)} elements, x ${size(x.shape)}`,
        [x],
      );
    return { dtype: x.dtype, shape };
  },
  grad: ([x], _, dy) => [reshape(dy, { shape: x.type.shape })],
  flops: () => 0,
});

/** `[n, ...]` -> `[n, everything else]`. */
export function flatten(x: Value): Value {
  const n = x.type.shape[0] ?? 1;
  return reshape(x, { shape: [n, size(x.type.shape) / n] });
}

export interface GatherAttrs {
  /** For each row of the result the row of x it takes, or -1 for zeros. No row of x is taken twice. */
  readonly rows: readonly number[];
}

/** Rows of x in another order, with rows of zeros between. x `[m, ...]` -> y `[rows.length, ...]`. */
export const gatherRows: Op<[x: Value], GatherAttrs> = defineOp("gatherRows", {
  type: ([x], { rows }) => {
    const [m = 0, ...rest] = x.shape;
    const taken = rows.filter((row) => row !== -1);
    if (
      x.dtype !== "f32" ||
      taken.some((row) => !Number.isInteger(row) || row < 0 || row >= m) ||
      new Set(taken).size < taken.length
    )
      throw new ShapeError("gatherRows", `rows must be -1 or different numbers below ${m}, x f32`, [x]);
    return { dtype: "f32", shape: [rows.length, ...rest] };
  },
  grad: ([x], { rows }, dy) => {
    const inverse = new Array<number>(x.type.shape[0] ?? 0).fill(-1);
    rows.forEach((row, at) => {
      if (row !== -1) inverse[row] = at;
    });
    return [gatherRows(dy, { rows: inverse })];
  },
  flops: () => 0,
});

/** x with its axes in another order: axis i of the result is axis `axes[i]` of x, which is f32. */
export const transpose: Op<[x: Value], { readonly axes: readonly number[] }> = defineOp("transpose", {
  type: ([x], { axes }) => {
    const all = x.shape.map((_, axis) => axis);
    if (x.dtype !== "f32" || axes.toSorted((a, b) => a - b).join() !== all.join())
      throw new ShapeError(
        "transpose",
        `axes ${axes.join(",")} must be ${all.join(",")} in any order, x f32`,
        [x],
      );
    return { dtype: "f32", shape: axes.map((axis) => x.shape[axis] ?? 1) };
  },
  grad: (_, { axes }, dy) => [transpose(dy, { axes: axes.map((_, axis) => axes.indexOf(axis)) })],
  flops: () => 0,
});

/** How far apart neighbours along each axis of the transpose lie in x. */
export function transposedStrides(shape: Shape, axes: readonly number[]): readonly number[] {
  return axes.map((axis) => size(shape.slice(axis + 1)));
}
