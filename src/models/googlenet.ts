// GoogLeNet as torchvision builds it, from a network trained in TensorFlow. Szegedy, Liu, Jia, Sermanet, Reed, Anguelov,
// Erhan, Vanhoucke, Rabinovich, "Going deeper with convolutions", CVPR 2015, https://arxiv.org/abs/1409.4842.
//
// Characteristic: nine Inception modules, global average pooling in place of large fully connected layers, and two
// heads amid the network that give its lower half a gradient of its own in training.
//
// Departures from the paper (`googlenetPaper.ts` has none of them), kept for the sake of the weights:
// - every convolution is followed by batch norm (eps 1e-3) and has no bias; no local response normalisation
// - the branch of 5x5 convolutions has 3x3 ones, a known slip of torchvision's
// - the last pooling is 2x2, where the others are 3x3
// - heads average their input to 4x4 whatever its size, where the paper pools 5x5 windows by strides of 3
// - dropout takes 20 % in front of the last layer, where the paper takes 40 %
//
// The heads in torchvision's file of weights were never trained: leave them out (`auxiliary: false`), or train them.
// Its network had been trained on pixels from -1 to 1, which `transformInput` turns torchvision's own range into.

import type { Value } from "../ir/graph.ts";
import { Branches } from "../nn/branches.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { truncatedNormal } from "../nn/init.ts";
import { Dropout, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { adaptiveAvgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import { attachHead } from "./auxiliaryHead.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { googlenetTable, type InceptionRow } from "./googlenetTable.ts";
import { imagenet, transformation } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

export interface GoogLeNetOptions extends ModelOptions {
  /** Whether x, by torchvision's mean and deviation, is brought to [-1, 1] first. Default false. */
  readonly transformInput?: boolean;
}

const name = "googlenet";
// The third stride-2 pooling needs two pixels, behind which the last one can do with one.
const least = 15;
const weightInit = truncatedNormal(0.01);
const halving = maxPooling(3, { stride: 2, ceil: true });

/** GoogLeNet, torchvision's form. x `[n, 3, 224, 224]`, or any size from 15x15 -> `[n, 1000]` unless told otherwise. */
export class GoogLeNet extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly trainingOnly: readonly string[] = ["aux1", "aux2"];
  readonly normalization?: Normalization;
  readonly conv1: ConvNorm;
  readonly conv2: ConvNorm;
  readonly conv3: ConvNorm;
  readonly inception3a: Inception = new Inception(googlenetTable["3a"]);
  readonly inception3b: Inception = new Inception(googlenetTable["3b"]);
  readonly inception4a: Inception = new Inception(googlenetTable["4a"]);
  readonly inception4b: Inception = new Inception(googlenetTable["4b"]);
  readonly inception4c: Inception = new Inception(googlenetTable["4c"]);
  readonly inception4d: Inception = new Inception(googlenetTable["4d"]);
  readonly inception4e: Inception = new Inception(googlenetTable["4e"]);
  readonly inception5a: Inception = new Inception(googlenetTable["5a"]);
  readonly inception5b: Inception = new Inception(googlenetTable["5b"]);
  readonly aux1?: InceptionAux;
  readonly aux2?: InceptionAux;
  readonly dropout: Dropout;
  readonly fc: Linear;
  readonly #prepare: Layer;

  constructor(options: GoogLeNetOptions = {}) {
    super();
    const { auxiliary = true, dropout = true, transformInput = false } = options;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least });
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = imagenet;
    this.conv1 = new ConvNorm(channels, 64, { kernel: 7, stride: 2, padding: 3, weightInit });
    this.conv2 = new ConvNorm(64, 64, { kernel: 1, weightInit });
    this.conv3 = new ConvNorm(64, 192, { kernel: 3, padding: 1, weightInit });
    if (auxiliary) {
      this.aux1 = new InceptionAux(512, classes, dropout ? 0.7 : 0);
      this.aux2 = new InceptionAux(528, classes, dropout ? 0.7 : 0);
    }
    this.dropout = new Dropout(dropout ? 0.2 : 0);
    this.fc = new Linear(1024, classes, { weightInit });
    this.#prepare = transformInput ? transformation(name, channels) : (x) => x;
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0], least);
    const prepared = run(x, this.#prepare);
    const y2 = run(prepared, this.conv1, halving, this.conv2, this.conv3, halving);
    const y4a = run(y2, this.inception3a, this.inception3b, halving, this.inception4a);
    attachHead(this.aux1, y4a, 0.3);
    const y4d = run(y4a, this.inception4b, this.inception4c, this.inception4d);
    attachHead(this.aux2, y4d, 0.3);
    const y4 = run(y4d, this.inception4e, maxPooling(2, { ceil: true }));
    const y5 = run(y4, this.inception5a, this.inception5b, globalAvgPooling);
    return run(flatten(y5), this.dropout, this.fc);
  }
}

/** 1x1 | 1x1, 3x3 | 1x1, 3x3 | pooling, 1x1. */
class Inception extends Branches {
  constructor([from, one, three, five, pooled]: InceptionRow) {
    const conv1x1 = (to: number) => new ConvNorm(from, to, { kernel: 1, weightInit });
    const reduced = ([reduce, to]: readonly [number, number]) =>
      new Sequential(conv1x1(reduce), new ConvNorm(reduce, to, { kernel: 3, padding: 1, weightInit }));
    super({
      branch1: conv1x1(one),
      branch2: reduced(three),
      branch3: reduced(five),
      branch4: new Sequential(maxPooling(3, { stride: 1, padding: 1 }), conv1x1(pooled)),
    });
  }
}

/** A classifier amid the network. x `[n, from, h, w]` -> `[n, classes]`. */
class InceptionAux extends Module {
  readonly conv: ConvNorm;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(from: number, classes: number, dropout: number) {
    super();
    this.conv = new ConvNorm(from, 128, { kernel: 1, weightInit });
    this.fc1 = new Linear(128 * 4 * 4, 1024, { weightInit });
    this.fc2 = new Linear(1024, classes, { weightInit });
    this.dropout = new Dropout(dropout);
  }

  override forward(x: Value): Value {
    return run(x, adaptiveAvgPooling(4, 4), this.conv, flatten, this.fc1, relu, this.dropout, this.fc2);
  }
}

/** GoogLeNet as torchvision builds it: 6,624,904 parameters, and 6,379,984 in its auxiliary heads. */
export function googlenet(options: GoogLeNetOptions = {}): GoogLeNet {
  return new GoogLeNet(options);
}

/** What this file gives the registry. */
export const googlenetEntries: Readonly<Record<"googlenet", ModelEntry>> = {
  googlenet: {
    name,
    form: "torchvision",
    about: "GoogLeNet with batch norm, 3x3 for 5x5, and two auxiliary heads in training",
    year: 2014,
    paper: { title: "Going deeper with convolutions", url: "https://arxiv.org/abs/1409.4842" },
    input: [3, 224, 224],
    create: googlenet,
  },
};
