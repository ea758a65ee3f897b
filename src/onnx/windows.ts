import type { Value } from "../ir/graph.ts";
import { nchw } from "../ir/type.ts";
import { addChannels } from "../ops/channels.ts";
import { conv2d } from "../ops/conv.ts";
import { avgPool2d, maxPool2d, type PoolAttrs } from "../ops/pool.ts";
import type { Call, Operand } from "./call.ts";

type Convert = (call: Call) => readonly (Operand | undefined)[];
type Two = readonly [number, number];
type Four = readonly [top: number, left: number, bottom: number, right: number];

/** Ops that look at windows of pictures. */
export const windows: Readonly<Record<string, Convert>> = {
  Conv: (call) => {
    const [x, weight] = [pictures(call, 0), pictures(call, 1)];
    const [, , height, width] = nchw(weight.type.shape);
    const stride = two(call, "strides", 1);
    const dilation = two(call, "dilations", 1);
    const padding = padsOf(call, x, [height, width], stride, dilation);
    const y = conv2d(x, weight, { stride, dilation, padding, groups: call.integer("group", 1) });
    return [call.has(2) ? addChannels(y, call.value(2)) : y];
  },
  MaxPool: (call) => {
    if (call.node.output[1]) return call.refuse("the places of the largest elements are asked for");
    if (call.integer("storage_order", 0) !== 0) return call.refuse("has the storage order 1");
    const [x, attrs] = pooling(call);
    return [maxPool2d(x, attrs)[0]];
  },
  AveragePool: (call) => {
    const [x, attrs] = pooling(call);
    return [avgPool2d(x, { ...attrs, countPadding: call.integer("count_include_pad", 0) !== 0 })];
  },
  GlobalAveragePool: (call) => [
    avgPool2d(pictures(call, 0), { ...whole(pictures(call, 0)), countPadding: true }),
  ],
  GlobalMaxPool: (call) => {
    // Rows first, since a window of maxPool2d holds 256 elements at most.
    const x = pictures(call, 0);
    const [height, width] = whole(x).kernel;
    const columns = maxPool2d(x, window([height, 1]))[0];
    return [maxPool2d(columns, window([1, width]))[0]];
  },
};

function pictures(call: Call, index: number): Value {
  const value = call.value(index);
  return value.type.shape.length === 4
    ? value
    : call.refuse(`its operand ${index} has ${value.type.shape.length} axes, expected 4`);
}

function window(kernel: Two): PoolAttrs {
  return { kernel, stride: kernel, padding: [0, 0, 0, 0], ceil: false };
}

function whole(x: Value): PoolAttrs {
  const [, , height, width] = nchw(x.type.shape);
  return window([height, width]);
}

function two(call: Call, name: string, otherwise: number): Two {
  const list = call.integers(name) ?? [];
  const [a = otherwise, b = otherwise] = list;
  return [a, b];
}

/** x and the window. */
function pooling(call: Call): [x: Value, attrs: PoolAttrs] {
  const x = pictures(call, 0);
  const kernel = two(call, "kernel_shape", 1);
  const stride = two(call, "strides", 1);
  const dilation = two(call, "dilations", 1);
  if (dilation.join() !== "1,1") return call.refuse(`has the dilations ${dilation.join(",")}`);
  const padding = padsOf(call, x, kernel, stride, dilation);
  return [x, { kernel, stride, padding, ceil: call.integer("ceil_mode", 0) !== 0 }];
}

/** The padding that is written down, or that `auto_pad` asks for. */
function padsOf(call: Call, x: Value, kernel: Two, stride: Two, dilation: Two): Four {
  const auto = call.text("auto_pad", "NOTSET");
  if (auto === "VALID") return [0, 0, 0, 0];
  if (auto === "NOTSET") {
    const [top = 0, left = 0, bottom = 0, right = 0] = call.integers("pads") ?? [];
    return [top, left, bottom, right];
  }
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") return call.refuse(`has the auto_pad ${auto}`);
  const [, , height, width] = nchw(x.type.shape);
  const reach = (i: 0 | 1) => (kernel[i] - 1) * dilation[i] + 1;
  const total = (extent: number, i: 0 | 1) =>
    Math.max(0, (Math.ceil(extent / stride[i]) - 1) * stride[i] + reach(i) - extent);
  const front = auto === "SAME_UPPER" ? Math.floor : Math.ceil;
  const [rows, columns] = [total(height, 0), total(width, 1)];
  const [top, left] = [front(rows / 2), front(columns / 2)];
  return [top, left, rows - top, columns - left];
}
