// Inception V4 as timm builds it, from a network trained in TensorFlow. Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4,
// Inception-ResNet and the impact of residual connections on learning", AAAI 2017, https://arxiv.org/abs/1602.07261.
//
// Characteristic: the modules of Inception V3, deeper, wider and more alike, behind a stem that itself has branches;
// no residual connections, with which the paper compares it.
//
// Convolutions have no bias and batch norm has an eps of 1e-3. Average pools leave the padding out of the mean, unlike
// those of Inception V3. Departures from what was trained in TensorFlow:
// - no auxiliary head: timm's weights have none
// - weights start by PyTorch's default
//
// Dropout takes 20 % in front of the last layer, as in the paper; timm leaves it to the caller.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { Dropout, Linear } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { flatten } from "../ops/shape.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { plusMinusOne } from "./imagenet.ts";
import { type Branch, halving, InceptionModule, unpadded } from "./inceptionModule.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "inception_v4";
// Five strides and three convolutions without padding leave one pixel.
const least = 75;
const maximum = maxPooling(3, { stride: 2 });
const average = avgPooling(3, { stride: 1, padding: 1, countPadding: false });

// The modules, as figures 3 to 8 of the paper draw them, by the names of timm's weights.

/** To 73x73: pooling | 3x3. */
const mixed3a: readonly Branch[] = [[maximum], [["conv", 96, 3, halving]]];

/** To 71x71: 3x3 | 7x7 in factors, 3x3. */
const mixed4a: readonly Branch[] = [
  [
    ["branch0.0", 64, 1],
    ["branch0.1", 96, 3, unpadded],
  ],
  [
    ["branch1.0", 64, 1],
    ["branch1.1", 64, [1, 7]],
    ["branch1.2", 64, [7, 1]],
    ["branch1.3", 96, 3, unpadded],
  ],
];

/** To 35x35: 3x3 | pooling. */
const mixed5a: readonly Branch[] = [[["conv", 192, 3, halving]], [maximum]];

/** On 35x35: 1x1 | 3x3 | 3x3 twice | pooling, 1x1. */
const inceptionA: readonly Branch[] = [
  [["branch0", 96, 1]],
  [
    ["branch1.0", 64, 1],
    ["branch1.1", 96, 3],
  ],
  [
    ["branch2.0", 64, 1],
    ["branch2.1", 96, 3],
    ["branch2.2", 96, 3],
  ],
  [average, ["branch3.1", 96, 1]],
];

/** To 17x17: 3x3 | 3x3 twice | pooling. */
const reductionA: readonly Branch[] = [
  [["branch0", 384, 3, halving]],
  [
    ["branch1.0", 192, 1],
    ["branch1.1", 224, 3],
    ["branch1.2", 256, 3, halving],
  ],
  [maximum],
];

/** On 17x17: 1x1 | 7x7 in factors | 7x7 twice, in factors | pooling, 1x1. */
const inceptionB: readonly Branch[] = [
  [["branch0", 384, 1]],
  [
    ["branch1.0", 192, 1],
    ["branch1.1", 224, [1, 7]],
    ["branch1.2", 256, [7, 1]],
  ],
  [
    ["branch2.0", 192, 1],
    ["branch2.1", 192, [7, 1]],
    ["branch2.2", 224, [1, 7]],
    ["branch2.3", 224, [7, 1]],
    ["branch2.4", 256, [1, 7]],
  ],
  [average, ["branch3.1", 128, 1]],
];

/** To 8x8: 3x3 | 7x7 in factors, 3x3 | pooling. */
const reductionB: readonly Branch[] = [
  [
    ["branch0.0", 192, 1],
    ["branch0.1", 192, 3, halving],
  ],
  [
    ["branch1.0", 256, 1],
    ["branch1.1", 256, [1, 7]],
    ["branch1.2", 320, [7, 1]],
    ["branch1.3", 320, 3, halving],
  ],
  [maximum],
];

/** On 8x8: 1x1 | 1x3 beside 3x1 | 3x3 in factors, 1x3 beside 3x1 | pooling, 1x1. */
const inceptionC: readonly Branch[] = [
  [["branch0", 256, 1]],
  [
    ["branch1_0", 384, 1],
    {
      fork: [
        ["branch1_1a", 256, [1, 3]],
        ["branch1_1b", 256, [3, 1]],
      ],
    },
  ],
  [
    ["branch2_0", 384, 1],
    ["branch2_1", 448, [3, 1]],
    ["branch2_2", 512, [1, 3]],
    {
      fork: [
        ["branch2_3a", 256, [1, 3]],
        ["branch2_3b", 256, [3, 1]],
      ],
    },
  ],
  [average, ["branch3.1", 256, 1]],
];

/** Figure 9 of the paper: how often each module comes and how many channels it reads. */
const body: readonly (readonly [count: number, from: number, branches: readonly Branch[]])[] = [
  [1, 64, mixed3a],
  [1, 160, mixed4a],
  [1, 192, mixed5a],
  [4, 384, inceptionA],
  [1, 384, reductionA],
  [7, 1024, inceptionB],
  [1, 1024, reductionB],
  [3, 1536, inceptionC],
];

/** Inception V4. x `[n, 3, 299, 299]`, or any size from 75x75 -> logits `[n, 1000]` unless told otherwise. */
export class InceptionV4 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly features: Sequential;
  readonly dropout: Dropout;
  readonly last_linear: Linear;

  constructor(options: ModelOptions = {}) {
    super();
    const { dropout = true } = options;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 299, least });
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = plusMinusOne;
    this.features = new Sequential(
      new ConvNorm(channels, 32, { kernel: 3, stride: 2 }),
      new ConvNorm(32, 32, { kernel: 3 }),
      new ConvNorm(32, 64, { kernel: 3, padding: 1 }),
      ...body.flatMap(([count, from, branches]) =>
        Array.from({ length: count }, () => new InceptionModule(from, branches)),
      ),
    );
    this.dropout = new Dropout(dropout ? 0.2 : 0);
    this.last_linear = new Linear(1536, classes);
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0], least);
    return run(x, this.features, globalAvgPooling, flatten, this.dropout, this.last_linear);
  }
}

/** Inception V4 as timm builds it: 42,679,816 parameters. */
export function inception_v4(options: ModelOptions = {}): InceptionV4 {
  return new InceptionV4(options);
}

/** What this file gives the registry. */
export const inceptionV4Entries: Readonly<Record<"inception_v4", ModelEntry>> = {
  inception_v4: {
    name,
    form: "timm",
    about: "Inception V4: branches from the stem on, and 14 modules of three kinds",
    year: 2016,
    paper: {
      title: "Inception-v4, Inception-ResNet and the impact of residual connections on learning",
      url: "https://arxiv.org/abs/1602.07261",
    },
    input: [3, 299, 299],
    create: inception_v4,
  },
};
