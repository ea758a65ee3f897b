// BN-Inception as TensorFlow's slim library reads it, under the name of Inception V2. Ioffe, Szegedy, "Batch
// normalization: accelerating deep network training by reducing internal covariate shift", ICML 2015,
// https://arxiv.org/abs/1502.03167, figure 5.
//
// Characteristic, next to Caffe's reading (`inceptionV2.ts`):
// - 4c and 4d project their pooling to 96 channels, not 128, so that the printed sums of 576 and 1024 are right
// - the first convolution is separable as in the paper: 7x7 with eight filters a channel, then 1x1
// - no biases in front of batch norm, whose eps is 1e-3
// - TensorFlow's SAME padding everywhere, which averages leave out
// - dropout takes 20 % in front of the last layer, where the paper's fastest recipe has none
//
// Departures from slim: batch norm has a gamma (slim's weights have none: take 1), running averages take a tenth of
// each batch (slim: 0.0003, for runs of millions of steps), and there is no class for the background.
//
// Parameter paths are slim's scopes, with `conv` and `bn` for what its variables are called, and one letter further than
// the paper: 3a is Mixed_3b, 5b is Mixed_5c.

import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { Branches, NamedSequential } from "../nn/branches.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { type Initializer, truncatedNormal, zeros } from "../nn/init.ts";
import { Conv2d, Dropout } from "../nn/layers.ts";
import { type Layer, Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import { type BnInceptionRow, figure5, widthOf } from "./bnInceptionTable.ts";
import { ConvNorm } from "./convNorm.ts";
import type { ModelEntry } from "./entry.ts";
import { plusMinusOne } from "./imagenet.ts";
import { type Dimensions, dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "inception_v2_slim";

/** Figure 5 with the projections that give the sums it prints. */
const rows: readonly BnInceptionRow[] = figure5.map((row) =>
  row.name === "4c" || row.name === "4d" ? { ...row, pooled: 96 } : row,
);
const names = ["3b", "3c", "4a", "4b", "4c", "4d", "4e", "5a", "5b", "5c"];

/** Normal with the variance 2 / fan in before it is truncated at two deviations, which takes a factor of 1.3 off. */
const scaled: Initializer = (shape, key) =>
  truncatedNormal(Math.sqrt((1.3 * 2) / size(shape.slice(1))))(shape, key);
const same = { padding: "same" } as const;
const halving = maxPooling(3, { stride: 2, ...same });

/** Inception V2, slim's form. x `[n, 3, 224, 224]`, or any size -> `[n, 1000]` unless told otherwise. */
export class InceptionV2Slim extends NamedSequential implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization: Normalization = plusMinusOne;

  constructor(options: ModelOptions = {}) {
    const made = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least: 1 });
    super(layersOf(made, options.dropout ?? true));
    this.classes = made.classes;
    this.input = made.input;
  }

  override forward(x: Value): Value {
    expectChannels(name, x, this.input[0]);
    return run(super.forward(x), flatten);
  }
}

function layersOf({ classes, input: [channels] }: Dimensions, dropout: boolean): Record<string, Layer> {
  const layers: Record<string, Layer> = {
    Conv2d_1a_7x7: new SeparableConvNorm(channels, 64),
    MaxPool_2a_3x3: halving,
    Conv2d_2b_1x1: new ConvNorm(64, 64, { kernel: 1, weightInit: truncatedNormal(0.1) }),
    Conv2d_2c_3x3: new ConvNorm(64, 192, { kernel: 3, weightInit: scaled, ...same }),
    MaxPool_3a_3x3: halving,
  };
  let from = 192;
  for (const [index, row] of rows.entries()) {
    layers[`Mixed_${names[index]}`] = new Mixed(row, from);
    from = widthOf(row, from);
  }
  layers.Logits = new NamedSequential({
    AvgPool_1a_7x7: globalAvgPooling,
    Dropout_1b: new Dropout(dropout ? 0.2 : 0),
    Conv2d_1c_1x1: new Conv2d(from, classes, { kernel: 1, weightInit: scaled, biasInit: zeros() }),
  });
  return layers;
}

/** A 7x7 convolution of stride 2 in two: eight filters for each channel by itself, then 1x1 across channels. */
class SeparableConvNorm extends Module {
  readonly depthwise: Conv2d;
  readonly pointwise: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(from: number, to: number) {
    super();
    const options = { bias: false, weightInit: truncatedNormal(1) };
    this.depthwise = new Conv2d(from, 8 * from, { kernel: 7, stride: 2, groups: from, ...options, ...same });
    this.pointwise = new Conv2d(8 * from, to, { kernel: 1, ...options });
    this.bn = new BatchNorm2d(to, { eps: 1e-3 });
  }

  override forward(x: Value): Value {
    return run(x, this.depthwise, this.pointwise, this.bn, relu);
  }
}

/** 1x1 | 1x1, 3x3 | 1x1, 3x3, 3x3 | pooling, 1x1; or, of stride 2, without the 1x1 by itself and behind the pooling. */
class Mixed extends Branches {
  constructor({ halves, one, three, double, pooling, pooled }: BnInceptionRow, from: number) {
    const conv1x1 = (to: number, weightInit = scaled) => new ConvNorm(from, to, { kernel: 1, weightInit });
    const reduce = (to: number) => conv1x1(to, truncatedNormal(0.09));
    const conv3x3 = (to: readonly [number, number], stride = 1) =>
      new ConvNorm(to[0], to[1], { kernel: 3, stride, weightInit: scaled, ...same });
    const again = [double[1], double[1]] as const;
    if (halves) {
      super({
        Branch_0: new NamedSequential({ Conv2d_0a_1x1: reduce(three[0]), Conv2d_1a_3x3: conv3x3(three, 2) }),
        Branch_1: new NamedSequential({
          Conv2d_0a_1x1: reduce(double[0]),
          Conv2d_0b_3x3: conv3x3(double),
          Conv2d_1a_3x3: conv3x3(again, 2),
        }),
        Branch_2: new NamedSequential({ MaxPool_1a_3x3: halving }),
      });
      return;
    }
    const pool =
      pooling === "max"
        ? { MaxPool_0a_3x3: maxPooling(3, { stride: 1, ...same }) }
        : { AvgPool_0a_3x3: avgPooling(3, { stride: 1, countPadding: false, ...same }) };
    super({
      Branch_0: new NamedSequential({ Conv2d_0a_1x1: conv1x1(one) }),
      Branch_1: new NamedSequential({ Conv2d_0a_1x1: reduce(three[0]), Conv2d_0b_3x3: conv3x3(three) }),
      Branch_2: new NamedSequential({
        Conv2d_0a_1x1: reduce(double[0]),
        Conv2d_0b_3x3: conv3x3(double),
        Conv2d_0c_3x3: conv3x3(again),
      }),
      Branch_3: new NamedSequential({ ...pool, Conv2d_0b_1x1: conv1x1(pooled, truncatedNormal(0.1)) }),
    });
  }
}

/** Inception V2 as slim builds it: 11,188,288 parameters. */
export function inception_v2_slim(options: ModelOptions = {}): InceptionV2Slim {
  return new InceptionV2Slim(options);
}

/** What this file gives the registry. */
export const inceptionV2SlimEntries: Readonly<Record<"inception_v2_slim", ModelEntry>> = {
  inception_v2_slim: {
    name,
    form: "slim",
    about: "BN-Inception with the sums its paper prints, 576 and 1024, and a separable stem",
    year: 2015,
    paper: {
      title: "Batch normalization: accelerating deep network training by reducing internal covariate shift",
      url: "https://arxiv.org/abs/1502.03167",
    },
    input: [3, 224, 224],
    create: inception_v2_slim,
  },
};
