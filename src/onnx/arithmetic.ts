import type { Value } from "../ir/graph.ts";
import { type Shape, sameShape, size } from "../ir/type.ts";
import { exp, relu, sigmoid, tanh } from "../ops/activation.ts";
import { add, affine, constant, mul } from "../ops/arithmetic.ts";
import { batchNormScale } from "../ops/batchNorm.ts";
import { addChannels, scaleChannels } from "../ops/channels.ts";
import { linear } from "../ops/linear.ts";
import { localResponseNorm } from "../ops/localResponseNorm.ts";
import { logSoftmax } from "../ops/loss.ts";
import { reshape, transpose } from "../ops/shape.ts";
import { type Call, isConstant, type Operand, scalarOf, shapeOf } from "./call.ts";

type Convert = (call: Call) => readonly Operand[];

/** Ops that compute on elements, rows and matrices. */
export const arithmetic: Readonly<Record<string, Convert>> = {
  Add: (call) => [sum(call, call.operand(0), call.operand(1))],
  Sum: (call) => [call.operands.reduce((total, operand) => sum(call, total, operand))],
  Sub: (call) => [sum(call, call.operand(0), negated(call, call.operand(1)))],
  Mul: (call) => [product(call, call.operand(0), call.operand(1))],
  Div: (call) => [product(call, call.operand(0), reciprocal(call, call.operand(1)))],
  Neg: (call) => [scaled(call.value(0), -1)],
  Exp: (call) => [exp(call.value(0))],
  Relu: (call) => [relu(call.value(0))],
  Sigmoid: (call) => [sigmoid(call.value(0))],
  Tanh: (call) => [tanh(call.value(0))],
  LeakyRelu: (call) => {
    const x = call.value(0);
    // max(x, 0) + alpha min(x, 0), and min(x, 0) = -max(-x, 0).
    return [add(relu(x), scaled(relu(scaled(x, -1)), -call.float("alpha", 0.01)))];
  },
  Clip: (call) => {
    const low = call.has(1) ? call.numbers(1)[0] : call.float("min", Number.NEGATIVE_INFINITY);
    const high = call.has(2) ? call.numbers(2)[0] : call.float("max", Number.POSITIVE_INFINITY);
    return [clip(call.value(0), low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY)];
  },
  Softmax: (call) => [rows(call, (x) => exp(logSoftmax(x)))],
  LogSoftmax: (call) => [rows(call, logSoftmax)],
  Gemm: gemm,
  MatMul: (call) => {
    const [a, b] = [call.value(0), call.value(1)];
    const [k = 1, columns = 1, ...more] = b.type.shape;
    const { shape } = a.type;
    if (more.length > 0 || b.type.shape.length !== 2 || shape.length < 2)
      return call.refuse("multiplies other than rows by a matrix");
    const y = linear(reshape(a, { shape: [size(shape) / k, k] }), transpose(b, { axes: [1, 0] }));
    return [reshape(y, { shape: [...shape.slice(0, -1), columns] })];
  },
  BatchNormalization: (call) => {
    if (call.integer("training_mode", 0) !== 0) return call.refuse("normalises by the batch");
    const [gamma, beta, mean, variance] = [call.value(1), call.value(2), call.value(3), call.value(4)];
    const [scale, shift] = batchNormScale(gamma, beta, mean, variance, { eps: call.float("epsilon", 1e-5) });
    return [addChannels(scaleChannels(call.value(0), scale), shift)];
  },
  LRN: (call) => {
    const extent = call.integer("size", 1);
    const attrs = {
      size: extent,
      alpha: call.float("alpha", 1e-4) / extent,
      beta: call.float("beta", 0.75),
      k: call.float("bias", 1),
    };
    return [localResponseNorm(call.value(0), attrs)];
  },
};

/** alpha A B + beta C, A and B transposed where they say so. */
function gemm(call: Call): readonly Operand[] {
  const swap = { axes: [1, 0] };
  const a = call.integer("transA", 0) ? transpose(call.value(0), swap) : call.value(0);
  const b = call.integer("transB", 0) ? call.value(1) : transpose(call.value(1), swap);
  const y = scaled(linear(a, b), call.float("alpha", 1));
  if (!call.has(2)) return [y];
  return [sum(call, y, product(call, call.operand(2), constantNumber(call.float("beta", 1))))];
}

function constantNumber(value: number): Operand {
  return { shape: [], data: Float32Array.of(value) };
}

function scaled(x: Value, scale: number, shift = 0): Value {
  return scale === 1 && shift === 0 ? x : affine(x, { scale: [scale], shift: [shift] });
}

/** min(max(x, low), high) by corners: max(x - low, 0) + low, and the same upside down. */
function clip(x: Value, low: number, high: number): Value {
  const floor = low === 0 ? relu(x) : low > -3e38 ? scaled(relu(scaled(x, 1, -low)), 1, low) : x;
  return high < 3e38 ? scaled(relu(scaled(floor, -1, high)), -1, high) : floor;
}

/** Softmax over one axis, or before opset 13 over all axes from one on. */
function rows(call: Call, softmax: (x: Value) => Value): Value {
  const x = call.value(0);
  const { shape } = x.type;
  const joins = call.opset < 13;
  const axis = call.axis(call.integer("axis", joins ? 1 : -1), shape.length);
  if (joins || axis === shape.length - 1) {
    const width = size(shape.slice(axis));
    return reshape(softmax(reshape(x, { shape: [size(shape) / width, width] })), { shape });
  }
  const order = shape.map((_, i) => i);
  const axes = order.with(axis, shape.length - 1).with(-1, axis);
  const width = shape[axis] ?? 1;
  const last = transpose(x, { axes });
  const y = softmax(reshape(last, { shape: [size(shape) / width, width] }));
  return transpose(reshape(y, { shape: last.type.shape }), { axes });
}

function negated(call: Call, operand: Operand): Operand {
  const number = scalarOf(operand);
  return number === undefined ? scaled(call.asValue(operand), -1) : constantNumber(-number);
}

function reciprocal(call: Call, operand: Operand): Operand {
  if (!isConstant(operand)) return call.refuse("divides by what is computed from the input");
  return { shape: operand.shape, data: Float32Array.from(operand.data, (n) => 1 / n) };
}

function sum(call: Call, a: Operand, b: Operand): Operand {
  const [x, number] = withScalar(call, a, b);
  return number === undefined
    ? broadcast(call, a, b, (p, q) => add(p, q), addChannels)
    : scaled(x, 1, number);
}

function product(call: Call, a: Operand, b: Operand): Operand {
  const [x, number] = withScalar(call, a, b);
  return number === undefined ? broadcast(call, a, b, mul, scaleChannels) : scaled(x, number);
}

/** The operand that is no single number, and that number, if there is one that does not add axes. */
function withScalar(call: Call, a: Operand, b: Operand): [x: Value, number: number | undefined] {
  const [p, q] = [scalarOf(a), scalarOf(b)];
  if (q !== undefined && shapeOf(b).length <= shapeOf(a).length) return [call.asValue(a), q];
  if (p !== undefined && shapeOf(a).length <= shapeOf(b).length) return [call.asValue(b), p];
  return [call.asValue(a), undefined];
}

/** NumPy's broadcasting. Where an operand lies along axes that follow each other, as biases do, nothing is copied. */
function broadcast(
  call: Call,
  a: Operand,
  b: Operand,
  same: (a: Value, b: Value) => Value,
  spread: (x: Value, vector: Value) => Value,
): Value {
  const [p, q] = [call.asValue(a), call.asValue(b)];
  const shape = commonShape(call, p.type.shape, q.type.shape);
  const [x, small] = size(p.type.shape) >= size(q.type.shape) ? [p, q] : [q, p];
  const given = aligned(small.type.shape, shape.length);
  const first = given.findIndex((n) => n !== 1);
  const last = given.findLastIndex((n) => n !== 1);
  const together = given.every((n, axis) => axis < first || axis > last || n === shape[axis]);
  if (sameShape(given, shape) || !sameShape(aligned(x.type.shape, shape.length), shape) || !together)
    return same(expanded(p, shape), expanded(q, shape));
  const [from, to] = first === -1 ? [0, -1] : [first, last];
  const folded = [size(shape.slice(0, from)), size(shape.slice(from, to + 1)), size(shape.slice(to + 1))];
  const vector = reshape(small, { shape: [size(given)] });
  return reshape(spread(reshape(x, { shape: folded }), vector), { shape });
}

function commonShape(call: Call, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const [p, q] = [aligned(a, rank), aligned(b, rank)];
  return p.map((n, axis) => {
    const m = q[axis] ?? 1;
    if (n !== m && n !== 1 && m !== 1)
      call.broken(`has operands of shape [${a.join(",")}] and [${b.join(",")}]`);
    return Math.max(n, m);
  });
}

/** A shape with axes of 1 in front. */
function aligned(shape: Shape, rank: number): Shape {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** x repeated along the axes where it has 1: spread over zeros as a vector, and the new axes moved to their places. */
function expanded(x: Value, shape: Shape): Value {
  const given = aligned(x.type.shape, shape.length);
  if (sameShape(given, shape)) return reshape(x, { shape });
  const axes = shape.map((_, axis) => axis);
  const repeats = axes.filter((axis) => given[axis] !== shape[axis]);
  const order = [...axes.filter((axis) => given[axis] === shape[axis]), ...repeats];
  const count = size(x.type.shape);
  const zeros = constant(x.graph, [1, count, size(shape) / count], 0);
  const spread = addChannels(zeros, reshape(x, { shape: [count] }));
  const moved = reshape(spread, { shape: order.map((axis) => shape[axis] ?? 1) });
  return transpose(moved, { axes: axes.map((axis) => order.indexOf(axis)) });
}
