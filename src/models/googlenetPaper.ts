// GoogLeNet as published. Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich, "Going deeper with
// convolutions", CVPR 2015, https://arxiv.org/abs/1409.4842, section 5 and table 1.
//
// Characteristic, next to torchvision's form (`googlenet.ts`): convolutions of 1x1, 3x3 and 5x5 side by side, with
// biases and without batch norm, local response normalisation in the stem, and two auxiliary heads whose losses count
// 0.3 each in training.
//
// The paper contradicts itself: parameters and operations in several rows of table 1 do not follow from the row's own
// channels (`googlenetTable.ts` says which), and its first row is that of a separable convolution. Here the stem is
// dense and the channels are right, as in every published reimplementation.
//
// The paper leaves open, and Caffe's replica (bvlc_googlenet, made with Szegedy's help) decides:
// - poolings of 3x3 by strides of 2 have no padding and round up
// - constants of the normalisation: n = 5, alpha = 1e-4 / 5 and k = 1 in AlexNet's form (Caffe divides alpha by n)
// - weights start uniform within sqrt(3 / fan in), Caffe's "xavier" (the paper's were Gaussian), biases at 0.2, and at
//   0 in the classifiers
// - pixels come as 0 to 255 less their mean, without which activations fade behind 22 layers that start like that. The
//   replica's first convolution expects them as blue, green, red: turn its input channels round to use its weights
//
// Parameter paths are Caffe's names with dots for slashes: conv1.7x7_s2, inception_3a.3x3_reduce, loss1.fc.

import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { NamedSequential } from "../nn/branches.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { constantly, heUniform, type Initializer, zeros } from "../nn/init.ts";
import { Conv2d, Dropout, Linear } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { localResponseNormalization } from "../nn/normalization.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { traceOf } from "../nn/trace.ts";
import { relu } from "../ops/activation.ts";
import { concat, flatten } from "../ops/shape.ts";
import { attachHead } from "./auxiliaryHead.ts";
import type { ModelEntry } from "./entry.ts";
import { googlenetTable, type InceptionRow } from "./googlenetTable.ts";
import { centredPixels } from "./imagenet.ts";
import { dimensions, expectChannels, expectInput, type ModelOptions } from "./options.ts";

const name = "googlenet_paper";
/** Four poolings halve the maps behind conv1 down to a pixel. */
const least = 31;
/** The heads pool 5x5 windows, of which one may lack two rows, from maps that three poolings have halved. */
const leastWithHeads = 47;

const halving = maxPooling(3, { stride: 2, ceil: true });
const normalization = localResponseNormalization({ alpha: 1e-4 / 5, k: 1 });
const xavier: Initializer = (shape, key) => heUniform(size(shape.slice(1)), 1)(shape, key);
const starting = { weightInit: xavier, biasInit: constantly(0.2) };

/** GoogLeNet of 2014. x `[n, 3, 224, 224]` -> `[n, 1000]` unless told otherwise; evaluation takes any size from 31x31. */
export class GoogLeNetPaper extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly trainingOnly: readonly string[] = ["loss1", "loss2"];
  readonly normalization: Normalization;
  readonly conv1: NamedSequential;
  readonly conv2: NamedSequential;
  readonly inception_3a: Inception = new Inception(googlenetTable["3a"]);
  readonly inception_3b: Inception = new Inception(googlenetTable["3b"]);
  readonly inception_4a: Inception = new Inception(googlenetTable["4a"]);
  readonly loss1?: Head;
  readonly inception_4b: Inception = new Inception(googlenetTable["4b"]);
  readonly inception_4c: Inception = new Inception(googlenetTable["4c"]);
  readonly inception_4d: Inception = new Inception(googlenetTable["4d"]);
  readonly loss2?: Head;
  readonly inception_4e: Inception = new Inception(googlenetTable["4e"]);
  readonly inception_5a: Inception = new Inception(googlenetTable["5a"]);
  readonly inception_5b: Inception = new Inception(googlenetTable["5b"]);
  readonly loss3: NamedSequential;

  constructor(options: ModelOptions = {}) {
    super();
    const { auxiliary = true, dropout = true } = options;
    const defaults = { classes: 1000, channels: 3, size: 224, least: auxiliary ? leastWithHeads : least };
    const { classes, input } = dimensions(name, options, defaults);
    const [channels] = input;
    this.classes = classes;
    this.input = input;
    this.normalization = centredPixels(channels);
    this.conv1 = new NamedSequential({
      "7x7_s2": new Conv2d(channels, 64, { kernel: 7, stride: 2, padding: 3, ...starting }),
      relu_7x7: relu,
    });
    this.conv2 = new NamedSequential({
      "3x3_reduce": new Conv2d(64, 64, { kernel: 1, ...starting }),
      relu_3x3_reduce: relu,
      "3x3": new Conv2d(64, 192, { kernel: 3, padding: 1, ...starting }),
      relu_3x3: relu,
    });
    if (auxiliary) {
      this.loss1 = new Head(512, input, classes, dropout ? 0.7 : 0);
      this.loss2 = new Head(528, input, classes, dropout ? 0.7 : 0);
    }
    this.loss3 = new NamedSequential({
      dropout: new Dropout(dropout ? 0.4 : 0),
      classifier: new Linear(1024, classes, { weightInit: xavier, biasInit: zeros() }),
    });
  }

  override forward(x: Value): Value {
    if (this.loss1 && traceOf(x).training) expectInput(name, x, this);
    else expectChannels(name, x, this.input[0], least);
    const y2 = run(x, this.conv1, halving, normalization, this.conv2, normalization, halving);
    const y4a = run(y2, this.inception_3a, this.inception_3b, halving, this.inception_4a);
    attachHead(this.loss1, y4a, 0.3);
    const y4d = run(y4a, this.inception_4b, this.inception_4c, this.inception_4d);
    attachHead(this.loss2, y4d, 0.3);
    const y5 = run(y4d, this.inception_4e, halving, this.inception_5a, this.inception_5b);
    return run(y5, globalAvgPooling, flatten, this.loss3);
  }
}

/** 1x1 | 1x1, 3x3 | 1x1, 5x5 | pooling, 1x1. */
class Inception extends Module {
  readonly "1x1": Conv2d;
  readonly "3x3_reduce": Conv2d;
  readonly "3x3": Conv2d;
  readonly "5x5_reduce": Conv2d;
  readonly "5x5": Conv2d;
  readonly pool_proj: Conv2d;

  constructor([from, one, three, five, pooled]: InceptionRow) {
    super();
    this["1x1"] = new Conv2d(from, one, { kernel: 1, ...starting });
    this["3x3_reduce"] = new Conv2d(from, three[0], { kernel: 1, ...starting });
    this["3x3"] = new Conv2d(three[0], three[1], { kernel: 3, padding: 1, ...starting });
    this["5x5_reduce"] = new Conv2d(from, five[0], { kernel: 1, ...starting });
    this["5x5"] = new Conv2d(five[0], five[1], { kernel: 5, padding: 2, ...starting });
    this.pool_proj = new Conv2d(from, pooled, { kernel: 1, ...starting });
  }

  override forward(x: Value): Value {
    return concat(
      run(x, this["1x1"], relu),
      run(x, this["3x3_reduce"], relu, this["3x3"], relu),
      run(x, this["5x5_reduce"], relu, this["5x5"], relu),
      run(x, maxPooling(3, { stride: 1, padding: 1 }), this.pool_proj, relu),
      { axis: 1 },
    );
  }
}

/** A classifier amid the network; it reads maps of a fixed size. x `[n, from, h, w]` -> `[n, classes]`. */
class Head extends Module {
  readonly conv: Conv2d;
  readonly fc: Linear;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(from: number, [, height, width]: Classifier["input"], classes: number, dropout: number) {
    super();
    this.conv = new Conv2d(from, 128, { kernel: 1, ...starting });
    this.fc = new Linear(128 * pooledSide(height) * pooledSide(width), 1024, starting);
    this.dropout = new Dropout(dropout);
    this.classifier = new Linear(1024, classes, { weightInit: xavier, biasInit: zeros() });
  }

  override forward(x: Value): Value {
    const pooled = run(x, avgPooling(5, { stride: 3, ceil: true }), this.conv, relu, flatten);
    return run(pooled, this.fc, relu, this.dropout, this.classifier);
  }
}

/** GoogLeNet as published in 2014: 6,998,552 parameters, and 6,379,728 in its auxiliary heads. */
export function googlenet_paper(options: ModelOptions = {}): GoogLeNetPaper {
  return new GoogLeNetPaper(options);
}

/** What this file gives the registry. */
export const googlenetPaperEntries: Readonly<Record<"googlenet_paper", ModelEntry>> = {
  googlenet_paper: {
    name,
    form: "paper",
    about: "GoogLeNet as published: 5x5 branches, local response norm, two auxiliary heads in training",
    year: 2014,
    paper: { title: "Going deeper with convolutions", url: "https://arxiv.org/abs/1409.4842" },
    input: [3, 224, 224],
    create: googlenet_paper,
  },
};

/** The side of a head's maps behind its pooling, from the picture's. */
function pooledSide(side: number): number {
  const halved = Math.floor(Math.ceil(side / 2) / 8);
  return Math.ceil((halved - 5) / 3) + 1;
}
