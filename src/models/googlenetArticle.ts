// GoogLeNet. Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich, "Going deeper with
// convolutions", CVPR 2015, https://arxiv.org/abs/1409.4842.
//
// Characteristic: nine Inception modules, 22 layers with weights on the longest path, and global average pooling
// in place of large fully connected layers: 6 million parameters where AlexNet has 60.
//
// The article's form differs from the paper's on purpose, and weights trained in PyTorch from the article's code
// load by name:
// - pictures have one channel (`channels` changes it), where ImageNet's have three
// - the two convolutions of module two have no ReLU behind them
// - no local response normalisation, no dropout, no auxiliary heads (the article's `aux_classifier` does nothing)
// - pooling pads by 1 and rounds down, where the paper's rounds up: the same sizes where the side is a multiple of 32,
//   but windows a pixel apart
// - the output is the log-softmax, where the paper's is the softmax

import type { Value } from "../ir/graph.ts";
import type { Classifier, OutputKind } from "../nn/classifier.ts";
import { Conv2d, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, Sequential } from "../nn/sequential.ts";
import { logSoftmax } from "../ops/loss.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { googlenetTable } from "./googlenetTable.ts";
import { BasicConv2d, convolutionInit, InceptionV1 } from "./inceptionArticle.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const module3 = [googlenetTable["3a"], googlenetTable["3b"]];
const module4 = [
  googlenetTable["4a"],
  googlenetTable["4b"],
  googlenetTable["4c"],
  googlenetTable["4d"],
  googlenetTable["4e"],
];
const module5 = [googlenetTable["5a"], googlenetTable["5b"]];

const name = "googlenet_article";

/** GoogLeNet as the article writes it. Takes pictures of any size: each stride comes with padding, so one pixel stays one. */
export class GoogLeNetModelV1 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logProbabilities";
  readonly b1: Sequential;
  readonly b2: Sequential;
  readonly b3: Sequential;
  readonly b4: Sequential;
  readonly b5: Sequential;
  readonly fc: Linear;

  constructor(classes = 10, options: Omit<ModelOptions, "classes"> = {}) {
    super();
    const defaults = { classes: 10, channels: 1, size: 224, least: 1 };
    const made = dimensions(name, { ...options, classes }, defaults);
    this.classes = made.classes;
    this.input = made.input;
    this.b1 = new Sequential(
      new BasicConv2d(this.input[0], 64, { kernel: 7, stride: 2, padding: 3 }),
      halving(),
    );
    this.b2 = new Sequential(
      new Conv2d(64, 64, { kernel: 1, weightInit: convolutionInit }),
      new Conv2d(64, 192, { kernel: 3, padding: 1, weightInit: convolutionInit }),
      halving(),
    );
    this.b3 = new Sequential(...module3.map((row) => new InceptionV1(...row)), halving());
    this.b4 = new Sequential(...module4.map((row) => new InceptionV1(...row)), halving());
    this.b5 = new Sequential(...module5.map((row) => new InceptionV1(...row)), globalAvgPooling);
    this.fc = new Linear(1024, classes);
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0]);
    const { b1, b2, b3, b4, b5, fc } = this;
    return run(x, b1, b2, b3, b4, b5, flatten, fc, logSoftmax);
  }
}

/** GoogLeNet as the article writes it, for 10 classes of 1x224x224 pictures unless told otherwise. */
export function googlenet_article(options: ModelOptions = {}): GoogLeNetModelV1 {
  return new GoogLeNetModelV1(options.classes, options);
}

/** What this file gives the registry. */
export const googlenetArticleEntries: Readonly<Record<"googlenet_article", ModelEntry>> = {
  googlenet_article: {
    name,
    form: "article",
    about: "GoogLeNet as the article writes it: no ReLU in module two, log-softmax output",
    year: 2014,
    paper: { title: "Going deeper with convolutions", url: "https://arxiv.org/abs/1409.4842" },
    input: [1, 224, 224],
    create: googlenet_article,
  },
};

/** The pooling behind modules one to four. */
function halving(): Layer {
  return maxPooling(3, { stride: 2, padding: 1 });
}
