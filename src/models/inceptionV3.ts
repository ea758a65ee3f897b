// Inception V3 as torchvision builds it, from a network trained in TensorFlow. Szegedy, Vanhoucke, Ioffe, Shlens, Wojna,
// "Rethinking the Inception architecture for computer vision", CVPR 2016, https://arxiv.org/abs/1512.00567.
//
// Characteristic: large convolutions factored into small ones (5x5 into two 3x3, 7x7 into 1x7 and 7x1), reductions that
// pool and convolve side by side, batch norm throughout, and one auxiliary head, which has it too.
//
// The paper's table 1 is a network it calls Inception-v2. The one that was released, whose weights load by name, departs
// from it:
// - the stem has a 1x1 convolution to 80 channels, a 3x3 to 192 and a second pooling where the table has three 3x3
// - the modules on 35x35 put out 256, 288 and 288 channels, and have a 5x5 convolution beside two 3x3
// - four modules stand on 17x17 behind the reduction; the table counts five in all
// - dropout takes 50 % in front of the last layer, as torchvision has it
// That the head's loss weighs 0.4 comes from the paper's sources, not from its text.
//
// Weights start normal, cut off at two deviations, of deviation 0.1, and 0.01 and 0.001 in the auxiliary head, as in
// TensorFlow. torchvision means the same, but by a slip gives the head's 5x5 convolution 0.1, and cuts off at 2.
// The network had been trained on pixels from -1 to 1, which `transformInput` turns torchvision's own range into.

import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { truncatedNormal } from "../nn/init.ts";
import { Dropout, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { avgPooling, globalAvgPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { traceOf } from "../nn/trace.ts";
import { flatten } from "../ops/shape.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { imagenet, transformation } from "./imagenet.ts";
import { type Branch, InceptionModule } from "./inceptionModule.ts";
import { average, factored7x7, maximum, reduction8, reduction17, spread3x3 } from "./inceptionV3Modules.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

export interface InceptionV3Options extends ModelOptions {
  /** Whether x, by torchvision's mean and deviation, is brought to [-1, 1] first. Default false. */
  readonly transformInput?: boolean;
}

const name = "inception_v3";
// Five strides without padding leave one pixel of 75, and the 17x17 that the head's two windows need of 299.
const least = 75;
const leastOfHead = 299;
const weightInit = truncatedNormal(0.1);

/** On 35x35: 1x1 | 5x5 | 3x3 twice | pooling, 1x1 to `pooled` channels. */
const unfactored = (pooled: number): readonly Branch[] => [
  [["branch1x1", 64, 1]],
  [
    ["branch5x5_1", 48, 1],
    ["branch5x5_2", 64, 5],
  ],
  [
    ["branch3x3dbl_1", 64, 1],
    ["branch3x3dbl_2", 96, 3],
    ["branch3x3dbl_3", 96, 3],
  ],
  [average, ["branch_pool", pooled, 1]],
];

const mixed = (from: number, branches: readonly Branch[]) =>
  new InceptionModule(from, branches, { weightInit });

/** Inception V3. x `[n, 3, 299, 299]`, or any size from 75x75 -> logits `[n, 1000]` unless told otherwise. */
export class InceptionV3 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly trainingOnly: readonly string[] = ["AuxLogits"];
  readonly normalization?: Normalization;
  readonly Conv2d_1a_3x3: ConvNorm;
  readonly Conv2d_2a_3x3: ConvNorm;
  readonly Conv2d_2b_3x3: ConvNorm;
  readonly Conv2d_3b_1x1: ConvNorm;
  readonly Conv2d_4a_3x3: ConvNorm;
  readonly Mixed_5b: InceptionModule = mixed(192, unfactored(32));
  readonly Mixed_5c: InceptionModule = mixed(256, unfactored(64));
  readonly Mixed_5d: InceptionModule = mixed(288, unfactored(64));
  readonly Mixed_6a: InceptionModule = mixed(288, reduction17);
  readonly Mixed_6b: InceptionModule = mixed(768, factored7x7(128));
  readonly Mixed_6c: InceptionModule = mixed(768, factored7x7(160));
  readonly Mixed_6d: InceptionModule = mixed(768, factored7x7(160));
  readonly Mixed_6e: InceptionModule = mixed(768, factored7x7(192));
  readonly AuxLogits?: InceptionAux;
  readonly Mixed_7a: InceptionModule = mixed(768, reduction8);
  readonly Mixed_7b: InceptionModule = mixed(1280, spread3x3);
  readonly Mixed_7c: InceptionModule = mixed(2048, spread3x3);
  readonly dropout: Dropout;
  readonly fc: Linear;
  readonly #prepare: Layer;

  constructor(options: InceptionV3Options = {}) {
    super();
    const { auxiliary = true, dropout = true, transformInput = false } = options;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 299, least });
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = imagenet;
    this.Conv2d_1a_3x3 = new ConvNorm(channels, 32, { kernel: 3, stride: 2, weightInit });
    this.Conv2d_2a_3x3 = new ConvNorm(32, 32, { kernel: 3, weightInit });
    this.Conv2d_2b_3x3 = new ConvNorm(32, 64, { kernel: 3, padding: 1, weightInit });
    this.Conv2d_3b_1x1 = new ConvNorm(64, 80, { kernel: 1, weightInit });
    this.Conv2d_4a_3x3 = new ConvNorm(80, 192, { kernel: 3, weightInit });
    if (auxiliary) this.AuxLogits = new InceptionAux(768, classes);
    this.dropout = new Dropout(dropout ? 0.5 : 0);
    this.fc = new Linear(2048, classes, { weightInit });
    this.#prepare = transformInput ? transformation(name, channels) : (x) => x;
  }

  override forward(x: Value): Value {
    const [h, w] = expectChannels(name, x, this.input[0], least);
    const trace = traceOf(x);
    const head = trace.training ? this.AuxLogits : undefined;
    if (head && Math.min(h, w) < leastOfHead)
      throw new ShapeError(
        name,
        `in training its auxiliary head takes pictures of ${leastOfHead}x${leastOfHead} and larger, not ${h}x${w}; ` +
          "the option `auxiliary: false` leaves it out",
        [x.type],
      );
    const { Conv2d_1a_3x3, Conv2d_2a_3x3, Conv2d_2b_3x3, Conv2d_3b_1x1, Conv2d_4a_3x3 } = this;
    const y2 = run(x, this.#prepare, Conv2d_1a_3x3, Conv2d_2a_3x3, Conv2d_2b_3x3, maximum);
    const y4 = run(y2, Conv2d_3b_1x1, Conv2d_4a_3x3, maximum);
    const y5 = run(y4, this.Mixed_5b, this.Mixed_5c, this.Mixed_5d);
    const y6 = run(y5, this.Mixed_6a, this.Mixed_6b, this.Mixed_6c, this.Mixed_6d, this.Mixed_6e);
    if (head) trace.addAuxiliary(run(y6, head), 0.4);
    const y7 = run(y6, this.Mixed_7a, this.Mixed_7b, this.Mixed_7c, globalAvgPooling);
    return run(flatten(y7), this.dropout, this.fc);
  }
}

/** A classifier amid the network. x `[n, from, h, w]`, 17x17 or larger -> `[n, classes]`. */
class InceptionAux extends Module {
  readonly conv0: ConvNorm;
  readonly conv1: ConvNorm;
  readonly fc: Linear;

  constructor(from: number, classes: number) {
    super();
    this.conv0 = new ConvNorm(from, 128, { kernel: 1, weightInit });
    this.conv1 = new ConvNorm(128, 768, { kernel: 5, weightInit: truncatedNormal(0.01) });
    this.fc = new Linear(768, classes, { weightInit: truncatedNormal(0.001) });
  }

  override forward(x: Value): Value {
    return run(x, avgPooling(5, { stride: 3 }), this.conv0, this.conv1, globalAvgPooling, flatten, this.fc);
  }
}

/** Inception V3 as torchvision builds it: 23,834,568 parameters, and 3,326,696 in its auxiliary head. */
export function inception_v3(options: InceptionV3Options = {}): InceptionV3 {
  return new InceptionV3(options);
}

/** What this file gives the registry. */
export const inceptionV3Entries: Readonly<Record<"inception_v3", ModelEntry>> = {
  inception_v3: {
    name,
    form: "torchvision",
    about: "Inception V3 with an auxiliary head in training",
    year: 2015,
    paper: {
      title: "Rethinking the Inception architecture for computer vision",
      url: "https://arxiv.org/abs/1512.00567",
    },
    input: [3, 299, 299],
    create: inception_v3,
  },
};
