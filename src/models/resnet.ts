// ResNet for ImageNet as torchvision builds it. He, Zhang, Ren, Sun, "Deep residual learning for image recognition",
// CVPR 2016, https://arxiv.org/abs/1512.03385.
//
// Characteristic: a block adds what its convolutions compute to its own input, so that gradients reach every layer
// and 152 layers train better than 18; batch norm after every convolution, no dropout, one full connection.
//
// The form of torchvision, whose weights load by name, departs from the paper (`resnetPaper.ts` does not):
// - v1.5: a bottleneck's stride is on its 3x3 convolution, not on its first 1x1: equal names and shapes, but weights
//   of one form lose accuracy in the other
// - shortcuts that change the shape project (option B) in every depth; the paper's table has option A for 18 and 34
// - convolutions start by He's rule for the fan out; `zeroInitResidual` (Goyal et al. 2017) starts the last gamma of
//   every block at 0, which makes the blocks identities at first

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { heNormalFanOut, type Initializer } from "../nn/init.ts";
import { type Conv2d, Linear, type LinearOptions } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run, type Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { Form, ModelEntry } from "./entry.ts";
import { imagenet } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";
import { BasicBlock, Bottleneck, convolution, stage } from "./residual.ts";

export interface ResNetOptions extends ModelOptions {
  /** Whether the last batch norm of every block starts with gamma 0. Default false. */
  readonly zeroInitResidual?: boolean;
}

/** Layers with weights, on the way through the blocks. */
export type Depth = 18 | 34 | 50 | 101 | 152;

/** Table 1 of the paper: the blocks of each stage. From 50 on they are bottlenecks. */
const blocksOf: Readonly<Record<Depth, readonly [number, number, number, number]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};

/** What tells one of the family from another. */
export interface ResNetForm {
  readonly name: string;
  readonly depth: Depth;
  readonly block: (from: number, to: number, stride: number) => Module;
  /** How the first convolution starts. */
  readonly weightInit: Initializer;
  /** How the full connection starts. */
  readonly linear: LinearOptions;
  readonly normalization?: Normalization;
}

/** A residual network for x `[n, 3, 224, 224]` -> logits `[n, 1000]`; takes any size, as every stride comes with padding. */
export class ResNet extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly fc: Linear;
  readonly #name: string;

  constructor(form: ResNetForm, options: ModelOptions = {}) {
    super();
    const { name, depth, block, weightInit, linear, normalization } = form;
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least: 1 });
    const [first, second, third, fourth] = blocksOf[depth];
    const width = isDeep(depth) ? 256 : 64;
    this.#name = name;
    this.classes = classes;
    this.input = input;
    if (normalization) this.normalization = normalization;
    this.conv1 = convolution(7, input[0], 64, 2, weightInit);
    this.bn1 = new BatchNorm2d(64);
    this.layer1 = stage(first, block, [64, width, 1]);
    this.layer2 = stage(second, block, [width, 2 * width, 2]);
    this.layer3 = stage(third, block, [2 * width, 4 * width, 2]);
    this.layer4 = stage(fourth, block, [4 * width, 8 * width, 2]);
    this.fc = new Linear(8 * width, classes, linear);
  }

  override forward(x: Value): Value {
    expectChannels(this.#name, x, this.input[0]);
    const { conv1, bn1, layer1, layer2, layer3, layer4, fc } = this;
    const stem = run(x, conv1, bn1, relu, maxPooling(3, { stride: 2, padding: 1 }));
    return run(stem, layer1, layer2, layer3, layer4, globalAvgPooling, flatten, fc);
  }
}

/** Whether the blocks are bottlenecks, which have four times the channels. */
export function isDeep(depth: Depth): boolean {
  return depth >= 50;
}

/** 11,689,512 parameters; basic blocks. */
export function resnet18(options: ResNetOptions = {}): ResNet {
  return torchvision("resnet18", 18, options);
}

/** 21,797,672 parameters; basic blocks. */
export function resnet34(options: ResNetOptions = {}): ResNet {
  return torchvision("resnet34", 34, options);
}

/** 25,557,032 parameters; bottlenecks. */
export function resnet50(options: ResNetOptions = {}): ResNet {
  return torchvision("resnet50", 50, options);
}

/** 44,549,160 parameters; bottlenecks. */
export function resnet101(options: ResNetOptions = {}): ResNet {
  return torchvision("resnet101", 101, options);
}

/** 60,192,808 parameters; bottlenecks. */
export function resnet152(options: ResNetOptions = {}): ResNet {
  return torchvision("resnet152", 152, options);
}

function torchvision(name: string, depth: Depth, options: ResNetOptions): ResNet {
  const { zeroInitResidual = false, channels = 3 } = options;
  const weightInit = heNormalFanOut();
  const lastGamma = zeroInitResidual ? 0 : 1;
  const block: ResNetForm["block"] = (from, to, stride) =>
    isDeep(depth)
      ? new Bottleneck(from, to, { stride, weightInit, lastGamma, strided: "3x3" })
      : new BasicBlock(from, to, { stride, weightInit, lastGamma, shortcut: "B" });
  const form = { name, depth, block, weightInit, linear: {} };
  return new ResNet(channels === 3 ? { ...form, normalization: imagenet } : form, options);
}

/** What this file gives the registry. */
export const resnetEntries: Readonly<
  Record<"resnet18" | "resnet34" | "resnet50" | "resnet101" | "resnet152", ModelEntry>
> = {
  resnet18: resnetEntry(
    "resnet18",
    "torchvision",
    "ResNet of 18 layers, every shortcut that changes shape projects",
    resnet18,
  ),
  resnet34: resnetEntry(
    "resnet34",
    "torchvision",
    "ResNet of 34 layers, every shortcut that changes shape projects",
    resnet34,
  ),
  resnet50: resnetEntry(
    "resnet50",
    "torchvision",
    "ResNet of 50 layers, bottlenecks with the stride on the 3x3 (v1.5)",
    resnet50,
  ),
  resnet101: resnetEntry(
    "resnet101",
    "torchvision",
    "ResNet of 101 layers, bottlenecks with the stride on the 3x3 (v1.5)",
    resnet101,
  ),
  resnet152: resnetEntry(
    "resnet152",
    "torchvision",
    "ResNet of 152 layers, bottlenecks with the stride on the 3x3 (v1.5)",
    resnet152,
  ),
};

/** An entry of the registry for a network of this paper. */
export function resnetEntry(
  name: string,
  form: Form,
  about: string,
  create: ModelEntry["create"],
  input: ModelEntry["input"] = [3, 224, 224],
): ModelEntry {
  const paper = {
    title: "Deep residual learning for image recognition",
    url: "https://arxiv.org/abs/1512.03385",
  };
  return { name, form, about, year: 2015, paper, input, create };
}
