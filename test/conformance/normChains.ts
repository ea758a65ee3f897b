import type { Value } from "../../src/ir/graph.ts";
import { relu } from "../../src/ops/activation.ts";
import { add, affine } from "../../src/ops/arithmetic.ts";
import { batchNorm, batchNormScale } from "../../src/ops/batchNorm.ts";
import { addChannels, scaleChannels } from "../../src/ops/channels.ts";
import { conv2d } from "../../src/ops/conv.ts";
import { linear } from "../../src/ops/linear.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import { avgPool2d } from "../../src/ops/pool.ts";
import { flatten } from "../../src/ops/shape.ts";
import { movingAverage } from "../../src/ops/update.ts";
import type { Chain } from "./chains.ts";
import type { Draft } from "./draft.ts";
import { between, labels, some } from "./operands.ts";

type Weights = Record<string, Value>;

/** A convolution without bias; its weight joins `weights`. */
function conv(
  draft: Draft,
  weights: Weights,
  name: string,
  x: Value,
  filters: number,
  kernel = 3,
  stride = 1,
) {
  const weight = draft.input(name, some(filters, x.type.shape[1] ?? 0, kernel, kernel));
  weights[name] = weight;
  const p = (kernel - 1) / 2;
  return conv2d(x, weight, {
    stride: [stride, stride],
    padding: [p, p, p, p],
    dilation: [1, 1],
    groups: 1,
  });
}

/** Batch norm by the batch, with running statistics that follow. */
function norm(draft: Draft, weights: Weights, name: string, x: Value): Value {
  const c = x.type.shape[1] ?? 0;
  const gamma = draft.input(`${name} gamma`, between(0.5, 1.5, c));
  const beta = draft.input(`${name} beta`, some(c));
  Object.assign(weights, { [`${name} gamma`]: gamma, [`${name} beta`]: beta });
  const [y, mean, variance] = batchNorm(x, gamma, beta, { eps: 1e-3 });
  for (const [statistic, value] of Object.entries({ mean, variance })) {
    const running = draft.state(`${name} running ${statistic}`, some(c));
    draft.graph.update(running, movingAverage(running, value, { decay: 0.9, gain: 0.1 }));
  }
  return y;
}

function lossOn(draft: Draft, weights: Weights, x: Value): Value {
  const [, , h = 1, w = 1] = x.type.shape;
  const whole = { kernel: [h, w], stride: [1, 1], padding: [0, 0, 0, 0], ceil: false } as const;
  const features = flatten(avgPool2d(x, { ...whole, countPadding: true }));
  const weight = draft.input("fc", some(5, features.type.shape[1] ?? 0));
  weights.fc = weight;
  const logp = logSoftmax(affine(linear(features, weight), { scale: [0.1], shift: [0] }));
  return nllLoss(logp, draft.input("labels", labels(x.type.shape[0] ?? 0, 5)));
}

/** Batch norm by fixed statistics. */
function fixed(draft: Draft, name: string, x: Value): Value {
  const c = x.type.shape[1] ?? 0;
  const [gamma, beta, mean] = ["gamma", "beta", "mean"].map((part) =>
    draft.state(`${name} ${part}`, some(c)),
  );
  if (!gamma || !beta || !mean) throw new Error("three states");
  const variance = draft.state(`${name} variance`, between(0.5, 2, c));
  const [scale, shift] = batchNormScale(gamma, beta, mean, variance, { eps: 1e-5 });
  return addChannels(scaleChannels(x, scale), shift);
}

export const normChains: readonly Chain[] = [
  ...[3, 20].map((channels) => ({
    name: `a residual block of ${channels} channels and one that halves, in training`,
    build: (draft: Draft) => {
      const weights: Weights = {};
      const x = draft.input("x", some(3, channels, 6, 5));
      const a = relu(norm(draft, weights, "a", conv(draft, weights, "conv a", x, channels)));
      const b = norm(draft, weights, "b", conv(draft, weights, "conv b", a, channels));
      const first = relu(add(b, x));
      const wide = 2 * channels;
      const shortcut = norm(draft, weights, "s", conv(draft, weights, "conv s", first, wide, 1, 2));
      const c = relu(norm(draft, weights, "c", conv(draft, weights, "conv c", first, wide, 3, 2)));
      const d = norm(draft, weights, "d", conv(draft, weights, "conv d", c, wide));
      const second = relu(add(d, shortcut));
      const loss = lossOn(draft, weights, second);
      draft.output({ loss, second });
      draft.outputGradients(loss, { x, ...weights });
    },
  })),
  {
    name: "a shortcut that comes last, and a normalised sum without ReLU",
    build: (draft) => {
      const weights: Weights = {};
      const x = draft.input("x", some(2, 16, 5, 5));
      const a = norm(draft, weights, "a", conv(draft, weights, "conv a", x, 16));
      const shortcut = conv(draft, weights, "conv s", x, 16, 1);
      const b = relu(add(a, shortcut));
      const c = add(norm(draft, weights, "c", conv(draft, weights, "conv c", b, 16)), b);
      const loss = lossOn(draft, weights, c);
      draft.output({ loss, c });
      draft.outputGradients(loss, { x, ...weights });
    },
  },
  {
    name: "batch norm in evaluation, with and without a bias in front of it, and a residual",
    build: (draft) => {
      const x = draft.input("x", some(2, 3, 7, 7));
      const weight = draft.state("weight", some(20, 3, 3, 3));
      const bias = draft.state("bias", some(20));
      const other = draft.state("other", some(20, 20, 3, 3));
      const last = draft.state("last", some(20, 20, 1, 1));
      const same = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
      const a = relu(fixed(draft, "a", addChannels(conv2d(x, weight, same), bias)));
      const b = fixed(draft, "b", conv2d(a, other, same));
      const c = relu(add(b, a));
      const d = fixed(draft, "d", conv2d(c, last, { ...same, padding: [0, 0, 0, 0] }));
      draft.output({ c, d, e: fixed(draft, "e", d) });
    },
  },
];
