// The Inception modules of GoogLeNet. Szegedy et al., "Going deeper with convolutions", 2015,
// https://arxiv.org/abs/1409.4842, table 1. All forms of the network share these channels.
//
// Only the channels and sizes of the table are to be relied on. The parameters it prints for 4c, 4d, 4e, 5a and 5b, and
// the operations of 5a, do not follow from its own channels (5a: 1072K printed, 1018K true), and the row of the stem,
// 2.7K and 34M, is not that of a dense 7x7 convolution (9.2K and 118M) but exactly that of a separable one.

/** The channels of a branch of two convolutions: after the 1x1 that reduces, and after the large one. */
export type Reduced = readonly [reduce: number, out: number];

/** The channels of one module: in, 1x1, [1x1, 3x3], [1x1, 5x5], the 1x1 behind the pooling. */
export type InceptionRow = readonly [
  from: number,
  one: number,
  three: Reduced,
  five: Reduced,
  pooled: number,
];

export type InceptionName = "3a" | "3b" | "4a" | "4b" | "4c" | "4d" | "4e" | "5a" | "5b";

export const googlenetTable: Readonly<Record<InceptionName, InceptionRow>> = {
  "3a": [192, 64, [96, 128], [16, 32], 32],
  "3b": [256, 128, [128, 192], [32, 96], 64],
  "4a": [480, 192, [96, 208], [16, 48], 64],
  "4b": [512, 160, [112, 224], [24, 64], 64],
  "4c": [512, 128, [128, 256], [24, 64], 64],
  "4d": [512, 112, [144, 288], [32, 64], 64],
  "4e": [528, 256, [160, 320], [32, 128], 128],
  "5a": [832, 256, [160, 320], [32, 128], 128],
  "5b": [832, 384, [192, 384], [48, 128], 128],
};
