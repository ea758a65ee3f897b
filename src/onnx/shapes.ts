import { present } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { affine } from "../ops/arithmetic.ts";
import { avgPool2d } from "../ops/pool.ts";
import { concat, pad, reshape, slice, transpose } from "../ops/shape.ts";
import { type Call, type Operand, shapeOf } from "./call.ts";
import { reshaped, unsqueezed } from "./fold.ts";

type Convert = (call: Call) => readonly Operand[];

const same: Convert = (call) => [call.operand(0)];

/** Ops that move elements, and means over axes. */
export const shapes: Readonly<Record<string, Convert>> = {
  Identity: same,
  Cast: (call) => {
    const to = call.integer("to", 1);
    return to === 1 || to === 10 || to === 11 || to === 16
      ? same(call)
      : call.refuse("makes whole numbers of what is computed");
  },
  Dropout: (call) => {
    const training = call.has(2) && call.numbers(2)[0] !== 0;
    return training ? call.refuse("drops out in evaluation") : same(call);
  },
  Concat: (call) => {
    const values = call.operands.map((operand) => call.asValue(operand));
    return [concat(...values, { axis: call.axis(call.integer("axis", 1), rankOf(call)) })];
  },
  Flatten: (call) => {
    const shape = shapeOf(call.operand(0));
    const axis = call.integer("axis", 1);
    const from = axis < 0 ? axis + shape.length : axis;
    const rows = size(shape.slice(0, from));
    return [reshape(call.value(0), { shape: [rows, size(shape) / Math.max(1, rows)] })];
  },
  Reshape: (call) => {
    const x = call.value(0);
    const wanted = call.list(1, "shape") ?? call.broken("has no shape");
    const shape = reshaped(call, x.type.shape, wanted);
    if (size(shape) === 0) call.refuse("makes a tensor of no elements");
    // A model that was written for a batch of one says so in its reshapes.
    const batch = x.type.shape[0] ?? 1;
    const batched =
      shape[0] === 1 && size(shape) * batch === size(x.type.shape) ? shape.with(0, batch) : shape;
    return [reshape(x, { shape: batched })];
  },
  Shape: (call) => {
    const shape = shapeOf(call.operand(0));
    const part = shape.slice(call.integer("start", 0), call.integer("end", shape.length));
    return [{ shape: [part.length], data: Int32Array.from(part) }];
  },
  Squeeze: (call) => {
    const { shape } = call.value(0).type;
    const axes = call.list(1, "axes")?.map((axis) => call.axis(axis, shape.length));
    const kept = shape.filter((n, axis) => (axes ? !axes.includes(axis) : n !== 1));
    return [reshape(call.value(0), { shape: kept })];
  },
  Unsqueeze: (call) => [reshape(call.value(0), { shape: unsqueezed(call, shapeOf(call.operand(0))) })],
  Transpose: (call) => {
    const reversed = shapeOf(call.operand(0))
      .map((_, axis) => axis)
      .toReversed();
    return [transpose(call.value(0), { axes: call.integers("perm") ?? reversed })];
  },
  Slice: (call) => [slices(call)],
  Pad: (call) => {
    const mode = call.text("mode", "constant");
    if (mode !== "constant") return call.refuse(`has the mode ${mode}`);
    const pads = call.list(1, "pads") ?? call.broken("has no pads");
    const rank = rankOf(call);
    if (call.has(3)) return call.refuse("pads chosen axes only");
    if (pads.some((n) => n < 0)) return call.refuse("cuts off by padding less than nothing");
    const value = call.has(2) ? (call.numbers(2)[0] ?? 0) : call.float("value", 0);
    return [pad(call.value(0), { before: pads.slice(0, rank), after: pads.slice(rank), value })];
  },
  ReduceMean: (call) => [mean(call)[0]],
  ReduceSum: (call) => {
    const [y, count] = mean(call);
    return [affine(y, { scale: [count], shift: [0] })];
  },
};

function rankOf(call: Call): number {
  return shapeOf(call.operand(0)).length;
}

function slices(call: Call): Value {
  const starts = call.list(1, "starts") ?? call.broken("has no starts");
  const ends = call.list(2, "ends") ?? call.broken("has no ends");
  const axes = call.list(3, "axes") ?? [];
  const steps = call.has(4) ? call.numbers(4) : [];
  let y = call.value(0);
  starts.forEach((start, i) => {
    const axis = call.axis(axes[i] ?? i, rankOf(call));
    const extent = present(y.type.shape[axis], "the axis is there");
    const step = steps[i] ?? 1;
    if (step !== 1) call.refuse(`has the step ${step}`);
    const within = (n: number) => Math.min(Math.max(n < 0 ? n + extent : n, 0), extent);
    const [from, to] = [within(start), within(ends[i] ?? extent)];
    if (to <= from) call.refuse(`takes nothing of axis ${axis}`);
    if (from !== 0 || to !== extent) y = slice(y, { axis, start: from, size: to - from });
  });
  return y;
}

/** The mean over some axes, and of how many: they go last, and one window covers them. */
function mean(call: Call): [mean: Value, count: number] {
  const x = call.value(0);
  const { shape } = x.type;
  const given = call.list(1, "axes") ?? [];
  if (given.length === 0 && call.integer("noop_with_empty_axes", 0) !== 0) return [x, 1];
  const all = shape.map((_, axis) => axis);
  const axes = given.length === 0 ? all : given.map((axis) => call.axis(axis, shape.length));
  const rest = all.filter((axis) => !axes.includes(axis));
  const order = [...rest, ...all.filter((axis) => axes.includes(axis))];
  const ordered = order.every((axis, i) => axis === i) ? x : transpose(x, { axes: order });
  const count = size(axes.map((axis) => shape[axis] ?? 1));
  const kernel = [count, 1] as const;
  const flat = reshape(ordered, { shape: [1, size(shape) / count, count, 1] });
  const y = avgPool2d(flat, {
    kernel,
    stride: kernel,
    padding: [0, 0, 0, 0],
    ceil: false,
    countPadding: true,
  });
  const keeps = call.integer("keepdims", 1) !== 0;
  return [
    reshape(y, {
      shape: keeps
        ? shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
        : rest.map((axis) => shape[axis] ?? 1),
    }),
    count,
  ];
}
