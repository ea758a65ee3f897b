// LeNet-5 as published. LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
// Proceedings of the IEEE 1998, section II-B, https://doi.org/10.1109/5.726791: 60,000 trainable parameters.
//
// Characteristic, next to the form of today (`lenet.ts`):
// - subsampling adds up four neighbours and has one trainable coefficient and one bias a map
// - a C3 map reads only some S2 maps (table I), so that the maps see different things
// - the activation f(a) = 1.7159 tanh(2a/3) has f(1) = 1: targets of +1 and -1 lie where it bends, not where it is flat
// - each output unit is the squared distance from F6 to a fixed picture of its digit: the smallest wins
// - weights start uniform within 2.4 / fan in, and pixels are scaled to mean about 0 and variance about 1
//
// Deviations:
// - `channels: 3` lets C1 read colour; fewer than ten classes take the first bitmaps
// - biases start like the weights of their unit; the paper does not tell them apart
//
// Parameter paths are the paper's names of the layers, in lower case, c1, s2, c3, s4, c5, f6, and rbf for the output
// units, since `output` is what their numbers mean.

import { UsageError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import type { Classifier, Normalization, OutputKind, Placement } from "../nn/classifier.ts";
import { fixed, type Initializer, uniformWithin } from "../nn/init.ts";
import { Conv2d, Linear } from "../nn/layers.ts";
import { Buffer, Module, Parameter } from "../nn/module.ts";
import { avgPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { traceOf } from "../nn/trace.ts";
import { tanh } from "../ops/activation.ts";
import { affine } from "../ops/arithmetic.ts";
import { addChannels, scaleChannels } from "../ops/channels.ts";
import { conv2d } from "../ops/conv.ts";
import { squaredDistance } from "../ops/distance.ts";
import { flatten, gatherRows, reshape } from "../ops/shape.ts";
import { bitmapSize, bitmaps } from "./bitmaps.ts";
import type { ModelEntry } from "./entry.ts";
import { dimensions, expectInput, type ModelOptions } from "./options.ts";

/** Table I of the paper: the S2 maps that each C3 map reads. */
export const c3Table: readonly (readonly number[])[] = [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 4],
  [3, 4, 5],
  [0, 4, 5],
  [0, 1, 5],
  [0, 1, 2, 3],
  [1, 2, 3, 4],
  [2, 3, 4, 5],
  [0, 3, 4, 5],
  [0, 1, 4, 5],
  [0, 1, 2, 5],
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

const name = "lenet5_paper";
const units = bitmapSize[0] * bitmapSize[1];

/** LeNet-5 of 1998. x `[n, 1, 32, 32]` -> squared distances `[n, 10]`. */
export class LeNet5Paper extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "distances";
  /** Background (0) becomes -0.1, ink (255) becomes 1.175. */
  readonly normalization: Normalization = { mean: [0.1 / 1.275], std: [1 / 1.275] };
  readonly placement: Placement = "centre";
  readonly c1: Conv2d;
  readonly s2: Subsampling;
  readonly c3: PartialConv2d;
  readonly s4: Subsampling;
  readonly c5: Conv2d;
  readonly f6: Linear;
  readonly rbf: EuclideanRbf;

  constructor(options: ModelOptions = {}) {
    super();
    const { classes, input } = dimensions(name, options, { classes: 10, channels: 1, size: 32, least: 1 });
    if (classes > bitmaps.length)
      throw new UsageError(`${name}: \`classes\` must be at most 10, one a digit's bitmap, not ${classes}`);
    if (input[1] !== 32 || input[2] !== 32)
      throw new UsageError(
        `${name}: \`size\` is 32, as C5 has 1x1 maps; it can't be ${input[1]}x${input[2]}`,
      );
    this.classes = classes;
    this.input = input;
    const [channels] = input;
    this.c1 = new Conv2d(channels, 6, { kernel: 5, ...starting(channels * 25) });
    this.s2 = new Subsampling(6);
    this.c3 = new PartialConv2d(6, c3Table, 5);
    this.s4 = new Subsampling(16);
    this.c5 = new Conv2d(16, 120, { kernel: 5, ...starting(16 * 25) });
    this.f6 = new Linear(120, units, starting(120));
    this.rbf = new EuclideanRbf(bitmaps.slice(0, classes));
  }

  override forward(x: Value): Value {
    expectInput(name, x, this);
    const { c1, s2, c3, s4, c5, f6, rbf } = this;
    const features = run(x, c1, squash, s2, squash, c3, squash, s4, squash, c5, squash);
    return run(flatten(features), f6, squash, rbf);
  }
}

/** Adds up each 2x2, times a coefficient, plus a bias, one of each a map. */
class Subsampling extends Module {
  readonly coefficient: Parameter;
  readonly bias: Parameter;

  constructor(maps: number) {
    super();
    const init = uniformWithin(bound(4));
    this.coefficient = new Parameter([maps], init);
    this.bias = new Parameter([maps], init);
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const sums = affine(run(x, avgPooling(2)), { scale: [4], shift: [0] });
    return addChannels(scaleChannels(sums, trace.valueOf(this.coefficient)), trace.valueOf(this.bias));
  }
}

/** A convolution whose output maps each read some of the input maps. There are weights only where `table` connects. */
class PartialConv2d extends Module {
  /** One kernel a connection, `[connections, 1, k, k]`, in the order of the table. */
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly #from: number;
  readonly #table: readonly (readonly number[])[];

  constructor(from: number, table: readonly (readonly number[])[], kernel: number) {
    super();
    this.#from = from;
    this.#table = table;
    const bounds = table.map((maps) => bound(maps.length * kernel * kernel));
    const connections = table.flatMap((maps, map) => maps.map(() => bounds[map] ?? 0));
    this.weight = new Parameter([connections.length, 1, kernel, kernel], rowsWithin(connections));
    this.bias = new Parameter([table.length], rowsWithin(bounds));
  }

  override forward(x: Value): Value {
    const trace = traceOf(x);
    const [, , kh = 1, kw = 1] = this.weight.shape;
    let connection = 0;
    const rows = this.#table.flatMap((maps) =>
      Array.from({ length: this.#from }, (_, map) => (maps.includes(map) ? connection++ : -1)),
    );
    const kernels = gatherRows(trace.valueOf(this.weight), { rows });
    const dense = reshape(kernels, { shape: [this.#table.length, this.#from, kh, kw] });
    const y = conv2d(x, dense, { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 });
    return addChannels(y, trace.valueOf(this.bias));
  }
}

/** The squared Euclidean distance of x to each of some fixed patterns. */
class EuclideanRbf extends Module {
  readonly centres: Buffer;

  constructor(centres: readonly (readonly number[])[]) {
    super();
    this.centres = new Buffer([centres.length, units], fixed(centres.flat()));
  }

  override forward(x: Value): Value {
    return squaredDistance(x, traceOf(x).valueOf(this.centres));
  }
}

/** LeNet-5 as published in 1998: 60,000 trainable parameters. */
export function lenet5_paper(options: ModelOptions = {}): LeNet5Paper {
  return new LeNet5Paper(options);
}

/** What this file gives the registry. */
export const lenetPaperEntries: Readonly<Record<"lenet5_paper", ModelEntry>> = {
  lenet5_paper: {
    name,
    form: "paper",
    about: "LeNet-5 as published: partial C3, trainable subsampling, RBF output units",
    year: 1998,
    paper: {
      title: "Gradient-based learning applied to document recognition",
      url: "https://doi.org/10.1109/5.726791",
    },
    input: [1, 32, 32],
    create: lenet5_paper,
  },
};

/** f(a) = 1.7159 tanh(2a/3). */
function squash(x: Value): Value {
  return affine(tanh(affine(x, { scale: [2 / 3], shift: [0] })), { scale: [1.7159], shift: [0] });
}

function bound(fanIn: number): number {
  return 2.4 / fanIn;
}

function starting(fanIn: number): { readonly weightInit: Initializer; readonly biasInit: Initializer } {
  return { weightInit: uniformWithin(bound(fanIn)), biasInit: uniformWithin(bound(fanIn)) };
}

/** Uniform within a bound of its own for each row (axis 0). */
function rowsWithin(bounds: readonly number[]): Initializer {
  return (shape, key) => {
    const length = size(shape) / bounds.length;
    return uniformWithin(1)(shape, key).map((x, i) => x * (bounds[Math.floor(i / length)] ?? 0));
  };
}
