// AlexNet as published. Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks",
// NIPS 2012, https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks.
//
// Characteristic, next to torchvision's form (`alexnet.ts`):
// - two towers, one for each of the paper's GPUs, that see each other in the third convolution and in the full
//   connections only: two groups of channels in the second, fourth and fifth convolution
// - local response normalisation behind the ReLU of the first two convolutions, and pooling behind that
//
// Where the paper contradicts itself:
// - it says 224x224, which 11x11 windows 4 apart do not fit; 227 gives the 55x55 maps that everything else follows from
// - figure 2 gives the first layer 253,440 neurons; 55x55 maps of 96 filters have 290,400
//
// Deviations:
// - biases that start positive (second, fourth and fifth convolution, hidden full connections) start at 0.1 as in
//   Caffe's replica, `bvlc_alexnet`: the paper's 1 left the loss flat there
// - normalisation reaches across the towers, as in Caffe, where on two GPUs each could only see its own channels
// - the input is the pixel less the mean colour, where the paper subtracts the mean picture
//
// Weights of 0.01 belong to pixels from 0 to 255: from pixels of unit variance the signal would die on its way up.
// Parameter paths are Caffe's names. Its weights expect LRN with k = 1 and alpha = 2e-5 in our terms, and BGR.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { constantly, normal, zeros } from "../nn/init.ts";
import { Conv2d, Dropout, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { localResponseNormalization } from "../nn/normalization.ts";
import { maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { centredPixels } from "./imagenet.ts";
import { dimensions, expectInput, type ModelOptions } from "./options.ts";

const name = "alexnet_paper";
const atZero = { weightInit: normal(0.01), biasInit: zeros() };
const active = { weightInit: normal(0.01), biasInit: constantly(0.1) };

/** AlexNet of 2012. x `[n, 3, 227, 227]` -> `[n, 1000]` unless told otherwise. */
export class AlexNetPaper extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization: Normalization;
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly conv3: Conv2d;
  readonly conv4: Conv2d;
  readonly conv5: Conv2d;
  readonly fc6: Linear;
  readonly drop6: Dropout;
  readonly fc7: Linear;
  readonly drop7: Dropout;
  readonly fc8: Linear;

  constructor(options: ModelOptions = {}) {
    super();
    const defaults = { classes: 1000, channels: 3, size: 227, least: 67 };
    const { classes, input } = dimensions(name, options, defaults);
    const [channels, height, width] = input;
    const p = options.dropout === false ? 0 : 0.5;
    this.classes = classes;
    this.input = input;
    this.normalization = centredPixels(channels);
    this.conv1 = new Conv2d(channels, 96, { kernel: 11, stride: 4, ...atZero });
    this.conv2 = new Conv2d(96, 256, { kernel: 5, padding: 2, groups: 2, ...active });
    this.conv3 = new Conv2d(256, 384, { kernel: 3, padding: 1, ...atZero });
    this.conv4 = new Conv2d(384, 384, { kernel: 3, padding: 1, groups: 2, ...active });
    this.conv5 = new Conv2d(384, 256, { kernel: 3, padding: 1, groups: 2, ...active });
    this.fc6 = new Linear(256 * sideOfPool5(height) * sideOfPool5(width), 4096, active);
    this.drop6 = new Dropout(p);
    this.fc7 = new Linear(4096, 4096, active);
    this.drop7 = new Dropout(p);
    this.fc8 = new Linear(4096, classes, atZero);
  }

  override forward(x: Value): Value {
    expectInput(name, x, this);
    const { conv1, conv2, conv3, conv4, conv5, fc6, drop6, fc7, drop7, fc8 } = this;
    const norm = localResponseNormalization();
    const front = run(x, conv1, relu, norm, pooling, conv2, relu, norm, pooling);
    const features = run(front, conv3, relu, conv4, relu, conv5, relu, pooling);
    return run(flatten(features), fc6, relu, drop6, fc7, relu, drop7, fc8);
  }
}

/** AlexNet as published in 2012: 60,965,224 parameters for the 1000 classes of ImageNet. */
export function alexnet_paper(options: ModelOptions = {}): AlexNetPaper {
  return new AlexNetPaper(options);
}

/** What this file gives the registry. */
export const alexnetPaperEntries: Readonly<Record<"alexnet_paper", ModelEntry>> = {
  alexnet_paper: {
    name,
    form: "paper",
    about: "AlexNet as published: two towers, local response normalisation",
    year: 2012,
    paper: {
      title: "ImageNet classification with deep convolutional neural networks",
      url: "https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
    },
    input: [3, 227, 227],
    create: alexnet_paper,
  },
};

/** Windows of 3x3, 2 apart: they overlap. */
const pooling: Layer = maxPooling(3, { stride: 2 });

/** The side of the last pooling's maps, from the picture's. */
function sideOfPool5(side: number): number {
  const pooled = (extent: number) => Math.floor((extent - 3) / 2) + 1;
  return pooled(pooled(pooled(Math.floor((side - 11) / 4) + 1)));
}
