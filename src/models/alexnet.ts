// AlexNet in torchvision's form. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014,
// https://arxiv.org/abs/1404.5997, after Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional
// neural networks", NIPS 2012 (`alexnetPaper.ts`).
//
// Characteristic: the first deep network to win on ImageNet: five convolutions with ReLU, maximum pooling whose
// windows overlap, and three full connections with dropout, which hold 96 % of the parameters.
//
// What torchvision's form changes against the paper of 2012:
// - one tower of 64, 192, 384, 256 and 256 filters, where the paper has two that together have 96, 256, 384, 384 and 256
// - no local response normalisation
// - the picture of 224 is padded by 2, which makes the first maps 55x55; the paper's 224 without padding makes no whole
//   number of windows
// - dropout in front of the first two full connections, where the paper drops what they put out
// - average pooling to 6x6 in front of the head: the identity at 224, and what lets other sizes in
// - weights and biases start by PyTorch's default, uniform within 1 / sqrt(fan in)

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { Conv2d, Dropout, Linear } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { adaptiveAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { imagenet } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "alexnet";
const least = 63;

/** AlexNet, torchvision's form. x `[n, 3, h, w]` of 63x63 and larger -> `[n, 1000]` unless told otherwise. */
export class AlexNet extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor(options: ModelOptions = {}) {
    super();
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least });
    const p = options.dropout === false ? 0 : 0.5;
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = imagenet;
    this.features = new Sequential(
      new Conv2d(channels, 64, { kernel: 11, stride: 4, padding: 2 }),
      relu,
      maxPooling(3, { stride: 2 }),
      new Conv2d(64, 192, { kernel: 5, padding: 2 }),
      relu,
      maxPooling(3, { stride: 2 }),
      new Conv2d(192, 384, { kernel: 3, padding: 1 }),
      relu,
      new Conv2d(384, 256, { kernel: 3, padding: 1 }),
      relu,
      new Conv2d(256, 256, { kernel: 3, padding: 1 }),
      relu,
      maxPooling(3, { stride: 2 }),
    );
    this.classifier = new Sequential(
      new Dropout(p),
      new Linear(256 * 6 * 6, 4096),
      relu,
      new Dropout(p),
      new Linear(4096, 4096),
      relu,
      new Linear(4096, classes),
    );
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0], least);
    return run(x, this.features, adaptiveAvgPooling(6, 6), flatten, this.classifier);
  }
}

/** AlexNet as torchvision has it: 61,100,840 parameters for the 1000 classes of ImageNet. */
export function alexnet(options: ModelOptions = {}): AlexNet {
  return new AlexNet(options);
}

/** What this file gives the registry. */
export const alexnetEntries: Readonly<Record<"alexnet", ModelEntry>> = {
  alexnet: {
    name,
    form: "torchvision",
    about: "AlexNet as torchvision has it: one tower, no local response normalisation",
    year: 2014,
    paper: {
      title: "One weird trick for parallelizing convolutional neural networks",
      url: "https://arxiv.org/abs/1404.5997",
    },
    input: [3, 224, 224],
    create: alexnet,
  },
};
