// The Inception module. Szegedy et al., "Going deeper with convolutions", 2015, https://arxiv.org/abs/1409.4842,
// figure 2(b), in the form of the article this project set out from.
//
// Characteristic: convolutions of several sizes see the same pixels side by side, and 1x1 convolutions in front of
// the large ones (behind the pooling) cut the channels down, and with them parameters and arithmetic.

import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { heUniform, type Initializer } from "../nn/init.ts";
import { Conv2d, type ConvOptions } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { concat } from "../ops/shape.ts";
import type { Reduced } from "./googlenetTable.ts";

/**
 * How convolutions start: He's uniform form keeps the size of activations through 22 layers, where PyTorch's default
 * shrinks them by 2.4 a layer, until nothing is left to learn from.
 */
export const convolutionInit: Initializer = (shape, key) => heUniform(size(shape.slice(1)))(shape, key);

/** A convolution followed by ReLU. */
export class BasicConv2d extends Module {
  readonly conv: Conv2d;

  constructor(inChannels: number, outChannels: number, options: ConvOptions) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, { weightInit: convolutionInit, ...options });
  }

  override forward(x: Value): Value {
    return run(x, this.conv, relu);
  }
}

/**
 * Four views of the same pixels, stacked by channel: 1x1 | 1x1, 3x3 | 1x1, 5x5 | pooling, 1x1.
 * x `[n, inChannels, h, w]` -> `[n, channels1 + channels2[1] + channels3[1] + channels4, h, w]`.
 */
export class InceptionV1 extends Module {
  readonly branch1: BasicConv2d;
  readonly branch2: Sequential;
  readonly branch3: Sequential;
  readonly branch4: Sequential;

  constructor(
    inChannels: number,
    channels1: number,
    channels2: Reduced,
    channels3: Reduced,
    channels4: number,
  ) {
    super();
    this.branch1 = new BasicConv2d(inChannels, channels1, { kernel: 1 });
    this.branch2 = new Sequential(
      new BasicConv2d(inChannels, channels2[0], { kernel: 1 }),
      new BasicConv2d(channels2[0], channels2[1], { kernel: 3, padding: 1 }),
    );
    this.branch3 = new Sequential(
      new BasicConv2d(inChannels, channels3[0], { kernel: 1 }),
      new BasicConv2d(channels3[0], channels3[1], { kernel: 5, padding: 2 }),
    );
    this.branch4 = new Sequential(
      maxPooling(3, { stride: 1, padding: 1 }),
      new BasicConv2d(inChannels, channels4, { kernel: 1 }),
    );
  }

  override forward(x: Value): Value {
    const branches = [this.branch1, this.branch2, this.branch3, this.branch4];
    return concat(...branches.map((branch) => run(x, branch)), { axis: 1 });
  }
}
