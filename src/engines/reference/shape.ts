import { type Shape, size, type TypedArray } from "../../ir/type.ts";
import { transposedStrides } from "../../ops/shape.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const concat: Kernel<"concat", Context, Step> = (
  { inputs, results: [y], attrs: { axis } },
  context,
) => {
  const whole = size(y.type.shape.slice(axis));
  let start = 0;
  const copies = inputs.map((input) => {
    const part = size(input.type.shape.slice(axis));
    start += part;
    return copyRows(context.any(input), 0, part, context.any(y), start - part, whole, part);
  });
  return () => {
    for (const copy of copies) copy();
  };
};

export const slice: Kernel<"slice", Context, Step> = ({ inputs: [x], results: [y], attrs }, context) => {
  const whole = size(x.type.shape.slice(attrs.axis));
  const part = size(y.type.shape.slice(attrs.axis));
  const start = attrs.start * size(x.type.shape.slice(attrs.axis + 1));
  return copyRows(context.any(x), start, whole, context.any(y), 0, part, part);
};

export const pad: Kernel<"pad", Context, Step> = ({ inputs: [x], results: [y], attrs }, context) => {
  const from = context.any(x);
  const to = context.any(y);
  const length = x.type.shape.at(-1) ?? 1;
  const starts = rowStarts(x.type.shape, y.type.shape, attrs.before);
  return () => {
    to.fill(attrs.value);
    let at = 0;
    for (const start of starts) for (let i = 0; i < length; i++) to[start + i] = from[at++] ?? 0;
  };
};

export const reshape: Kernel<"reshape", Context, Step> = ({ inputs: [x], results: [y] }, context) => {
  const from = context.any(x);
  const to = context.any(y);
  return () => {
    to.set(from);
  };
};

export const gatherRows: Kernel<"gatherRows", Context, Step> = (
  { inputs: [x], results: [y], attrs },
  context,
) => {
  const from = context.f32(x);
  const to = context.f32(y);
  const length = size(x.type.shape.slice(1));
  return () => {
    to.fill(0);
    attrs.rows.forEach((row, at) => {
      if (row !== -1) for (let i = 0; i < length; i++) to[at * length + i] = from[row * length + i] ?? 0;
    });
  };
};

export const transpose: Kernel<"transpose", Context, Step> = (
  { inputs: [x], results: [y], attrs },
  context,
) => {
  const from = context.f32(x);
  const to = context.f32(y);
  const { shape } = y.type;
  const strides = transposedStrides(x.type.shape, attrs.axes);
  return () => {
    for (let i = 0; i < to.length; i++) {
      let at = 0;
      let rest = i;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const extent = shape[axis] ?? 1;
        at += (rest % extent) * (strides[axis] ?? 0);
        rest = Math.floor(rest / extent);
      }
      to[i] = from[at] ?? 0;
    }
  };
};

/** Copies stretches of `length` elements that lie `fromPitch` apart to places that lie `toPitch` apart. */
function copyRows(
  from: TypedArray,
  fromStart: number,
  fromPitch: number,
  to: TypedArray,
  toStart: number,
  toPitch: number,
  length: number,
): Step {
  return () => {
    for (let x = fromStart, y = toStart; y < to.length; x += fromPitch, y += toPitch)
      for (let i = 0; i < length; i++) to[y + i] = from[x + i] ?? 0;
  };
}

/** Where each row (the last axis) of a tensor of `shape` begins within one of `outer`, `before` away from its corner. */
function rowStarts(shape: Shape, outer: Shape, before: readonly number[]): readonly number[] {
  let starts = [0];
  shape.forEach((extent, axis) => {
    const pitch = size(outer.slice(axis + 1));
    const first = (before[axis] ?? 0) * pitch;
    const steps = axis === shape.length - 1 ? 1 : extent;
    starts = starts.flatMap((start) => Array.from({ length: steps }, (_, i) => start + first + i * pitch));
  });
  return starts;
}
