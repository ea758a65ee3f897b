import { UnsupportedOp } from "../ir/errors.ts";
import type { Node, Value } from "../ir/graph.ts";
import { nchw, size } from "../ir/type.ts";
import { adaptiveWindow } from "../ops/adaptivePool.ts";
import type { ConvAttrs } from "../ops/conv.ts";
import { type AnyNode, asTyped, type NodeOf, type OpName } from "../ops/index.ts";
import type { PoolAttrs } from "../ops/pool.ts";
import { bilinearTaps } from "../ops/resize.ts";
import type { Emitter } from "./emit.ts";
import { isNotExported, type NotExported, notExported } from "./notExported.ts";

/** Adds what a node is in ONNX. */
type Exporter<N extends OpName> = (node: NodeOf<N>, emitter: Emitter) => void;
/** Every op has an exporter, or a reason why it has none. */
type Exporters = { readonly [N in Exclude<OpName, NotExported>]: Exporter<N> };

const exporters: Exporters = {
  adaptiveAvgPool2d: (node, emitter) => {
    const {
      inputs: [x],
      results: [y],
      attrs,
    } = node;
    const [, , h, w] = nchw(x.type.shape);
    const matrix = (count: number, extent: number) =>
      Array.from({ length: count }, (_, i) => {
        const [first, end] = adaptiveWindow(i, count, extent);
        return Array.from({ length: extent }, (_, at) => (at >= first && at < end ? 1 / (end - first) : 0));
      });
    separable(emitter, x, y, matrix(attrs.height, h), matrix(attrs.width, w));
  },
  add: ({ inputs, results: [y] }, emitter) => {
    const names = inputs.map((input) => emitter.of(input));
    emitter.name(
      y,
      names.length === 1
        ? (names[0] ?? "")
        : names.length === 2
          ? emitter.node("Add", names)
          : emitter.node("Sum", names),
    );
  },
  addChannels: ({ inputs: [x, b], results: [y] }, emitter) => {
    emitter.name(y, emitter.node("Add", [emitter.of(x), perChannel(emitter, x, b)]));
  },
  affine: ({ inputs: [x], results: [y], attrs }, emitter) => {
    const ones = x.type.shape.map(() => 1);
    const tensor = (label: string, list: readonly number[]) =>
      emitter.floats(label, list.length === 1 ? [] : ones.with(1, list.length), list);
    const scaled = attrs.scale.every((n) => n === 1)
      ? emitter.of(x)
      : emitter.node("Mul", [emitter.of(x), tensor("scale", attrs.scale)]);
    emitter.name(
      y,
      attrs.shift.every((n) => n === 0)
        ? scaled
        : emitter.node("Add", [scaled, tensor("shift", attrs.shift)]),
    );
  },
  avgPool2d: ({ inputs: [x], results: [y], attrs }, emitter) => {
    const [padding, grown] = poolPadding(x, y, attrs);
    const counted = attrs.countPadding && attrs.padding.some((n) => n > 0);
    // What `ceil` adds never counts, so padding that does is made beforehand where there are both.
    const apart = counted && grown;
    const [top, left, bottom, right] = attrs.padding;
    const [a, b, c, d] = padding;
    const from = apart
      ? emitter.node("Pad", [emitter.of(x), emitter.integers("pads", [0, 0, top, left, 0, 0, bottom, right])])
      : emitter.of(x);
    const pads = apart ? [a - top, b - left, c - bottom, d - right] : padding;
    emitter.name(
      y,
      emitter.node("AveragePool", [from], {
        ...windowOf(attrs),
        pads,
        count_include_pad: Number(counted && !apart),
      }),
    );
  },
  concat: ({ inputs, results: [y], attrs }, emitter) => {
    emitter.name(
      y,
      emitter.node(
        "Concat",
        inputs.map((input) => emitter.of(input)),
        { axis: attrs.axis },
      ),
    );
  },
  conv2d: ({ inputs: [x, weight], results: [y], attrs }, emitter) => {
    emitter.name(y, emitter.node("Conv", [emitter.of(x), emitter.of(weight)], convAttributes(weight, attrs)));
  },
  exp: ({ inputs: [x], results: [y] }, emitter) => {
    const softmax = x.source.kind === "node" && asTyped(x.source.node);
    const logits = softmax && softmax.op === "logSoftmax" ? softmax.inputs[0] : undefined;
    emitter.name(
      y,
      logits
        ? emitter.node("Softmax", [emitter.of(logits)], { axis: 1 })
        : emitter.node("Exp", [emitter.of(x)]),
    );
  },
  linear: ({ inputs: [x, weight], results: [y] }, emitter) => {
    emitter.name(y, emitter.node("Gemm", [emitter.of(x), emitter.of(weight)], { transB: 1 }));
  },
  localResponseNorm: ({ inputs: [x], results: [y], attrs: { size: extent, alpha, beta, k } }, emitter) => {
    const attributes = {
      size: extent,
      alpha: { float: alpha * extent },
      beta: { float: beta },
      bias: { float: k },
    };
    emitter.name(y, emitter.node("LRN", [emitter.of(x)], attributes));
  },
  logSoftmax: ({ inputs: [x], results: [y] }, emitter) => {
    emitter.name(y, emitter.node("LogSoftmax", [emitter.of(x)], { axis: 1 }));
  },
  maxPool2d: ({ inputs: [x], results: [y], attrs }, emitter) => {
    const [pads] = poolPadding(x, y, attrs);
    emitter.name(y, emitter.node("MaxPool", [emitter.of(x)], { ...windowOf(attrs), pads }));
  },
  mul: ({ inputs, results: [y] }, emitter) => {
    emitter.name(
      y,
      emitter.node(
        "Mul",
        inputs.map((input) => emitter.of(input)),
      ),
    );
  },
  pad: ({ inputs: [x], results: [y], attrs }, emitter) => {
    const pads = emitter.integers("pads", [...attrs.before, ...attrs.after]);
    emitter.name(y, emitter.node("Pad", [emitter.of(x), pads, emitter.floats("value", [], [attrs.value])]));
  },
  relu: unary("Relu"),
  reshape: ({ inputs: [x], results: [y], attrs }, emitter) => {
    emitter.name(
      y,
      emitter.node("Reshape", [emitter.of(x), emitter.integers("shape", emitter.shape(attrs.shape))]),
    );
  },
  resize2d: ({ inputs: [x], results: [y], attrs }, emitter) => {
    const [, , h, w] = nchw(x.type.shape);
    const matrix = (count: number, extent: number) =>
      bilinearTaps(extent, count).map(({ low, high, fraction }) =>
        Array.from(
          { length: extent },
          (_, at) => (at === low ? 1 - fraction : 0) + (at === high ? fraction : 0),
        ),
      );
    separable(emitter, x, y, matrix(attrs.height, h), matrix(attrs.width, w));
  },
  scaleChannels: ({ inputs: [x, s], results: [y] }, emitter) => {
    emitter.name(y, emitter.node("Mul", [emitter.of(x), perChannel(emitter, x, s)]));
  },
  sigmoid: unary("Sigmoid"),
  slice: ({ inputs: [x], results: [y], attrs: { axis, start, size: extent } }, emitter) => {
    const bounds = [
      ["starts", start],
      ["ends", start + extent],
      ["axes", axis],
    ] as const;
    emitter.name(
      y,
      emitter.node("Slice", [emitter.of(x), ...bounds.map(([label, n]) => emitter.integers(label, [n]))]),
    );
  },
  squaredDistance: ({ inputs: [x, centres], results: [y] }, emitter) => {
    const apart = emitter.node("Sub", [
      emitter.node("Unsqueeze", [emitter.of(x), emitter.integers("axes", [1])]),
      emitter.of(centres),
    ]);
    const squares = emitter.node("Mul", [apart, apart]);
    emitter.name(y, emitter.node("ReduceSum", [squares, emitter.integers("axes", [2])], { keepdims: 0 }));
  },
  tanh: unary("Tanh"),
  transpose: ({ inputs: [x], results: [y], attrs }, emitter) => {
    emitter.name(y, emitter.node("Transpose", [emitter.of(x)], { perm: attrs.axes }));
  },
};

/** Adds what `node` is in ONNX. Throws `UnsupportedOp` for what evaluation does not take. */
export function emitNode(node: Node, emitter: Emitter): void {
  const typed = asTyped(node);
  if (joined(typed, emitter)) return;
  const { op, scope } = typed;
  if (isNotExported(op)) throw new UnsupportedOp(op, notExported[op], scope);
  // A node's own op picks its exporter.
  const exporter = exporters[op] as Exporter<OpName>;
  exporter(node as never, emitter);
}

/** Joins what ONNX has as one node: a bias with its convolution or full connection, batch norm by its statistics. */
function joined(node: AnyNode, emitter: Emitter): boolean {
  // Its results are parts of the batch norm that reads them.
  if (node.op === "batchNormScale") return true;
  if (
    node.op === "scaleChannels" &&
    makerOf(node.inputs[1])?.op === "batchNormScale" &&
    !emitter.isConstant(node.inputs[1])
  )
    return true;
  if (node.op === "logSoftmax") return false;
  if (node.op !== "addChannels") return false;
  const [sum, bias] = node.inputs;
  const maker = makerOf(sum);
  const [y] = node.results;
  if (maker?.op === "scaleChannels") {
    const norm = makerOf(maker.inputs[1]);
    if (norm?.op !== "batchNormScale" || emitter.isConstant(maker.inputs[1])) return false;
    const names = [maker.inputs[0], ...norm.inputs].map((input) => emitter.of(input));
    emitter.name(y, emitter.node("BatchNormalization", names, { epsilon: { float: norm.attrs.eps } }));
    return true;
  }
  if (maker?.op === "conv2d" && emitter.isConstant(bias)) {
    const names = [...maker.inputs, bias].map((input) => emitter.of(input));
    emitter.name(y, emitter.node("Conv", names, convAttributes(maker.inputs[1], maker.attrs)));
    return true;
  }
  if (maker?.op === "linear" && emitter.isConstant(bias)) {
    emitter.name(
      y,
      emitter.node(
        "Gemm",
        [...maker.inputs, bias].map((input) => emitter.of(input)),
        { transB: 1 },
      ),
    );
    return true;
  }
  return false;
}

function makerOf(value: Value): AnyNode | undefined {
  return value.source.kind === "node" ? asTyped(value.source.node) : undefined;
}

function unary(opType: string) {
  return (
    { inputs: [x], results: [y] }: { readonly inputs: readonly [Value]; readonly results: readonly [Value] },
    emitter: Emitter,
  ): void => {
    emitter.name(y, emitter.node(opType, [emitter.of(x)]));
  };
}

function convAttributes(weight: Value, { stride, padding, dilation, groups }: ConvAttrs) {
  const [, , ...kernel] = weight.type.shape;
  return { kernel_shape: kernel, strides: stride, pads: padding, dilations: dilation, group: groups };
}

function windowOf({ kernel, stride }: PoolAttrs) {
  return { kernel_shape: kernel, strides: stride };
}

/** Padding that makes rounding up exact, so that nothing depends on how a runtime reads `ceil_mode`. */
function poolPadding(
  x: Value,
  y: Value,
  { kernel, stride, padding, ceil }: PoolAttrs,
): [padding: PoolAttrs["padding"], grown: boolean] {
  if (!ceil) return [padding, false];
  const [top, left, bottom, right] = padding;
  const [, , h, w] = nchw(x.type.shape);
  const [, , rows, columns] = nchw(y.type.shape);
  const down = Math.max(bottom, (rows - 1) * stride[0] + kernel[0] - h - top);
  const across = Math.max(right, (columns - 1) * stride[1] + kernel[1] - w - left);
  return [[top, left, down, across], down > bottom || across > right];
}

/** A vector under a shape that spreads it over all axes but the channels'. */
function perChannel(emitter: Emitter, x: Value, vector: Value): string {
  const spread = x.type.shape.slice(1).map((_, axis) => (axis === 0 ? size(vector.type.shape) : 1));
  if (emitter.isConstant(vector)) return emitter.reshaped(vector, spread);
  return emitter.node("Reshape", [emitter.of(vector), emitter.integers("shape", spread)]);
}

/** y = rows x columns', one matrix along each side of a map. */
function separable(
  emitter: Emitter,
  x: Value,
  y: Value,
  rows: readonly (readonly number[])[],
  columns: readonly (readonly number[])[],
): void {
  const [, , h, w] = nchw(x.type.shape);
  const left = emitter.floats("rows", [rows.length, h], rows.flat());
  const turned = Array.from({ length: w }, (_, i) => columns.map((column) => column[i] ?? 0));
  const right = emitter.floats("columns", [w, columns.length], turned.flat());
  emitter.name(y, emitter.node("MatMul", [emitter.node("MatMul", [left, emitter.of(x)]), right]));
}
