// ResNet for ImageNet as published, and the plain networks that the paper compares it with. He, Zhang, Ren, Sun, "Deep
// residual learning for image recognition", CVPR 2016, https://arxiv.org/abs/1512.03385, section 4.1 and table 1.
//
// Characteristic, next to torchvision's form (`resnet.ts`), whose names and shapes these have:
// - shortcuts of 18 and 34 layers have no parameters: option A pads new channels with zeros (table 2), so that a
//   residual network has exactly as many parameters as the plain one
// - the stride of a bottleneck is on its first 1x1 convolution (v1), which saves 0.23 G multiply-adds
// - everything with weights starts by He's rule (2015) for the fan in, biases at 0
// - pixels are not scaled, only centred
//
// Deviations:
// - the paper centres by a mean picture, here it is the mean colour
// - the released models' running statistics are exact averages over a large batch, here they are moving averages
//
// Without shortcuts the deeper network is the worse one: table 2 has 27.94 % top-1 error (10 crops) for plain-18 and
// 28.54 % for plain-34, but 27.88 % for ResNet-18 and 25.03 % for ResNet-34.

import { heNormalFanIn, zeros } from "../nn/init.ts";
import type { ModelEntry } from "./entry.ts";
import { centredPixels } from "./imagenet.ts";
import type { ModelOptions } from "./options.ts";
import { BasicBlock, Bottleneck, PlainBlock } from "./residual.ts";
import { type Depth, isDeep, ResNet, type ResNetForm, resnetEntry } from "./resnet.ts";

/** 11,515,688 parameters; option A. */
export function resnet18_paper(options: ModelOptions = {}): ResNet {
  return residual("resnet18_paper", 18, options);
}

/** 21,623,848 parameters; option A. */
export function resnet34_paper(options: ModelOptions = {}): ResNet {
  return residual("resnet34_paper", 34, options);
}

/** 25,557,032 parameters; stride on the first 1x1. */
export function resnet50_paper(options: ModelOptions = {}): ResNet {
  return residual("resnet50_paper", 50, options);
}

/** 44,549,160 parameters; stride on the first 1x1. */
export function resnet101_paper(options: ModelOptions = {}): ResNet {
  return residual("resnet101_paper", 101, options);
}

/** 60,192,808 parameters; stride on the first 1x1. */
export function resnet152_paper(options: ModelOptions = {}): ResNet {
  return residual("resnet152_paper", 152, options);
}

/** ResNet-18 without shortcuts: the parameters and the arithmetic of `resnet18_paper`. */
export function plain18(options: ModelOptions = {}): ResNet {
  return plain("plain18", 18, options);
}

/** ResNet-34 without shortcuts: the parameters and the arithmetic of `resnet34_paper`. */
export function plain34(options: ModelOptions = {}): ResNet {
  return plain("plain34", 34, options);
}

const weightInit = heNormalFanIn();

function residual(name: string, depth: Depth, options: ModelOptions): ResNet {
  return published(name, depth, options, (from, to, stride) =>
    isDeep(depth)
      ? new Bottleneck(from, to, { stride, weightInit, strided: "1x1" })
      : new BasicBlock(from, to, { stride, weightInit, shortcut: "A" }),
  );
}

function plain(name: string, depth: 18 | 34, options: ModelOptions): ResNet {
  return published(
    name,
    depth,
    options,
    (from, to, stride) => new PlainBlock(from, to, { stride, weightInit }),
  );
}

function published(name: string, depth: Depth, options: ModelOptions, block: ResNetForm["block"]): ResNet {
  const normalization = centredPixels(options.channels ?? 3);
  const linear = { weightInit, biasInit: zeros() };
  return new ResNet({ name, depth, block, weightInit, linear, normalization }, options);
}

/** What this file gives the registry. */
export const resnetPaperEntries: Readonly<
  Record<
    | "plain18"
    | "plain34"
    | "resnet18_paper"
    | "resnet34_paper"
    | "resnet50_paper"
    | "resnet101_paper"
    | "resnet152_paper",
    ModelEntry
  >
> = {
  plain18: resnetEntry(
    "plain18",
    "baseline",
    "ResNet-18 without its shortcuts, the paper's control",
    plain18,
  ),
  plain34: resnetEntry(
    "plain34",
    "baseline",
    "ResNet-34 without its shortcuts, the paper's control",
    plain34,
  ),
  resnet18_paper: resnetEntry(
    "resnet18_paper",
    "paper",
    "ResNet of 18 layers, shortcuts without parameters (option A)",
    resnet18_paper,
  ),
  resnet34_paper: resnetEntry(
    "resnet34_paper",
    "paper",
    "ResNet of 34 layers, shortcuts without parameters (option A)",
    resnet34_paper,
  ),
  resnet50_paper: resnetEntry(
    "resnet50_paper",
    "paper",
    "ResNet of 50 layers, bottlenecks with the stride on the first 1x1 (v1)",
    resnet50_paper,
  ),
  resnet101_paper: resnetEntry(
    "resnet101_paper",
    "paper",
    "ResNet of 101 layers, bottlenecks with the stride on the first 1x1 (v1)",
    resnet101_paper,
  ),
  resnet152_paper: resnetEntry(
    "resnet152_paper",
    "paper",
    "ResNet of 152 layers, bottlenecks with the stride on the first 1x1 (v1)",
    resnet152_paper,
  ),
};
