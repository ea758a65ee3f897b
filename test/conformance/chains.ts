import type { Value } from "../../src/ir/graph.ts";
import { relu, sigmoid, tanh } from "../../src/ops/activation.ts";
import { add, affine, constant, mul } from "../../src/ops/arithmetic.ts";
import { addChannels, dotChannels, scaleChannels, sumChannels } from "../../src/ops/channels.ts";
import { type ConvAttrs, conv2d } from "../../src/ops/conv.ts";
import { squaredDistance } from "../../src/ops/distance.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { linear } from "../../src/ops/linear.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import { avgPool2d, maxPool2d, type PoolAttrs } from "../../src/ops/pool.ts";
import { resize2d } from "../../src/ops/resize.ts";
import { concat, flatten, gatherRows, pad, reshape, slice } from "../../src/ops/shape.ts";
import { sgdUpdate } from "../../src/ops/update.ts";
import { gradients } from "../../src/passes/grad.ts";
import type { Draft } from "./draft.ts";
import { bytes, labels, random, scalar, some } from "./operands.ts";

/**
 * A small program of several ops: engines keep values in layouts of their own, so what one op leaves behind the next
 * has to understand, and what leaves the program has to be in row-major order again.
 */
export interface Chain {
  readonly name: string;
  readonly build: (draft: Draft) => void;
}

const conv = (padding = 0, more: Partial<ConvAttrs> = {}): ConvAttrs => ({
  stride: [1, 1],
  padding: [padding, padding, padding, padding],
  dilation: [1, 1],
  groups: 1,
  ...more,
});
const pool = (kernel: number, stride: number, padding = 0): PoolAttrs => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding, padding, padding],
  ceil: false,
});

/** conv + bias + relu with weights of `draft`, which the caller may differentiate by. */
function block(
  draft: Draft,
  name: string,
  x: Value,
  filters: number,
  kernel: number,
  more?: Partial<ConvAttrs>,
) {
  const channels = x.type.shape[1] ?? 0;
  const depth = channels / (more?.groups ?? 1);
  const weight = draft.input(`${name}.weight`, some(filters, depth, kernel, kernel));
  const bias = draft.input(`${name}.bias`, some(filters));
  const y = relu(addChannels(conv2d(x, weight, conv((kernel - 1) / 2, more)), bias));
  return { y, weights: { [`${name}.weight`]: weight, [`${name}.bias`]: bias } };
}

/** The mean negative log-likelihood of a full connection on `x`, scaled down so that the softmax does not saturate. */
function lossOn(draft: Draft, x: Value, classes: number) {
  const features = flatten(x);
  const weight = draft.input("fc.weight", some(classes, features.type.shape[1] ?? 0));
  const bias = draft.input("fc.bias", some(classes));
  const logits = addChannels(linear(affine(features, { scale: [0.05], shift: [0] }), weight), bias);
  const logp = logSoftmax(logits);
  const loss = nllLoss(logp, draft.input("labels", labels(x.type.shape[0] ?? 0, classes)));
  return { loss, logp, weights: { "fc.weight": weight, "fc.bias": bias } };
}

/** Two convolutions side by side, joined, then another one and a full connection, with all gradients. */
function branches(n: number, [from, left, right, to]: readonly [number, number, number, number]) {
  return (draft: Draft): void => {
    const x = draft.input("x", some(n, from, 6, 7));
    const a = block(draft, "a", x, left, 1);
    const b = block(draft, "b", x, right, 3);
    const c = block(draft, "c", concat(a.y, b.y, { axis: 1 }), to, 3);
    const { loss, logp, weights } = lossOn(draft, c.y, 10);
    draft.output({ loss, logp });
    draft.outputGradients(loss, { x, ...a.weights, ...b.weights, ...c.weights, ...weights });
  };
}

export const chains: readonly Chain[] = [
  { name: "branches of odd channels join, then conv and linear", build: branches(2, [3, 5, 6, 10]) },
  { name: "branches of 16 channels join, then conv and linear", build: branches(2, [16, 16, 32, 16]) },
  { name: "branches of 12 and 20 channels join to 32, batch 1", build: branches(1, [8, 12, 20, 24]) },
  {
    name: "an Inception block and global average pooling",
    build: (draft) => {
      const x = draft.input("x", some(2, 24, 7, 7));
      const a = block(draft, "1x1", x, 16, 1);
      const b1 = block(draft, "3x3 reduce", x, 12, 1);
      const b2 = block(draft, "3x3", b1.y, 20, 3);
      const c1 = block(draft, "5x5 reduce", x, 4, 1);
      const c2 = block(draft, "5x5", c1.y, 8, 5);
      const d = block(draft, "pool proj", maxPool2d(x, pool(3, 1, 1))[0], 8, 1);
      const y = concat(a.y, b2.y, c2.y, d.y, { axis: 1 });
      const { loss, weights } = lossOn(draft, avgPool2d(y, { ...pool(7, 1), countPadding: true }), 5);
      draft.output({ y, loss });
      draft.outputGradients(loss, { ...weights, ...a.weights, ...b1.weights, ...b2.weights });
      draft.outputGradients(loss, { ...c1.weights, ...c2.weights, ...d.weights, x });
    },
  },
  {
    name: "slices across blocks of channels go into convolutions",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(2, 5, 5, 5)), 40, 3);
      const low = slice(a.y, { axis: 1, start: 0, size: 13 });
      const high = slice(a.y, { axis: 1, start: 13, size: 27 });
      const b = block(draft, "b", low, 16, 3);
      const c = block(draft, "c", high, 16, 1);
      const { loss, weights } = lossOn(draft, add(b.y, c.y), 4);
      draft.output({ low, high, loss });
      draft.outputGradients(loss, { ...a.weights, ...b.weights, ...c.weights, ...weights });
    },
  },
  {
    name: "a value between two convolutions is also an output, under two names",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(2, 3, 6, 6)), 20, 3);
      const b = block(draft, "b", a.y, 7, 3);
      draft.output({ between: a.y, again: a.y, end: b.y });
    },
  },
  {
    name: "a value with three readers gets the sum of their gradients",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(2, 4, 6, 6)), 16, 3);
      const b = block(draft, "b", a.y, 16, 3);
      const c = block(draft, "c", a.y, 16, 1);
      const { loss, weights } = lossOn(draft, add(a.y, b.y, c.y), 6);
      draft.output({ loss });
      draft.outputGradients(loss, { ...a.weights, ...b.weights, ...c.weights, ...weights });
    },
  },
  {
    name: "depthwise and pointwise convolutions with a shortcut",
    build: (draft) => {
      const x = draft.input("x", some(2, 24, 6, 6));
      const a = block(draft, "depthwise", x, 24, 3, { groups: 24 });
      const b = block(draft, "pointwise", a.y, 24, 1);
      const { loss, weights } = lossOn(draft, add(x, b.y), 3);
      draft.output({ loss });
      draft.outputGradients(loss, { x, ...a.weights, ...b.weights, ...weights });
    },
  },
  {
    name: "pooling between convolutions, the maximum after relu",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(2, 3, 13, 13)), 20, 5);
      const small = maxPool2d(a.y, { ...pool(3, 2), ceil: true })[0];
      const b = block(draft, "b", small, 16, 3);
      const { loss, weights } = lossOn(draft, avgPool2d(b.y, { ...pool(2, 2), countPadding: false }), 4);
      draft.output({ small, loss });
      draft.outputGradients(loss, { ...a.weights, ...b.weights, ...weights });
    },
  },
  {
    name: "features become maps and features again",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(2, 16, 4, 4)), 20, 3);
      const row = reshape(a.y, { shape: [2, 320] });
      const b = block(draft, "b", reshape(row, { shape: [2, 5, 8, 8] }), 17, 3);
      const half = reshape(b.y, { shape: [4, 17 * 32] });
      draft.output({ row, half, channels: sumChannels(a.y), dots: dotChannels(a.y, a.y) });
    },
  },
  {
    name: "dropout between convolution and full connection, on row-major indices",
    build: (draft) => {
      const key = draft.input("random", random(5, 9));
      const a = block(draft, "a", draft.input("x", some(2, 3, 6, 6)), 20, 3);
      const maps = dropout(a.y, key, { p: 0.3, salt: 1 });
      const { loss, weights } = lossOn(draft, dropout(flatten(maps), key, { p: 0.5, salt: 2 }), 7);
      draft.output({ maps, loss });
      draft.outputGradients(loss, { ...a.weights, ...weights });
    },
  },
  {
    name: "u8 pictures are cut, padded, normalised and convolved",
    build: (draft) => {
      const images = draft.input("images", bytes(2, 3, 8, 9));
      const crop = slice(slice(images, { axis: 2, start: 1, size: 6 }), { axis: 3, start: 2, size: 6 });
      const framed = pad(crop, { before: [0, 0, 1, 1], after: [0, 0, 2, 0], value: 128 });
      const x = affine(framed, { scale: [1 / 58, 1 / 57, 1 / 57], shift: [-2.1, -2.0, -1.8] });
      draft.output({
        framed,
        y: block(draft, "a", x, 16, 3).y,
        grown: resize2d(images, { height: 13, width: 7 }),
      });
    },
  },
  {
    name: "resized maps go through convolutions on both sides",
    build: (draft) => {
      const a = block(draft, "a", draft.input("x", some(1, 3, 5, 6)), 16, 3);
      const b = block(draft, "b", resize2d(a.y, { height: 9, width: 8 }), 5, 3);
      const { loss, weights } = lossOn(draft, b.y, 3);
      draft.output({ loss });
      draft.outputGradients(loss, { ...a.weights, ...b.weights, ...weights });
    },
  },
  {
    name: "LeNet-5's parts: trainable subsampling, tanh, gathered weights, distances",
    build: (draft) => {
      const x = draft.input("x", some(2, 1, 12, 12));
      const weight = draft.input("weight", some(6, 1, 5, 5));
      const coefficient = draft.input("coefficient", some(6));
      const maps = tanh(conv2d(x, weight, conv()));
      const means = avgPool2d(maps, { ...pool(2, 2), countPadding: true });
      const subsampled = sigmoid(scaleChannels(means, coefficient));
      const centres = draft.input("centres", some(3, 96));
      const all = gatherRows(centres, { rows: [2, -1, 0, 1] });
      const distances = squaredDistance(flatten(subsampled), all);
      const logp = logSoftmax(affine(distances, { scale: [-0.05], shift: [0] }));
      const loss = nllLoss(logp, draft.input("labels", labels(2, 4)));
      draft.output({ distances, loss });
      draft.outputGradients(loss, { weight, coefficient, centres });
    },
  },
  {
    name: "operands that are read twice, and once more after",
    build: (draft) => {
      const x = draft.input("x", some(3, 33));
      const t = tanh(x);
      const square = mul(t, t);
      draft.output({
        x,
        t,
        square,
        twice: add(square, square),
        sum: add(x, t, constant(draft.graph, [3, 33], 0.5)),
      });
    },
  },
  {
    name: "states change after the run, from what they held during it",
    build: (draft) => {
      const a = draft.state("a", some(2, 5));
      const b = draft.state("b", some(2, 5));
      const c = draft.state("c", some(2, 5));
      const sum = add(a, draft.input("x", some(2, 5)));
      draft.graph.update(a, b);
      draft.graph.update(b, a);
      draft.graph.update(c, sum);
      draft.output({ a, c, sum, scaled: affine(b, { scale: [2], shift: [1] }) });
    },
  },
  {
    name: "weights of states, read in several layouts, and scaled ones",
    build: (draft) => {
      const weight = draft.state("weight", some(16, 8, 3, 3));
      const full = draft.state("full", some(16, 256));
      const factors = draft.state("factors", some(72));
      const scaled = reshape(scaleChannels(reshape(weight, { shape: [16, 72] }), factors), {
        shape: [16, 8, 3, 3],
      });
      const x = draft.input("x", some(2, 16, 6, 6));
      const grouped = conv2d(x, weight, conv(1, { groups: 2 }));
      const narrow = slice(x, { axis: 1, start: 2, size: 8 });
      const y = add(grouped, conv2d(narrow, scaled, conv(1)), conv2d(narrow, weight, conv(1)));
      const b = conv2d(y, reshape(full, { shape: [16, 16, 4, 4] }), conv());
      const logits = linear(
        flatten(maxPool2d(y, pool(2, 2))[0]),
        slice(full, { axis: 1, start: 0, size: 144 }),
      );
      draft.output({
        y,
        scaled,
        b,
        logits,
        moved: addChannels(y, slice(factors, { axis: 0, start: 5, size: 16 })),
      });
    },
  },
  {
    name: "training steps move weights and velocities",
    build: (draft) => {
      const rate = draft.input("rate", scalar(0.05));
      const x = draft.input("x", some(4, 3, 6, 6));
      const shapes = { weight: [20, 3, 3, 3], bias: [20], "fc.weight": [5, 320] };
      const states = Object.entries(shapes).map(([name, shape]) => draft.state(name, some(...shape)));
      const velocities = Object.entries(shapes).map(([name, shape]) =>
        draft.state(`${name} v`, some(...shape)),
      );
      const [weight, bias, full] = states;
      if (!weight || !bias || !full) throw new Error("three states");
      const maps = relu(addChannels(conv2d(x, weight, conv()), bias));
      const logits = affine(linear(flatten(maps), full), { scale: [0.1], shift: [0] });
      const loss = nllLoss(logSoftmax(logits), draft.input("labels", labels(4, 5)));
      gradients(loss, states).forEach((gradient, i) => {
        const [w, v] = [states[i], velocities[i]];
        if (!w || !v) throw new Error("a velocity a state");
        const attrs = { momentum: 0.9, weightDecay: 1e-3, nesterov: i === 2 };
        const [newW, newV] = sgdUpdate(w, v, gradient, rate, attrs);
        draft.graph.update(w, newW);
        draft.graph.update(v, newV);
      });
      draft.output({ loss });
    },
  },
];
