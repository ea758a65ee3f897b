// The network of table 1 in Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception architecture for computer
// vision", CVPR 2016, https://arxiv.org/abs/1512.00567, which the paper calls Inception-v2. It is not BN-Inception
// (`inceptionV2.ts`), and not the Inception V3 whose weights were released (`inceptionV3.ts`). No weights of it were ever
// published.
//
// Characteristic: a stem of 3x3 convolutions in place of GoogLeNet's 7x7, and on each size of map a module factored in
// another way: 5x5 into two 3x3 on 35x35 (figure 5), 7x7 into 1x7 and 7x1 on 17x17 (figure 6), and 3x3 spread over 1x3
// beside 3x1 on 8x8 (figure 7).
//
// The table gives sizes and the number of modules, but no filters within them. Chosen here:
// - modules and reductions have V3's filters, which add up to the table's 288, 768, 1280 and 2048 channels; where V3
//   has a 5x5 convolution, the 3x3 of figure 5
// - two reductions stand between the table's rows of three, five and two modules, as the paper's text says; V3 has four
//   modules in the middle, and the fifth has the filters of the fourth
// - the convolution in front of the modules is padded: the table has 35x35 on both sides of it
// - the auxiliary head, for which the paper gives a place but no layers, and dropout, which it doesn't mention, are left
//   out
// The paper counts 42 layers: 6 in the stem, 3 modules of 3, 4 of 5 and 2 of 3, and the last. Five modules in the middle
// and two reductions make it 54 on the longest path. It has 26.4 million parameters and takes 6.5 G multiply-adds, where
// the abstract says less than 25 million and 5 G; V3, with four modules in the middle, has 23.8 million and 5.7 G.
//
// Parameter paths continue torchvision's for V3: Conv2d_4b_3x3, Mixed_6f.branch7x7_1.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { truncatedNormal } from "../nn/init.ts";
import { Linear } from "../nn/layers.ts";
import { Module } from "../nn/module.ts";
import { globalAvgPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { flatten } from "../ops/shape.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { plusMinusOne } from "./imagenet.ts";
import { type Branch, InceptionModule } from "./inceptionModule.ts";
import { average, factored7x7, maximum, reduction8, reduction17, spread3x3 } from "./inceptionV3Modules.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "inception_v2_rethinking";
// Five strides without padding leave one pixel of 75.
const least = 75;
const weightInit = truncatedNormal(0.1);
const options = { kernel: 3, weightInit };

/** Figure 5: 1x1 | 3x3 | 3x3 twice | pooling, 1x1. */
const figure5: readonly Branch[] = [
  [["branch1x1", 64, 1]],
  [
    ["branch3x3_1", 48, 1],
    ["branch3x3_2", 64, 3],
  ],
  [
    ["branch3x3dbl_1", 64, 1],
    ["branch3x3dbl_2", 96, 3],
    ["branch3x3dbl_3", 96, 3],
  ],
  [average, ["branch_pool", 64, 1]],
];

const mixed = (from: number, branches: readonly Branch[]) =>
  new InceptionModule(from, branches, { weightInit });

/** Inception-v2 of the Rethinking paper. x `[n, 3, 299, 299]`, or any size from 75x75 -> `[n, 1000]` unless told otherwise. */
export class InceptionV2Rethinking extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization: Normalization = plusMinusOne;
  readonly Conv2d_1a_3x3: ConvNorm;
  readonly Conv2d_2a_3x3: ConvNorm = new ConvNorm(32, 32, options);
  readonly Conv2d_2b_3x3: ConvNorm = new ConvNorm(32, 64, { padding: 1, ...options });
  readonly Conv2d_3b_3x3: ConvNorm = new ConvNorm(64, 80, options);
  readonly Conv2d_4a_3x3: ConvNorm = new ConvNorm(80, 192, { stride: 2, ...options });
  readonly Conv2d_4b_3x3: ConvNorm = new ConvNorm(192, 288, { padding: 1, ...options });
  readonly Mixed_5b: InceptionModule = mixed(288, figure5);
  readonly Mixed_5c: InceptionModule = mixed(288, figure5);
  readonly Mixed_5d: InceptionModule = mixed(288, figure5);
  readonly Mixed_6a: InceptionModule = mixed(288, reduction17);
  readonly Mixed_6b: InceptionModule = mixed(768, factored7x7(128));
  readonly Mixed_6c: InceptionModule = mixed(768, factored7x7(160));
  readonly Mixed_6d: InceptionModule = mixed(768, factored7x7(160));
  readonly Mixed_6e: InceptionModule = mixed(768, factored7x7(192));
  readonly Mixed_6f: InceptionModule = mixed(768, factored7x7(192));
  readonly Mixed_7a: InceptionModule = mixed(768, reduction8);
  readonly Mixed_7b: InceptionModule = mixed(1280, spread3x3);
  readonly Mixed_7c: InceptionModule = mixed(2048, spread3x3);
  readonly fc: Linear;

  constructor(given: ModelOptions = {}) {
    super();
    const { classes, input } = dimensions(name, given, { classes: 1000, channels: 3, size: 299, least });
    this.classes = classes;
    this.input = input;
    this.Conv2d_1a_3x3 = new ConvNorm(input[0], 32, { stride: 2, ...options });
    this.fc = new Linear(2048, classes, { weightInit });
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0], least);
    const y2 = run(x, this.Conv2d_1a_3x3, this.Conv2d_2a_3x3, this.Conv2d_2b_3x3, maximum);
    const y4 = run(y2, this.Conv2d_3b_3x3, this.Conv2d_4a_3x3, this.Conv2d_4b_3x3);
    const y5 = run(y4, this.Mixed_5b, this.Mixed_5c, this.Mixed_5d, this.Mixed_6a);
    const y6 = run(y5, this.Mixed_6b, this.Mixed_6c, this.Mixed_6d, this.Mixed_6e, this.Mixed_6f);
    const y7 = run(y6, this.Mixed_7a, this.Mixed_7b, this.Mixed_7c);
    return run(y7, globalAvgPooling, flatten, this.fc);
  }
}

/** Inception-v2 by table 1 of the Rethinking paper: 26,405,192 parameters. */
export function inception_v2_rethinking(options: ModelOptions = {}): InceptionV2Rethinking {
  return new InceptionV2Rethinking(options);
}

/** What this file gives the registry. */
export const inceptionV2RethinkingEntries: Readonly<Record<"inception_v2_rethinking", ModelEntry>> = {
  inception_v2_rethinking: {
    name,
    form: "paper",
    about: "Inception-v2 by table 1 of the Rethinking paper, with V3's filters where it gives none",
    year: 2015,
    paper: {
      title: "Rethinking the Inception architecture for computer vision",
      url: "https://arxiv.org/abs/1512.00567",
    },
    input: [3, 299, 299],
    create: inception_v2_rethinking,
  },
};
