// The configurations of the VGG paper that torchvision lacks. Simonyan, Zisserman, "Very deep convolutional networks for
// large-scale image recognition", ICLR 2015, https://arxiv.org/abs/1409.1556, table 1. `vgg.ts` has the others.
//
// - A-LRN is A with AlexNet's local response normalisation behind the first convolution: the paper's evidence that it
//   only costs memory and time here (29.7 % top-1 error, where A without it has 29.6)
// - C is B with a third convolution of 1x1 in the last three blocks: more ReLUs, no wider view. D, with 3x3 in their
//   place, is better, so what the third convolution sees matters, not just that it is there
//
// Deviations:
// - weights start by Glorot's uniform rule, which the paper says does without its own way: A from random numbers, and
//   the first and last layers of deeper networks from A
// - average pooling to 7x7 in front of the head, as in torchvision: the identity at 224
//
// As in the paper, the input is the pixel, 0 to 255, less the mean colour: the constants of A-LRN belong to that range.

import { glorot } from "../nn/init.ts";
import type { ModelEntry } from "./entry.ts";
import { centredPixels } from "./imagenet.ts";
import type { ModelOptions } from "./options.ts";
import { Vgg, type VggForm, vggEntry } from "./vgg.ts";

/** Configuration A-LRN: 132,863,336 parameters, as A. */
export function vgg11_lrn_paper(options: ModelOptions = {}): Vgg {
  return paper({ name: "vgg11_lrn_paper", configuration: "A", norm: "local" }, options);
}

/** Configuration C: 133,638,952 parameters. */
export function vgg16c_paper(options: ModelOptions = {}): Vgg {
  return paper({ name: "vgg16c_paper", configuration: "C" }, options);
}

function paper(form: Pick<VggForm, "name" | "configuration" | "norm">, options: ModelOptions): Vgg {
  const { channels = 3 } = options;
  const starting = { convolutionInit: glorot(), linearInit: glorot() };
  return new Vgg({ ...form, ...starting, normalization: centredPixels(channels) }, options);
}

/** What this file gives the registry. */
export const vggPaperEntries: Readonly<Record<"vgg11_lrn_paper" | "vgg16c_paper", ModelEntry>> = {
  vgg11_lrn_paper: vggEntry(
    "vgg11_lrn_paper",
    "paper",
    "VGG of 11 layers with local response normalisation, A-LRN",
    vgg11_lrn_paper,
  ),
  vgg16c_paper: vggEntry(
    "vgg16c_paper",
    "paper",
    "VGG of 16 layers, three of them 1x1, the paper's configuration C",
    vgg16c_paper,
  ),
};
