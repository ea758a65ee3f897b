// BN-Inception, the network that batch normalisation was published with and the first to be called Inception V2, as
// Caffe users read it. Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing internal
// covariate shift", ICML 2015, https://arxiv.org/abs/1502.03167, figure 5.
//
// Characteristic, next to GoogLeNet: batch norm in front of every ReLU, two 3x3 convolutions in place of a 5x5, and
// poolings by average inside the modules; modules of stride 2 halve the maps. No local response normalisation, no
// dropout.
//
// Departures from the paper, as in the published Caffe model and Cadene's port of it to PyTorch:
// - 4c, 4d and 4e have the channels that their branches add up to (608, 608, 1056), not those printed
// - the first convolution is dense, where the paper's is separable
// - convolutions keep their biases, which batch norm makes idle
// - poolings of stride 2 round up, and the average counts the padding
// - there are no auxiliary heads, which the paper, that starts from GoogLeNet, doesn't mention
// - what PyTorch starts layers with, as the port does; running averages take a tenth of each batch
//
// The published weights expect channels as blue, green, red: `keyMaps.ts` turns the input channels of conv1_7x7_s2 round.
//
// Parameter paths are those of the port: inception_3a_3x3_reduce, inception_3a_3x3_reduce_bn, last_linear.

import { present, ShapeError, UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { Conv2d, type ConvOptions, Linear } from "../nn/layers.ts";
import { type Layer, type Member, Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { concat, flatten } from "../ops/shape.ts";
import { type BnInceptionRow, figure5, widthOf } from "./bnInceptionTable.ts";
import type { ModelEntry } from "./entry.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

const name = "inception_v2";
const least = 31;
const halving = maxPooling(3, { stride: 2, ceil: true });
const poolings = {
  average: avgPooling(3, { stride: 1, padding: 1 }),
  max: maxPooling(3, { stride: 1, padding: 1 }),
};
const one = { kernel: 1 };
const three = { kernel: 3, padding: 1 };

/**
 * BN-Inception. x `[n, 3, 224, 224]`, or other sides that halve evenly, such as multiples of 32 -> `[n, 1000]` unless
 * told otherwise.
 */
export class InceptionV2 extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  /** Every convolution and its batch norm by the convolution's name. */
  readonly #units = new Map<string, { readonly conv: Conv2d; readonly bn: BatchNorm2d }>();
  readonly last_linear: Linear;

  constructor(options: ModelOptions = {}) {
    super();
    const { classes, input } = dimensions(name, options, { classes: 1000, channels: 3, size: 224, least });
    const [channels, height, width] = input;
    for (const side of [height, width])
      if (!halvesEvenly(side)) throw new UsageError(`${name}: ${uneven(side)}`);
    this.classes = classes;
    this.input = input;
    if (channels === 3) this.normalization = { mean: [128 / 255, 117 / 255, 104 / 255], std: [1 / 255] };
    this.#add("conv1_7x7_s2", channels, 64, { kernel: 7, stride: 2, padding: 3 });
    this.#add("conv2_3x3_reduce", 64, 64, one);
    this.#add("conv2_3x3", 64, 192, three);
    let from = 192;
    for (const row of figure5) {
      this.#addModule(row, from);
      from = widthOf(row, from);
    }
    this.last_linear = new Linear(from, classes);
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    for (const [unit, { conv, bn }] of this.#units) {
      yield [unit, conv];
      yield [`${unit}_bn`, bn];
    }
    yield ["last_linear", this.last_linear];
  }

  override forward(x: Value): Value {
    for (const side of expectChannels(name, x, this.input[0], least))
      if (!halvesEvenly(side)) throw new ShapeError(name, uneven(side), [x.type]);
    const y1 = run(x, this.#unit("conv1_7x7_s2"), halving);
    const y2 = run(y1, this.#unit("conv2_3x3_reduce"), this.#unit("conv2_3x3"), halving);
    const y5 = figure5.reduce((y, row) => this.#module(row, y), y2);
    return run(y5, globalAvgPooling, flatten, this.last_linear);
  }

  #add(unit: string, from: number, to: number, options: ConvOptions): void {
    this.#units.set(unit, { conv: new Conv2d(from, to, options), bn: new BatchNorm2d(to) });
  }

  #addModule(row: BnInceptionRow, from: number): void {
    const at = `inception_${row.name}_`;
    const last = { ...three, stride: row.halves ? 2 : 1 };
    if (!row.halves) this.#add(`${at}1x1`, from, row.one, one);
    this.#add(`${at}3x3_reduce`, from, row.three[0], one);
    this.#add(`${at}3x3`, row.three[0], row.three[1], last);
    this.#add(`${at}double_3x3_reduce`, from, row.double[0], one);
    this.#add(`${at}double_3x3_1`, row.double[0], row.double[1], three);
    this.#add(`${at}double_3x3_2`, row.double[1], row.double[1], last);
    if (!row.halves) this.#add(`${at}pool_proj`, from, row.pooled, one);
  }

  #module({ name, halves, pooling }: BnInceptionRow, x: Value): Value {
    const at = (unit: string) => this.#unit(`inception_${name}_${unit}`);
    const views = [
      run(x, at("3x3_reduce"), at("3x3")),
      run(x, at("double_3x3_reduce"), at("double_3x3_1"), at("double_3x3_2")),
    ];
    if (halves) return concat(...views, run(x, halving), { axis: 1 });
    return concat(run(x, at("1x1")), ...views, run(x, poolings[pooling], at("pool_proj")), { axis: 1 });
  }

  #unit(unit: string): Layer {
    const { conv, bn } = present(this.#units.get(unit), `the network has a convolution ${unit}`);
    return (x) => run(x, conv, bn, relu);
  }
}

/** BN-Inception as Caffe users read its paper: 11,295,240 parameters. */
export function inception_v2(options: ModelOptions = {}): InceptionV2 {
  return new InceptionV2(options);
}

/** What this file gives the registry. */
export const inceptionV2Entries: Readonly<Record<"inception_v2", ModelEntry>> = {
  inception_v2: {
    name,
    form: "caffe",
    about: "BN-Inception with the channels its paper's branches add up to: 608, 608, 1056",
    year: 2015,
    paper: {
      title: "Batch normalization: accelerating deep network training by reducing internal covariate shift",
      url: "https://arxiv.org/abs/1502.03167",
    },
    input: [3, 224, 224],
    create: inception_v2,
  },
};

/** In 3c and 4e convolutions round up and poolings down: maps of an odd side would not stack. */
function halvesEvenly(side: number): boolean {
  return Math.floor(Math.ceil(side / 2) / 4) % 4 === 0;
}

function uneven(side: number): string {
  const below = Math.floor(side / 32) * 32;
  return `3c and 4e can't halve the maps of a side of ${side} pixels; multiples of 32, such as ${below} and ${below + 32}, will do`;
}
