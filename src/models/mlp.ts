// A plain multilayer perceptron: every unit reads every pixel. Rumelhart, Hinton, Williams, "Learning representations
// by back-propagating errors", Nature 1986, https://doi.org/10.1038/323533a0.
//
// It is here to show what convolution saves: on 28x28 digits it has almost four times LeNet-5's parameters, and the
// first layer's share grows with the picture's area.
//
// Deviation: ReLU where the paper has the logistic function, which trains slowly in several layers.

import type { Value } from "../ir/graph.ts";
import type { Classifier, OutputKind } from "../nn/classifier.ts";
import { Linear } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { dimensions, expectAtLeast, expectInput, type ModelOptions } from "./options.ts";

export interface MlpOptions extends ModelOptions {
  /** The widths between input and output. Default [256, 128]. */
  readonly hidden?: readonly number[];
}

const name = "mlp";

/** Linear layers with ReLU between them. */
export class Mlp extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly layers: readonly Linear[];

  constructor(options: MlpOptions = {}) {
    super();
    const { hidden = [256, 128] } = options;
    const { classes, input } = dimensions(name, options, { classes: 10, channels: 1, size: 28, least: 1 });
    for (const width of hidden) expectAtLeast(name, "hidden", width, 1);
    this.classes = classes;
    this.input = input;
    const widths = [...hidden, classes];
    const pixels = input[0] * input[1] * input[2];
    this.layers = widths.map((to, index) => new Linear(widths[index - 1] ?? pixels, to));
  }

  override forward(x: Value): Value {
    expectInput(name, x, this);
    return this.layers.reduce(
      (y, layer, index) => (index === 0 ? run(y, layer) : run(y, relu, layer)),
      flatten(x),
    );
  }
}

/** A multilayer perceptron of 784, 256, 128 and 10 units unless told otherwise. */
export function mlp(options: MlpOptions = {}): Mlp {
  return new Mlp(options);
}

/** What this file gives the registry. */
export const mlpEntries: Readonly<Record<"mlp", ModelEntry>> = {
  mlp: {
    name,
    form: "baseline",
    about: "Fully connected layers with ReLU, to show what convolution saves",
    year: 1986,
    paper: {
      title: "Learning representations by back-propagating errors",
      url: "https://doi.org/10.1038/323533a0",
    },
    input: [1, 28, 28],
    create: mlp,
  },
};
