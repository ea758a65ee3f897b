// VGG as torchvision builds it. Simonyan, Zisserman, "Very deep convolutional networks for large-scale image
// recognition", ICLR 2015, https://arxiv.org/abs/1409.1556.
//
// Characteristic: nothing but 3x3 convolutions, two to four between poolings: two see as far as a 5x5 and three as far
// as a 7x7, with fewer weights and more ReLUs. Twice the filters after each pooling, and AlexNet's head on top, which
// holds most of the parameters.
//
// `vgg11`, `vgg13`, `vgg16` and `vgg19` are the paper's configurations A, B, D and E, layer for layer; A-LRN and C are in
// `vggPaper.ts`. What torchvision's form departs in:
// - batch norm between convolution and ReLU in the `_bn` forms, which is younger than the paper; the bias stays
// - average pooling to 7x7 in front of the head: the identity at 224, and what lets other sizes in
// - convolutions start by He's rule for the fan out, full connections by N(0, 0.01), biases at 0: the paper's N(0, 0.1)
//   started A only, and the first and last layers of deeper ones were copied from it
// - pixels are scaled to unit variance

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { heNormalFanOut, type Initializer, normal, zeros } from "../nn/init.ts";
import { Conv2d, Dropout, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { BatchNorm2d, localResponseNormalization } from "../nn/normalization.ts";
import { adaptiveAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { Form, ModelEntry } from "./entry.ts";
import { imagenet } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

/** The filters of every convolution of a block; pooling halves the maps behind each. */
const filters = [64, 128, 256, 512, 512];

/** Table 1 of the paper: how many convolutions each block has. */
const blocksOf = {
  A: [1, 1, 2, 2, 2],
  B: [2, 2, 2, 2, 2],
  C: [2, 2, 3, 3, 3],
  D: [2, 2, 3, 3, 3],
  E: [2, 2, 4, 4, 4],
} as const;

const least = 32;

/** What tells one of the family from another. */
export interface VggForm {
  readonly name: string;
  readonly configuration: keyof typeof blocksOf;
  /** "batch": in front of every ReLU; "local": AlexNet's, behind the first. Default: none. */
  readonly norm?: "batch" | "local";
  /** How convolutions and full connections start; biases start at 0. */
  readonly convolutionInit: Initializer;
  readonly linearInit: Initializer;
  readonly normalization?: Normalization;
}

/** A VGG network. x `[n, 3, h, w]` of 32x32 and larger -> logits `[n, 1000]` unless told otherwise. */
export class Vgg extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly features: Sequential;
  readonly classifier: Sequential;
  readonly #name: string;

  constructor(form: VggForm, options: ModelOptions = {}) {
    super();
    const { name, normalization, linearInit } = form;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least });
    this.#name = name;
    this.classes = classes;
    this.input = input;
    if (normalization) this.normalization = normalization;
    const starting = { weightInit: linearInit, biasInit: zeros() };
    const dropout = () => new Dropout(options.dropout === false ? 0 : 0.5);
    this.features = new Sequential(...featuresOf(form, input[0]));
    this.classifier = new Sequential(
      new Linear(512 * 7 * 7, 4096, starting),
      relu,
      dropout(),
      new Linear(4096, 4096, starting),
      relu,
      dropout(),
      new Linear(4096, classes, starting),
    );
  }

  override forward(x: Value): Value {
    expectChannels(this.#name, x, this.input[0], least);
    return run(x, this.features, adaptiveAvgPooling(7, 7), flatten, this.classifier);
  }
}

function featuresOf({ configuration, norm, convolutionInit }: VggForm, channels: number): readonly Layer[] {
  const layers: Layer[] = [];
  let from = channels;
  for (const [block, count] of blocksOf[configuration].entries()) {
    const to = filters[block] ?? from;
    for (let index = 0; index < count; index++) {
      const first = layers.length === 0;
      const kernel = configuration === "C" && index === 2 ? 1 : 3;
      const padding = (kernel - 1) / 2;
      layers.push(
        new Conv2d(from, to, { kernel, padding, weightInit: convolutionInit, biasInit: zeros() }),
        ...(norm === "batch" ? [new BatchNorm2d(to)] : []),
        relu,
        ...(norm === "local" && first ? [localResponseNormalization()] : []),
      );
      from = to;
    }
    layers.push(maxPooling(2));
  }
  return layers;
}

/** Configuration A: 132,863,336 parameters. */
export function vgg11(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg11", configuration: "A" }, options);
}

/** Configuration A with batch norm: 132,868,840 parameters. */
export function vgg11_bn(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg11_bn", configuration: "A", norm: "batch" }, options);
}

/** Configuration B: 133,047,848 parameters. */
export function vgg13(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg13", configuration: "B" }, options);
}

/** Configuration B with batch norm: 133,053,736 parameters. */
export function vgg13_bn(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg13_bn", configuration: "B", norm: "batch" }, options);
}

/** Configuration D: 138,357,544 parameters. */
export function vgg16(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg16", configuration: "D" }, options);
}

/** Configuration D with batch norm: 138,365,992 parameters. */
export function vgg16_bn(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg16_bn", configuration: "D", norm: "batch" }, options);
}

/** Configuration E: 143,667,240 parameters. */
export function vgg19(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg19", configuration: "E" }, options);
}

/** Configuration E with batch norm: 143,678,248 parameters. */
export function vgg19_bn(options: ModelOptions = {}): Vgg {
  return torchvision({ name: "vgg19_bn", configuration: "E", norm: "batch" }, options);
}

function torchvision(form: Pick<VggForm, "name" | "configuration" | "norm">, options: ModelOptions): Vgg {
  const { channels = 3 } = options;
  const starting = { convolutionInit: heNormalFanOut(), linearInit: normal(0.01) };
  return new Vgg({ ...form, ...starting, ...(channels === 3 && { normalization: imagenet }) }, options);
}

type TorchvisionName = `vgg${11 | 13 | 16 | 19}${"" | "_bn"}`;

/** What this file gives the registry. */
export const vggEntries: Readonly<Record<TorchvisionName, ModelEntry>> = {
  vgg11: vggEntry("vgg11", "torchvision", "VGG of 11 layers, the paper's configuration A", vgg11),
  vgg11_bn: vggEntry("vgg11_bn", "torchvision", "VGG of 11 layers with batch norm", vgg11_bn),
  vgg13: vggEntry("vgg13", "torchvision", "VGG of 13 layers, the paper's configuration B", vgg13),
  vgg13_bn: vggEntry("vgg13_bn", "torchvision", "VGG of 13 layers with batch norm", vgg13_bn),
  vgg16: vggEntry("vgg16", "torchvision", "VGG of 16 layers, the paper's configuration D", vgg16),
  vgg16_bn: vggEntry("vgg16_bn", "torchvision", "VGG of 16 layers with batch norm", vgg16_bn),
  vgg19: vggEntry("vgg19", "torchvision", "VGG of 19 layers, the paper's configuration E", vgg19),
  vgg19_bn: vggEntry("vgg19_bn", "torchvision", "VGG of 19 layers with batch norm", vgg19_bn),
};

/** An entry of the registry for a network of this paper. */
export function vggEntry(name: string, form: Form, about: string, create: ModelEntry["create"]): ModelEntry {
  const paper = {
    title: "Very deep convolutional networks for large-scale image recognition",
    url: "https://arxiv.org/abs/1409.1556",
  };
  return { name, form, about, year: 2014, paper, input: [3, 224, 224], create };
}
