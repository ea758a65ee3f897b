// The modules of Inception V3 as released, by torchvision's names, most of which the table of its paper has too. Szegedy,
// Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception architecture for computer vision", CVPR 2016,
// https://arxiv.org/abs/1512.00567, figures 5 to 7 and 10.

import type { Layer } from "../nn/module.ts";
import { avgPooling, maxPooling } from "../nn/pooling.ts";
import { type Branch, halving } from "./inceptionModule.ts";

/** The pooling of stride 2 between the sizes of maps. */
export const maximum: Layer = maxPooling(3, { stride: 2 });

/** The pooling inside the modules, which counts the padding. */
export const average: Layer = avgPooling(3, { stride: 1, padding: 1 });

/** To 17x17: 3x3 | 3x3 twice | pooling. */
export const reduction17: readonly Branch[] = [
  [["branch3x3", 384, 3, halving]],
  [
    ["branch3x3dbl_1", 64, 1],
    ["branch3x3dbl_2", 96, 3],
    ["branch3x3dbl_3", 96, 3, halving],
  ],
  [maximum],
];

/** On 17x17: 1x1 | 7x7 in two factors of `c7` channels | 7x7 twice, in factors | pooling, 1x1. */
export const factored7x7 = (c7: number): readonly Branch[] => [
  [["branch1x1", 192, 1]],
  [
    ["branch7x7_1", c7, 1],
    ["branch7x7_2", c7, [1, 7]],
    ["branch7x7_3", 192, [7, 1]],
  ],
  [
    ["branch7x7dbl_1", c7, 1],
    ["branch7x7dbl_2", c7, [7, 1]],
    ["branch7x7dbl_3", c7, [1, 7]],
    ["branch7x7dbl_4", c7, [7, 1]],
    ["branch7x7dbl_5", 192, [1, 7]],
  ],
  [average, ["branch_pool", 192, 1]],
];

/** To 8x8: 3x3 | 7x7 in factors, 3x3 | pooling. */
export const reduction8: readonly Branch[] = [
  [
    ["branch3x3_1", 192, 1],
    ["branch3x3_2", 320, 3, halving],
  ],
  [
    ["branch7x7x3_1", 192, 1],
    ["branch7x7x3_2", 192, [1, 7]],
    ["branch7x7x3_3", 192, [7, 1]],
    ["branch7x7x3_4", 192, 3, halving],
  ],
  [maximum],
];

/** On 8x8: 1x1 | 1x3 beside 3x1 | 3x3, 1x3 beside 3x1 | pooling, 1x1. */
export const spread3x3: readonly Branch[] = [
  [["branch1x1", 320, 1]],
  [
    ["branch3x3_1", 384, 1],
    {
      fork: [
        ["branch3x3_2a", 384, [1, 3]],
        ["branch3x3_2b", 384, [3, 1]],
      ],
    },
  ],
  [
    ["branch3x3dbl_1", 448, 1],
    ["branch3x3dbl_2", 384, 3],
    {
      fork: [
        ["branch3x3dbl_3a", 384, [1, 3]],
        ["branch3x3dbl_3b", 384, [3, 1]],
      ],
    },
  ],
  [average, ["branch_pool", 192, 1]],
];
