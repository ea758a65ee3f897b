import { size, type TensorData } from "../ir/type.ts";
import type { Call } from "./call.ts";

// Arithmetic on numbers that are known when a model is read: shapes, as exporters compute them around reshapes.

/** What ops make of constants alone. */
export const folds: Readonly<Record<string, (call: Call, inputs: readonly TensorData[]) => TensorData>> = {
  Cast: (call, [x = call.broken("lacks its operand")]) => cast(call, x),
  Concat: (call, inputs) => {
    const [first = call.broken("has no operands")] = inputs;
    if (first.shape.length !== 1) return call.refuse("joins constants of more than one axis");
    return vector(
      first,
      inputs.flatMap(({ data }) => Array.from(data)),
    );
  },
  ConstantOfShape: (call, [shape = call.broken("lacks its operand")]) => {
    const dims = Array.from(shape.data);
    const value = call.tensor("value");
    const count = size(dims);
    if (dims.some((extent) => extent < 0) || count > maxElements)
      return call.broken(`asks for a tensor of shape [${dims.join(",")}]`);
    if (value !== undefined && !(value.data instanceof Float32Array))
      return { shape: dims, data: new Int32Array(count).fill(value.data[0] ?? 0) };
    return { shape: dims, data: new Float32Array(count).fill(value?.data[0] ?? 0) };
  },
  Gather: (call, [x = call.broken("lacks x"), indices = call.broken("lacks indices")]) => {
    if (x.shape.length !== 1) return call.refuse("gathers from constants of more than one axis");
    const picked = Array.from(
      indices.data,
      (index) =>
        x.data[index < 0 ? index + x.data.length : index] ??
        call.broken(`gathers position ${index} of ${x.data.length}`),
    );
    return { ...vector(x, picked), shape: indices.shape };
  },
  Slice: (call, [x = call.broken("lacks x")]) => {
    if (x.shape.length !== 1) return call.refuse("slices constants of more than one axis");
    const [start = 0] = call.list(1, "starts") ?? [];
    const [end = x.data.length] = call.list(2, "ends") ?? [];
    const [step = 1] = call.has(4) ? call.numbers(4) : [];
    if (step !== 1) return call.refuse(`has the step ${step}`);
    return vector(x, Array.from(x.data.slice(start, end)));
  },
  Squeeze: (_, [x]) => (x ? { ...x, shape: x.shape.filter((extent) => extent !== 1) } : nothing),
  Unsqueeze: (call, [x = call.broken("lacks x")]) => ({ ...x, shape: unsqueezed(call, x.shape) }),
  Reshape: (call, [x = call.broken("lacks x")]) => ({
    ...x,
    shape: reshaped(call, x.shape, call.numbers(1)),
  }),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
};

/** As many elements as a file of 2 GiB holds: a few bytes must not ask for more. */
const maxElements = 2 ** 29;

const nothing: TensorData = { shape: [0], data: new Int32Array() };

/** The shape that Unsqueeze gives. */
export function unsqueezed(call: Call, shape: readonly number[]): readonly number[] {
  const axes = call.list(1, "axes") ?? call.broken("has no axes");
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

/** The shape that Reshape gives: 0 keeps an extent, -1 takes what is left. */
export function reshaped(call: Call, shape: readonly number[], wanted: readonly number[]): readonly number[] {
  const keeps = call.integer("allowzero", 0) === 0;
  const dims = wanted.map((extent, axis) => (extent === 0 && keeps ? (shape[axis] ?? 0) : extent));
  const known = size(dims.filter((extent) => extent !== -1));
  return dims.map((extent) => (extent === -1 ? size(shape) / known : extent));
}

function binary(combine: (a: number, b: number) => number) {
  return (call: Call, [a, b]: readonly TensorData[]): TensorData => {
    if (a === undefined || b === undefined) return call.broken("lacks an operand");
    const wide = a.data.length >= b.data.length ? a : b;
    if (a.data.length !== b.data.length && Math.min(a.data.length, b.data.length) !== 1)
      return call.refuse("broadcasts constants");
    const at = ({ data }: TensorData, i: number) => data[data.length === 1 ? 0 : i] ?? 0;
    const values = Array.from(wide.data, (_, i) => combine(at(a, i), at(b, i)));
    const whole = wide.data instanceof Float32Array ? values : values.map(Math.trunc);
    return { ...vector(wide, whole), shape: wide.shape };
  };
}

function vector(like: TensorData, values: readonly number[]): TensorData {
  const data = like.data instanceof Float32Array ? Float32Array.from(values) : Int32Array.from(values);
  return { shape: [values.length], data };
}

/** Only the kind of the numbers matters here: with a fraction or without. */
function cast(call: Call, { shape, data }: TensorData): TensorData {
  const to = call.integer("to", 1);
  const floating = to === 1 || to === 10 || to === 11 || to === 16;
  return { shape, data: floating ? Float32Array.from(data) : Int32Array.from(data, Math.trunc) };
}
