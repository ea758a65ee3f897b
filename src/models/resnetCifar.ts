// ResNet for CIFAR. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016,
// https://arxiv.org/abs/1512.03385, section 4.2.
//
// Characteristic: 6n + 2 layers, n basic blocks at each of 32x32, 16x16 and 8x8 pixels, of 16, 32 and 64 channels; no
// pooling before the last; shortcuts without parameters (option A), so that 110 layers have 1.7 million parameters.
//
// Option A takes every second pixel and adds channels of zeros. The paper leaves open where they go. Here half of
// them go in front of the picture's channels and half behind, as the published PyTorch weights
// (akamaster/pytorch_resnet_cifar10) expect. Those load by name: conv1, bn1, layer1.0.conv1, ..., linear; with option B
// layer2.0.shortcut.0 (convolution) and .1 (batch norm).
//
// Everything with weights starts by He's rule (2015) for the fan in, biases at 0.
//
// Deviation: the paper subtracts the mean picture of CIFAR; here colour is scaled by the mean and deviation of ImageNet,
// as those weights expect.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { heNormalFanIn, zeros } from "../nn/init.ts";
import { type Conv2d, Linear } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { globalAvgPooling } from "../nn/pooling.ts";
import { run, type Sequential } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { add } from "../ops/arithmetic.ts";
import { flatten } from "../ops/shape.ts";
import type { ModelEntry } from "./entry.ts";
import { imagenet } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";
import { type BlockOptions, convolution, PlainBlock, type Shortcut, shortcut, stage } from "./residual.ts";
import { resnetEntry } from "./resnet.ts";

export interface ResNetCifarOptions extends ModelOptions {
  /** What shortcuts do where the shape changes: "A" (the paper's) has no parameters, "B" projects. Default "A". */
  readonly shortcut?: Shortcut;
}

const weightInit = heNormalFanIn();

/** A residual network for x `[n, 3, 32, 32]` -> logits `[n, 10]`; takes any size, as every stride comes with padding. */
export class ResNetCifar extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly linear: Linear;
  readonly #name: string;

  /** `blocks` is how many each stage has, the paper's n. */
  constructor(name: string, blocks: number, options: ResNetCifarOptions = {}) {
    super();
    const { classes, input } = dimensions(name, options, { classes: 10, channels: 3, size: 32, least: 1 });
    const block = (from: number, to: number, stride: number) =>
      new CifarBlock(from, to, { stride, weightInit, shortcut: options.shortcut ?? "A" });
    const [channels] = input;
    this.#name = name;
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = imagenet;
    this.conv1 = convolution(3, channels, 16, 1, weightInit);
    this.bn1 = new BatchNorm2d(16);
    this.layer1 = stage(blocks, block, [16, 16, 1]);
    this.layer2 = stage(blocks, block, [16, 32, 2]);
    this.layer3 = stage(blocks, block, [32, 64, 2]);
    this.linear = new Linear(64, classes, { weightInit, biasInit: zeros() });
  }

  override forward(x: Value): Value {
    expectChannels(this.#name, x, this.input[0]);
    const { conv1, bn1, layer1, layer2, layer3, linear } = this;
    return run(x, conv1, bn1, relu, layer1, layer2, layer3, globalAvgPooling, flatten, linear);
  }
}

/** A basic block that calls its shortcut as the published weights do. */
class CifarBlock extends PlainBlock {
  readonly shortcut: Layer;

  constructor(from: number, to: number, options: BlockOptions & { readonly shortcut: Shortcut }) {
    super(from, to, options);
    this.shortcut = shortcut(from, to, options);
  }

  override forward(x: Value): Value {
    const kept = run(x, this.shortcut);
    return relu(add(this.residual(x), kept));
  }
}

/** 269,722 parameters; 8.75 % error on CIFAR-10 in the paper. */
export function resnet20_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet20_cifar", 3, options);
}

/** 464,154 parameters; 7.51 % error on CIFAR-10 in the paper. */
export function resnet32_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet32_cifar", 5, options);
}

/** 658,586 parameters; 7.17 % error on CIFAR-10 in the paper. */
export function resnet44_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet44_cifar", 7, options);
}

/** 853,018 parameters; 6.97 % error on CIFAR-10 in the paper. */
export function resnet56_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet56_cifar", 9, options);
}

/** 1,727,962 parameters; 6.43 % error on CIFAR-10 in the paper, which starts it at a tenth of the learning rate. */
export function resnet110_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet110_cifar", 18, options);
}

/** 19,421,274 parameters; 7.93 % error on CIFAR-10 in the paper: it learns, but no better than 110 layers. */
export function resnet1202_cifar(options: ResNetCifarOptions = {}): ResNetCifar {
  return new ResNetCifar("resnet1202_cifar", 200, options);
}

/** What this file gives the registry. */
export const resnetCifarEntries: Readonly<
  Record<
    | "resnet20_cifar"
    | "resnet32_cifar"
    | "resnet44_cifar"
    | "resnet56_cifar"
    | "resnet110_cifar"
    | "resnet1202_cifar",
    ModelEntry
  >
> = {
  resnet20_cifar: cifarEntry("resnet20_cifar", 20, resnet20_cifar),
  resnet32_cifar: cifarEntry("resnet32_cifar", 32, resnet32_cifar),
  resnet44_cifar: cifarEntry("resnet44_cifar", 44, resnet44_cifar),
  resnet56_cifar: cifarEntry("resnet56_cifar", 56, resnet56_cifar),
  resnet110_cifar: cifarEntry("resnet110_cifar", 110, resnet110_cifar),
  resnet1202_cifar: cifarEntry("resnet1202_cifar", 1202, resnet1202_cifar),
};

function cifarEntry(name: string, layers: number, create: ModelEntry["create"]): ModelEntry {
  const about = `ResNet of ${layers} layers for CIFAR, shortcuts without parameters (option A)`;
  return resnetEntry(name, "paper", about, create, [3, 32, 32]);
}
