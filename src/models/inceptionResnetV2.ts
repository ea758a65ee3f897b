// Inception-ResNet-v2 as timm builds it, from a network trained in TensorFlow. Szegedy, Ioffe, Vanhoucke, Alemi,
// "Inception-v4, Inception-ResNet and the impact of residual connections on learning", AAAI 2017,
// https://arxiv.org/abs/1602.07261.
//
// Characteristic: Inception modules that add to their input what they compute, as ResNet does, brought to its channels
// by a linear 1x1 convolution and scaled down, since very wide residual networks die early in training otherwise.
//
// The network that was released, whose weights load by name, is not the one the paper draws:
// - its stem is that of Inception V3; figure 15 has the stem of V4
// - it has 10, 20 and 10 residual blocks, of 320, 1088 and 2080 channels; the figures have 5, 10 and 5, of 384, 1154
//   (though the reduction in front gives 1152) and 2048
// - the last block adds unscaled and has no ReLU, and a 1x1 convolution to 1536 channels follows it
//
// Average pools leave the padding out of the mean, unlike those of Inception V3. As in timm there is no auxiliary head,
// and weights start by PyTorch's default. Dropout takes 20 % in front of the last layer, as in the paper; timm leaves
// it to the caller.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { Conv2d, Dropout, Linear } from "../nn/layers.ts";
import { type Member, Module } from "../nn/module.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { add, affine } from "../ops/arithmetic.ts";
import { flatten } from "../ops/shape.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { plusMinusOne } from "./imagenet.ts";
import { type Branch, halving, InceptionModule } from "./inceptionModule.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "inception_resnet_v2";
// Five strides and three convolutions without padding leave one pixel.
const least = 75;
const maximum = maxPooling(3, { stride: 2 });
const average = avgPooling(3, { stride: 1, padding: 1, countPadding: false });

/** On 35x35, 192 to 320 channels: 1x1 | 5x5 | 3x3 twice | pooling, 1x1. */
const mixed5b: readonly Branch[] = [
  [["branch0", 96, 1]],
  [
    ["branch1.0", 48, 1],
    ["branch1.1", 64, 5],
  ],
  [
    ["branch2.0", 64, 1],
    ["branch2.1", 96, 3],
    ["branch2.2", 96, 3],
  ],
  [average, ["branch3.1", 64, 1]],
];

/** What a residual block computes on 35x35: 1x1 | 3x3 | 3x3 twice. */
const block35: readonly Branch[] = [
  [["branch0", 32, 1]],
  [
    ["branch1.0", 32, 1],
    ["branch1.1", 32, 3],
  ],
  [
    ["branch2.0", 32, 1],
    ["branch2.1", 48, 3],
    ["branch2.2", 64, 3],
  ],
];

/** To 17x17, 320 to 1088 channels: 3x3 | 3x3 twice | pooling. */
const mixed6a: readonly Branch[] = [
  [["branch0", 384, 3, halving]],
  [
    ["branch1.0", 256, 1],
    ["branch1.1", 256, 3],
    ["branch1.2", 384, 3, halving],
  ],
  [maximum],
];

/** On 17x17: 1x1 | 7x7 in factors. */
const block17: readonly Branch[] = [
  [["branch0", 192, 1]],
  [
    ["branch1.0", 128, 1],
    ["branch1.1", 160, [1, 7]],
    ["branch1.2", 192, [7, 1]],
  ],
];

/** To 8x8, 1088 to 2080 channels: 3x3 | 3x3 | 3x3 twice | pooling. */
const mixed7a: readonly Branch[] = [
  [
    ["branch0.0", 256, 1],
    ["branch0.1", 384, 3, halving],
  ],
  [
    ["branch1.0", 256, 1],
    ["branch1.1", 288, 3, halving],
  ],
  [
    ["branch2.0", 256, 1],
    ["branch2.1", 288, 3],
    ["branch2.2", 320, 3, halving],
  ],
  [maximum],
];

/** On 8x8: 1x1 | 3x3 in factors. */
const block8: readonly Branch[] = [
  [["branch0", 192, 1]],
  [
    ["branch1.0", 192, 1],
    ["branch1.1", 224, [1, 3]],
    ["branch1.2", 256, [3, 1]],
  ],
];

/** Inception-ResNet-v2. x `[n, 3, 299, 299]`, or any size from 75x75 -> logits `[n, 1000]` unless told otherwise. */
export class InceptionResNetV2 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly conv2d_1a: ConvNorm;
  readonly conv2d_2a: ConvNorm = new ConvNorm(32, 32, { kernel: 3 });
  readonly conv2d_2b: ConvNorm = new ConvNorm(32, 64, { kernel: 3, padding: 1 });
  readonly conv2d_3b: ConvNorm = new ConvNorm(64, 80, { kernel: 1 });
  readonly conv2d_4a: ConvNorm = new ConvNorm(80, 192, { kernel: 3 });
  readonly mixed_5b: InceptionModule = new InceptionModule(192, mixed5b);
  readonly repeat: Sequential = residualBlocks(10, 320, block35, 0.17);
  readonly mixed_6a: InceptionModule = new InceptionModule(320, mixed6a);
  readonly repeat_1: Sequential = residualBlocks(20, 1088, block17, 0.1);
  readonly mixed_7a: InceptionModule = new InceptionModule(1088, mixed7a);
  readonly repeat_2: Sequential = residualBlocks(9, 2080, block8, 0.2);
  readonly block8: ResidualBlock = new ResidualBlock(2080, block8, 1);
  readonly conv2d_7b: ConvNorm = new ConvNorm(2080, 1536, { kernel: 1 });
  readonly dropout: Dropout;
  readonly classif: Linear;

  constructor(options: ModelOptions = {}) {
    super();
    const { dropout = true } = options;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 299, least });
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = plusMinusOne;
    this.conv2d_1a = new ConvNorm(channels, 32, { kernel: 3, stride: 2 });
    this.dropout = new Dropout(dropout ? 0.2 : 0);
    this.classif = new Linear(1536, classes);
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0], least);
    const y2 = run(x, this.conv2d_1a, this.conv2d_2a, this.conv2d_2b, maximum);
    const y4 = run(y2, this.conv2d_3b, this.conv2d_4a, maximum);
    const y5 = run(y4, this.mixed_5b, this.repeat);
    const y6 = run(y5, this.mixed_6a, this.repeat_1);
    const y7 = run(y6, this.mixed_7a, this.repeat_2, this.block8, this.conv2d_7b);
    return run(y7, globalAvgPooling, flatten, this.dropout, this.classif);
  }
}

/** Adds `scale` times its branches, stacked and brought to x's channels, to x, without ReLU. Keeps the shape of x. */
class ResidualBlock extends InceptionModule {
  readonly conv2d: Conv2d;
  readonly #scale: number;

  constructor(channels: number, branches: readonly Branch[], scale: number) {
    super(channels, branches);
    this.conv2d = new Conv2d(this.to, channels, { kernel: 1 });
    this.#scale = scale;
  }

  override forward(x: Value): Value {
    const y = run(super.forward(x), this.conv2d);
    return add(this.#scale === 1 ? y : affine(y, { scale: [this.#scale], shift: [0] }), x);
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    yield* super.members();
    yield ["conv2d", this.conv2d];
  }
}

/** A residual block that ends in ReLU. */
class RectifiedBlock extends ResidualBlock {
  override forward(x: Value): Value {
    return relu(super.forward(x));
  }
}

function residualBlocks(
  count: number,
  channels: number,
  branches: readonly Branch[],
  scale: number,
): Sequential {
  return new Sequential(
    ...Array.from({ length: count }, () => new RectifiedBlock(channels, branches, scale)),
  );
}

/** Inception-ResNet-v2 as timm builds it: 55,843,464 parameters. */
export function inception_resnet_v2(options: ModelOptions = {}): InceptionResNetV2 {
  return new InceptionResNetV2(options);
}

/** What this file gives the registry. */
export const inceptionResnetV2Entries: Readonly<Record<"inception_resnet_v2", ModelEntry>> = {
  inception_resnet_v2: {
    name,
    form: "timm",
    about: "Inception-ResNet-v2: 40 Inception modules that add to their input",
    year: 2016,
    paper: {
      title: "Inception-v4, Inception-ResNet and the impact of residual connections on learning",
      url: "https://arxiv.org/abs/1602.07261",
    },
    input: [3, 299, 299],
    create: inception_resnet_v2,
  },
};
