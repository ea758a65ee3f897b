import type { Value } from "../ir/graph.ts";
import { addChannels } from "../ops/channels.ts";
import { type ConvAttrs, conv2d } from "../ops/conv.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { avgPool2d, maxPool2d, type PoolAttrs } from "../ops/pool.ts";
import { resize2d } from "../ops/resize.ts";
import { type Initializer, torchDefault } from "./init.ts";
import { type Layer, Module, Parameter } from "./module.ts";
import { traceOf } from "./trace.ts";

/** One number for both directions, or [vertical, horizontal]. */
export type Pair = number | readonly [vertical: number, horizontal: number];

/** One number for all sides, [vertical, horizontal], or [top, left, bottom, right]. */
export type Padding = Pair | readonly [top: number, left: number, bottom: number, right: number];

export interface ConvOptions {
  readonly kernel: Pair;
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros around the input. Default 0. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilation?: Pair;
  /** Channels are split into this many groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Default `torchDefault` of the fan in. */
  readonly weightInit?: Initializer;
  /** Default `torchDefault` of the fan in. */
  readonly biasInit?: Initializer;
}

/** Convolution. x `[n, from, h, w]` -> `[n, to, h', w']`; weight `[to, from / groups, kh, kw]`, bias `[to]`. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;
  readonly attrs: ConvAttrs;

  constructor(from: number, to: number, options: ConvOptions) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    const kernel = pair(options.kernel);
    const fanIn = (from / groups) * kernel[0] * kernel[1];
    const { weightInit = torchDefault(fanIn), biasInit = torchDefault(fanIn) } = options;
    this.weight = new Parameter([to, from / groups, ...kernel], weightInit);
    if (bias) this.bias = new Parameter([to], biasInit);
    this.attrs = { stride: pair(stride), padding: sides(padding), dilation: pair(dilation), groups };
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const y = conv2d(x, trace.valueOf(this.weight), this.attrs);
    return this.bias ? addChannels(y, trace.valueOf(this.bias)) : y;
  }
}

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Default `torchDefault(from)`. */
  readonly weightInit?: Initializer;
  /** Default `torchDefault(from)`. */
  readonly biasInit?: Initializer;
}

/** Full connection. x `[n, from]` -> `[n, to]`; weight `[to, from]`, bias `[to]`. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;

  constructor(from: number, to: number, options: LinearOptions = {}) {
    super();
    const { bias = true, weightInit = torchDefault(from), biasInit = torchDefault(from) } = options;
    this.weight = new Parameter([to, from], weightInit);
    if (bias) this.bias = new Parameter([to], biasInit);
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const y = linear(x, trace.valueOf(this.weight));
    return this.bias ? addChannels(y, trace.valueOf(this.bias)) : y;
  }
}

/** Zeroes elements with probability `p` in training and scales up the rest; the identity in evaluation. */
export class Dropout extends Module {
  readonly p: number;

  constructor(p: number) {
    super();
    this.p = p;
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    if (!trace.training || this.p === 0) return x;
    return dropout(x, trace.random, { p: this.p, salt: trace.graph.nodes.length });
  }
}

export interface PoolOptions {
  /** Default: the kernel, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Padding;
  /** Rounds the number of windows up. Default false. */
  readonly ceil?: boolean;
}

/** The largest element of each window. x `[n, c, h, w]` -> `[n, c, h', w']`. */
export function maxPooling(kernel: Pair, options: PoolOptions = {}): Layer {
  const attrs = poolAttrs(kernel, options);
  return (x) => maxPool2d(x, attrs)[0];
}

/** The mean of each window; `countPadding` (default true, as in PyTorch) lets padding count in the divisor. */
export function avgPooling(
  kernel: Pair,
  options: PoolOptions & { readonly countPadding?: boolean } = {},
): Layer {
  const attrs = { ...poolAttrs(kernel, options), countPadding: options.countPadding ?? true };
  return (x) => avgPool2d(x, attrs);
}

/** The mean of each whole map. x `[n, c, h, w]` -> `[n, c, 1, 1]`. */
export function globalAvgPooling(x: Value): Value {
  const [, , h = 1, w = 1] = x.type.shape;
  return avgPool2d(x, { ...poolAttrs([h, w], {}), countPadding: true });
}

/** Bilinear interpolation to `height` x `width`; the identity when x has that size already. */
export function resizing(height: number, width: number): (x: Value) => Value {
  return (x) => {
    const [, , h, w] = x.type.shape;
    return h === height && w === width ? x : resize2d(x, { height, width });
  };
}

function poolAttrs(kernel: Pair, { stride = kernel, padding = 0, ceil = false }: PoolOptions): PoolAttrs {
  return { kernel: pair(kernel), stride: pair(stride), padding: sides(padding), ceil };
}

function pair(value: Pair): readonly [vertical: number, horizontal: number] {
  return typeof value === "number" ? [value, value] : value;
}

function sides(value: Padding): readonly [top: number, left: number, bottom: number, right: number] {
  if (typeof value === "number") return [value, value, value, value];
  return value.length === 2 ? [value[0], value[1], value[0], value[1]] : value;
}
