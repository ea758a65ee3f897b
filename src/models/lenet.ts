// LeNet-5 as it is built today. LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
// recognition", Proceedings of the IEEE 1998, https://doi.org/10.1109/5.726791.
//
// Characteristic: convolution and pooling in turn, more and more channels on smaller and smaller maps, then full
// connections.
//
// Deviations from the paper, all usual today (`lenetPaper.ts` has none of them):
// - the input is 28x28 and C1 pads it by 2, which saves resizing and gives C1 the paper's 28x28 maps
// - every C3 map reads every S2 map: the paper's gaps saved arithmetic and broke symmetry, which random weights do too
// - pooling has no trainable coefficient; maximum by default, `pooling: "average"` comes nearer to the paper
// - ReLU by default; `activation: "tanh"` comes nearer to the paper
// - the last layer is linear, trained by softmax and cross-entropy, where the paper has RBF units
//
// Parameter paths are those of PyTorch's own tutorials: conv1, conv2, fc1 (the paper's C5), fc2 (F6), fc3.

import type { Value } from "../ir/graph.ts";
import type { Classifier, OutputKind } from "../nn/classifier.ts";
import { Conv2d, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { avgPooling, maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { relu, tanh } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { dimensions, expectInput, type ModelOptions } from "./options.ts";

export interface LeNet5Options extends ModelOptions {
  /** Default "relu". */
  readonly activation?: "relu" | "tanh";
  /** Default "max". */
  readonly pooling?: "max" | "average";
  /** Of the first convolution. Default 2; 0 for weights that PyTorch's tutorials and their like are published with. */
  readonly padding?: 0 | 2;
}

const name = "lenet5";

/** LeNet-5, modern form. x `[n, 1, 28, 28]` -> `[n, 10]` unless told otherwise. */
export class LeNet5 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly fc3: Linear;
  readonly #activation: Layer;
  readonly #pooling: Layer;

  constructor(options: LeNet5Options = {}) {
    super();
    const { activation = "relu", pooling = "max", padding = 2 } = options;
    const least = 16 - 2 * padding;
    const { classes, input } = dimensions(name, options, { classes: 10, channels: 1, size: 28, least });
    this.classes = classes;
    this.input = input;
    this.#activation = activation === "relu" ? relu : tanh;
    this.#pooling = pooling === "max" ? maxPooling(2) : avgPooling(2);
    const [channels, height, width] = input;
    this.conv1 = new Conv2d(channels, 6, { kernel: 5, padding });
    this.conv2 = new Conv2d(6, 16, { kernel: 5 });
    const maps = sideOfS4(height + 2 * padding) * sideOfS4(width + 2 * padding);
    this.fc1 = new Linear(16 * maps, 120);
    this.fc2 = new Linear(120, 84);
    this.fc3 = new Linear(84, classes);
  }

  override forward(x: Value): Value {
    expectInput(name, x, this);
    const activation = this.#activation;
    const pooling = this.#pooling;
    const features = run(x, this.conv1, activation, pooling, this.conv2, activation, pooling);
    return run(flatten(features), this.fc1, activation, this.fc2, activation, this.fc3);
  }
}

/** LeNet-5 as it is built today: 61,706 parameters for ten digits. */
export function lenet5(options: LeNet5Options = {}): LeNet5 {
  return new LeNet5(options);
}

/** What this file gives the registry. */
export const lenetEntries: Readonly<Record<"lenet5", ModelEntry>> = {
  lenet5: {
    name,
    form: "modern",
    about: "LeNet-5 as it is built today: dense C3, max pooling, ReLU, linear output",
    year: 1998,
    paper: {
      title: "Gradient-based learning applied to document recognition",
      url: "https://doi.org/10.1109/5.726791",
    },
    input: [1, 28, 28],
    create: lenet5,
  },
};

/** The side of the second pooling's maps, from that of the padded picture. */
function sideOfS4(side: number): number {
  return Math.floor((Math.floor((side - 4) / 2) - 4) / 2);
}
