// Network in network. Lin, Chen, Yan, "Network in network", ICLR 2014, https://arxiv.org/abs/1312.4400.
//
// Characteristic: behind each convolution come two of 1x1, so that what slides over the picture is a small perceptron
// (the paper's mlpconv); and the last of them has a map a class, whose mean is the class's score: no full connections.
//
// The paper leaves the widths to the models that its authors released: `nin_cifar` for CIFAR-10, for CIFAR-100 by
// `classes: 100`, and `nin_imagenet`, which came later, for Caffe. As they have it, where many copies do not:
// - ReLU is behind every convolution, the last one too: scores are never negative, and a class whose map is 0 for every
//   picture gets no gradient any more
// - poolings round up, as Caffe does: 16x16 and 8x8 maps in `nin_cifar`, where rounding down gives 15x15 and 7x7
// - weights start by the fillers of the Caffe models, biases at 0. `nin_cifar`'s N(0, 0.05) is for whitened pictures of
//   about unit variance, which the data set's own normalisation comes near; `nin_imagenet`'s for pixels of 0 to 255 less
//   the mean colour
//
// `nin_cifar` starts slowly: Caffe's recipe gives it a rate of 0.1, and its last convolution a tenth of that.
//
// Deviation: the mean is over the whole map, whatever the picture's size; the models' windows of 8x8 and 6x6 are that
// for 32x32, and for 224x224 and 227x227. Parameter paths are Caffe's names: conv1, cccp1 (cascaded cross channel
// parametric pooling, the 1x1 convolutions) and so on, without the widths in the last three of `nin_imagenet`.

import type { Value } from "../ir/graph.ts";
import type { Classifier, Normalization, OutputKind } from "../nn/classifier.ts";
import { normal, zeros } from "../nn/init.ts";
import { Conv2d, Dropout } from "../nn/layers.ts";
import { type Layer, type Member, Module } from "../nn/module.ts";
import { avgPooling, globalAvgPooling, maxPooling } from "../nn/pooling.ts";
import { run } from "../nn/sequential.ts";
import { relu } from "../ops/activation.ts";
import { flatten } from "../ops/shape.ts";
import type { Form, ModelEntry } from "./entry.ts";
import { centredPixels } from "./imagenet.ts";
import { dimensions, expectChannels, type ModelOptions } from "./options.ts";

/** A convolution, two of 1x1 behind it, and what makes their maps smaller. */
interface Mlpconv {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  /** Of the three convolutions. */
  readonly filters: readonly [number, number, number];
  /** The standard deviations that the three start with. Default 0.05. */
  readonly stds?: readonly [number, number, number];
  readonly pooling: Layer;
  /** Whether half of what the pooling puts out is dropped in training. Default false. */
  readonly dropout?: boolean;
}

/** What tells one of the family from another. */
interface NinForm {
  readonly name: string;
  readonly classes: number;
  readonly size: number;
  /** The smallest side that the poolings leave something of. */
  readonly least: number;
  readonly normalization?: Normalization;
  readonly blocks: (classes: number) => readonly Mlpconv[];
}

/** A network in network. x `[n, 3, h, w]` -> scores `[n, classes]`, none of them negative. */
export class Nin extends Module implements Classifier {
  readonly classes: number;
  readonly input: Classifier["input"];
  readonly output: OutputKind = "logits";
  readonly normalization?: Normalization;
  readonly #form: NinForm;
  readonly #members: ReadonlyMap<string, Module>;
  readonly #layers: readonly Layer[];

  constructor(form: NinForm, options: ModelOptions = {}) {
    super();
    const { classes, input } = dimensions(form.name, options, { channels: 3, ...form });
    this.classes = classes;
    this.input = input;
    if (form.normalization) this.normalization = form.normalization;
    this.#form = form;
    const members = new Map<string, Module>();
    const layers: Layer[] = [];
    const add = (name: string, module: Module) => {
      members.set(name, module);
      layers.push(module);
    };
    let [from] = input;
    for (const [index, block] of form.blocks(classes).entries()) {
      const { filters, stds = [0.05, 0.05, 0.05], pooling, dropout = false, ...window } = block;
      for (const [place, to] of filters.entries()) {
        const name = place === 0 ? `conv${index + 1}` : `cccp${2 * index + place}`;
        const starting = { weightInit: normal(stds[place] ?? 0), biasInit: zeros() };
        add(name, new Conv2d(from, to, { ...(place === 0 ? window : { kernel: 1 }), ...starting }));
        layers.push(relu);
        from = to;
      }
      layers.push(pooling);
      if (dropout) add(`drop${index + 1}`, new Dropout(options.dropout === false ? 0 : 0.5));
    }
    this.#members = members;
    this.#layers = layers;
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    yield* this.#members;
  }

  override forward(x: Value): Value {
    expectChannels(this.#form.name, x, this.input[0], this.#form.least);
    return run(x, ...this.#layers, flatten);
  }
}

const maximum = maxPooling(3, { stride: 2, ceil: true });
const average = avgPooling(3, { stride: 2, ceil: true });

const cifar: NinForm = {
  name: "nin_cifar",
  classes: 10,
  size: 32,
  least: 4,
  blocks: (classes) => [
    { kernel: 5, padding: 2, filters: [192, 160, 96], pooling: maximum, dropout: true },
    { kernel: 5, padding: 2, filters: [192, 192, 192], pooling: average, dropout: true },
    { kernel: 3, padding: 1, filters: [192, 192, classes], pooling: globalAvgPooling },
  ],
};

const cautious = [0.01, 0.05, 0.05] as const;
const imagenet: Omit<NinForm, "normalization"> = {
  name: "nin_imagenet",
  classes: 1000,
  size: 224,
  least: 39,
  blocks: (classes) => [
    { kernel: 11, stride: 4, filters: [96, 96, 96], stds: cautious, pooling: maximum },
    { kernel: 5, padding: 2, filters: [256, 256, 256], pooling: maximum },
    { kernel: 3, padding: 1, filters: [384, 384, 384], stds: cautious, pooling: maximum, dropout: true },
    {
      kernel: 3,
      padding: 1,
      filters: [1024, 1024, classes],
      stds: [0.05, 0.05, 0.01],
      pooling: globalAvgPooling,
    },
  ],
};

/** For CIFAR-10: 966,986 parameters; 984,356 for the hundred classes of CIFAR-100. */
export function nin_cifar(options: ModelOptions = {}): Nin {
  return new Nin(cifar, options);
}

/** For ImageNet: 7,595,176 parameters. Takes 224x224 as well as Caffe's 227x227. */
export function nin_imagenet(options: ModelOptions = {}): Nin {
  const { channels = 3 } = options;
  return new Nin({ ...imagenet, normalization: centredPixels(channels) }, options);
}

/** What this file gives the registry. */
export const ninEntries: Readonly<Record<"nin_cifar" | "nin_imagenet", ModelEntry>> = {
  nin_cifar: entry(
    "nin_cifar",
    "paper",
    "Network in network for CIFAR, as its authors released it",
    [3, 32, 32],
    nin_cifar,
  ),
  nin_imagenet: entry(
    "nin_imagenet",
    "caffe",
    "Network in network for ImageNet, as its authors released it",
    [3, 224, 224],
    nin_imagenet,
  ),
};

function entry(
  name: string,
  form: Form,
  about: string,
  input: ModelEntry["input"],
  create: ModelEntry["create"],
): ModelEntry {
  const paper = { title: "Network in network", url: "https://arxiv.org/abs/1312.4400" };
  return { name, form, about, year: 2013, paper, input, create };
}
