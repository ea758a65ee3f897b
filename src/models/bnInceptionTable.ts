// The modules of BN-Inception. Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing
// internal covariate shift", ICML 2015, https://arxiv.org/abs/1502.03167, figure 5.
//
// The figure contradicts itself. It prints 576 channels behind 4c and 4d and 1024 behind 4e, where its own branches add
// up to 608, 608 and 1056; and for the modules of stride 2, 3c and 4e, it prints the size in front of the stride. Caffe's
// reading keeps the branches (`inceptionV2.ts`), TensorFlow's keeps the sums (`inceptionV2Slim.ts`).

import type { Reduced } from "./googlenetTable.ts";

/** One module: 1x1 | 1x1, 3x3 | 1x1, 3x3, 3x3 | pooling, 1x1. */
export interface BnInceptionRow {
  readonly name: string;
  /** Of the modules of stride 2: no 1x1, and the pooling passes its channels through. */
  readonly halves: boolean;
  readonly one: number;
  readonly three: Reduced;
  readonly double: Reduced;
  readonly pooling: "average" | "max";
  readonly pooled: number;
}

/** The rows of figure 5, in the order of the network. The first module reads 192 channels. */
export const figure5: readonly BnInceptionRow[] = [
  row("3a", 64, [64, 64], [64, 96], "average", 32),
  row("3b", 64, [64, 96], [64, 96], "average", 64),
  row("3c", 0, [128, 160], [64, 96], "max", 0),
  row("4a", 224, [64, 96], [96, 128], "average", 128),
  row("4b", 192, [96, 128], [96, 128], "average", 128),
  row("4c", 160, [128, 160], [128, 160], "average", 128),
  row("4d", 96, [128, 192], [160, 192], "average", 128),
  row("4e", 0, [128, 192], [192, 256], "max", 0),
  row("5a", 352, [192, 320], [160, 224], "average", 128),
  row("5b", 352, [192, 320], [192, 224], "max", 128),
];

/** The channels behind a module that reads `from`. */
export function widthOf({ halves, one, three, double, pooled }: BnInceptionRow, from: number): number {
  return one + three[1] + double[1] + (halves ? from : pooled);
}

function row(
  name: string,
  one: number,
  three: Reduced,
  double: Reduced,
  pooling: "average" | "max",
  pooled: number,
): BnInceptionRow {
  return { name, halves: one === 0, one, three, double, pooling, pooled };
}
