// What ResNets are made of. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016,
// https://arxiv.org/abs/1512.03385, section 3. Fields are named as torchvision names them.
//
// A block works out its shortcut first, so that the sum follows the last convolution and its batch norm and an engine
// can do all of them, and the ReLU, in one pass.

import type { Value } from "../ir/graph.ts";
import type { Initializer } from "../nn/init.ts";
import { Conv2d } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { avgPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { add } from "../ops/arithmetic.ts";
import { pad } from "../ops/shape.ts";

/**
 * What a shortcut does where the block changes the shape, by the paper's letters:
 * - `A`: takes every second pixel and adds channels of zeros; it has no parameters
 * - `B`: projects by a 1x1 convolution with batch norm
 */
export type Shortcut = "A" | "B";

export interface BlockOptions {
  readonly stride: number;
  /** How the convolutions start. */
  readonly weightInit: Initializer;
  /** What gamma of the last batch norm starts as. Default 1; with 0 a residual block starts as its shortcut. */
  readonly lastGamma?: number;
}

/** A basic block without its shortcut: two 3x3 convolutions. x `[n, from, h, w]` -> `[n, to, h/stride, w/stride]`. */
export class PlainBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;

  constructor(from: number, to: number, { stride, weightInit, lastGamma = 1 }: BlockOptions) {
    super();
    this.conv1 = convolution(3, from, to, stride, weightInit);
    this.bn1 = new BatchNorm2d(to);
    this.conv2 = convolution(3, to, to, 1, weightInit);
    this.bn2 = new BatchNorm2d(to, { weight: lastGamma });
  }

  override forward(x: Value): Value {
    return relu(this.residual(x));
  }

  /** What a residual block adds to its shortcut. */
  residual(x: Value): Value {
    return run(x, this.conv1, this.bn1, relu, this.conv2, this.bn2);
  }
}

/** The block of ResNet-18 and 34: two 3x3 convolutions beside a shortcut. */
export class BasicBlock extends PlainBlock {
  readonly downsample: Layer;

  constructor(from: number, to: number, options: BlockOptions & { readonly shortcut: Shortcut }) {
    super(from, to, options);
    this.downsample = shortcut(from, to, options);
  }

  override forward(x: Value): Value {
    const kept = run(x, this.downsample);
    return relu(add(this.residual(x), kept));
  }
}

/**
 * The block of ResNet-50 and deeper: 1x1 to a quarter of the channels, 3x3, 1x1 back, beside a shortcut that projects.
 * `strided` is the convolution that has the stride: the 1x1 in the paper, the 3x3 in most weights.
 */
export class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Layer;

  constructor(from: number, to: number, options: BlockOptions & { readonly strided: "1x1" | "3x3" }) {
    super();
    const { stride, weightInit, lastGamma = 1, strided } = options;
    const [first, second] = strided === "1x1" ? [stride, 1] : [1, stride];
    const width = to / 4;
    this.conv1 = convolution(1, from, width, first, weightInit);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = convolution(3, width, width, second, weightInit);
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = convolution(1, width, to, 1, weightInit);
    this.bn3 = new BatchNorm2d(to, { weight: lastGamma });
    this.downsample = shortcut(from, to, { stride, weightInit, shortcut: "B" });
  }

  override forward(x: Value): Value {
    const { conv1, bn1, conv2, bn2, conv3, bn3 } = this;
    const kept = run(x, this.downsample);
    return relu(add(run(x, conv1, bn1, relu, conv2, bn2, relu, conv3, bn3), kept));
  }
}

/** `count` blocks, the first of which changes the shape. */
export function stage(
  count: number,
  block: (from: number, to: number, stride: number) => Module,
  [from, to, stride]: readonly [from: number, to: number, stride: number],
): Sequential {
  const rest = Array.from({ length: count - 1 }, () => block(to, to, 1));
  return new Sequential(block(from, to, stride), ...rest);
}

/** A convolution without bias, as a batch norm follows, that keeps the size but for its stride. */
export function convolution(
  kernel: number,
  from: number,
  to: number,
  stride: number,
  weightInit: Initializer,
): Conv2d {
  return new Conv2d(from, to, { kernel, stride, padding: (kernel - 1) / 2, bias: false, weightInit });
}

/** The identity where the shape stays, else a layer that changes it; only a projection has parameters. */
export function shortcut(
  from: number,
  to: number,
  options: BlockOptions & { readonly shortcut: Shortcut },
): Layer {
  const { stride, weightInit } = options;
  if (stride === 1 && from === to) return (x) => x;
  if (options.shortcut === "A") return subsampling(from, to, stride);
  return new Sequential(convolution(1, from, to, stride, weightInit), new BatchNorm2d(to));
}

/** Option A. The paper leaves open on which side the zeros go; half of them on each is what published weights expect. */
function subsampling(from: number, to: number, stride: number): Layer {
  // A window of one pixel: its mean is the pixel.
  const pixels = avgPooling(1, { stride });
  const before = Math.floor((to - from) / 2);
  const after = to - from - before;
  return (x) => pad(run(x, pixels), { before: [0, before, 0, 0], after: [0, after, 0, 0], value: 0 });
}
