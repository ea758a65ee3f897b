import type { Value } from "../ir/graph.ts";
import { addChannels } from "../ops/channels.ts";
import { type ConvAttrs, conv2d } from "../ops/conv.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { type Initializer, torchDefault } from "./init.ts";
import { Module, Parameter } from "./module.ts";
import { traceOf } from "./trace.ts";
import { type Padding, type Pair, pair, sides } from "./window.ts";

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
  readonly padding: Padding;
  readonly #kernel: readonly [height: number, width: number];
  readonly #attrs: Omit<ConvAttrs, "padding">;

  constructor(from: number, to: number, options: ConvOptions) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    const kernel = pair(options.kernel);
    const fanIn = (from / groups) * kernel[0] * kernel[1];
    const { weightInit = torchDefault(fanIn), biasInit = torchDefault(fanIn) } = options;
    this.weight = new Parameter([to, from / groups, ...kernel], weightInit);
    if (bias) this.bias = new Parameter([to], biasInit);
    this.padding = padding;
    this.#kernel = kernel;
    this.#attrs = { stride: pair(stride), dilation: pair(dilation), groups };
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const y = conv2d(x, trace.valueOf(this.weight), this.attrs(x));
    return this.bias ? addChannels(y, trace.valueOf(this.bias)) : y;
  }

  /** What the convolution does to x: SAME padding depends on its extents. */
  attrs(x: Value): ConvAttrs {
    const { stride, dilation, groups } = this.#attrs;
    return { stride, padding: sides(this.padding, x, this.#kernel, stride, dilation), dilation, groups };
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
