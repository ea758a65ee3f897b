import type { Value } from "../../src/ir/graph.ts";
import { relu } from "../../src/ops/activation.ts";
import { adaptiveAvgPool2d } from "../../src/ops/adaptivePool.ts";
import { add, affine } from "../../src/ops/arithmetic.ts";
import { type ConvAttrs, conv2d } from "../../src/ops/conv.ts";
import { linear } from "../../src/ops/linear.ts";
import { localResponseNorm } from "../../src/ops/localResponseNorm.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import { maxPool2d } from "../../src/ops/pool.ts";
import { flatten, pad } from "../../src/ops/shape.ts";
import type { Chain } from "./chains.ts";
import type { Draft } from "./draft.ts";
import { labels, some } from "./operands.ts";

// Ops between convolutions, whose values lie in blocks of channels: whole blocks, a rest, less than one.

const response = { size: 5, alpha: 0.02, beta: 0.75, k: 2 };
const subsampling = { kernel: [1, 1], stride: [2, 2], padding: [0, 0, 0, 0], ceil: false } as const;

/** A chain from `from` through a convolution to `width` channels, `body`, and another convolution, with all gradients. */
function between(
  name: string,
  { from = 3, width, size }: { from?: number; width: number; size: number },
  body: (x: Value) => Value,
): Chain {
  return {
    name: `${name}, ${width} channels`,
    build: (draft) => {
      const x = draft.input("x", some(2, from, size, size));
      const weights: Record<string, Value> = {};
      const y = body(relu(conv(draft, weights, "before", x, width)));
      const features = flatten(conv(draft, weights, "after", y, 16));
      weights.full = draft.input("full", some(4, features.type.shape[1] ?? 0));
      const logits = affine(linear(features, weights.full), { scale: [0.02], shift: [0] });
      const loss = nllLoss(logSoftmax(logits), draft.input("labels", labels(2, 4)));
      draft.output({ y, loss });
      draft.outputGradients(loss, { x, ...weights });
    },
  };
}

function conv(draft: Draft, weights: Record<string, Value>, name: string, x: Value, filters: number): Value {
  const weight = draft.input(name, some(filters, x.type.shape[1] ?? 0, 3, 3));
  weights[name] = weight;
  return conv2d(x, weight, { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 });
}

const shortcut = (before: number, after: number) => (x: Value) =>
  pad(maxPool2d(x, subsampling)[0], { before: [0, before, 0, 0], after: [0, after, 0, 0], value: 0 });

const widths = [5, 16, 20, 48];

export const blockChains: readonly Chain[] = [
  ...widths.flatMap((width) => [
    between("local response norm", { width, size: 7 }, (x) => localResponseNorm(x, response)),
    between("windows that share a map out", { width, size: 7 }, (x) =>
      adaptiveAvgPool2d(x, { height: 3, width: 5 }),
    ),
    between("a scaled residual", { width, size: 5 }, (x) => add(x, affine(x, { scale: [0.2], shift: [0] }))),
    between("every second pixel and as many zero channels behind", { width, size: 6 }, shortcut(0, width)),
  ]),
  between("every second pixel, zero channels on both sides", { width: 16, size: 5 }, shortcut(8, 8)),
  between("every second pixel, a block of zero channels in front", { width: 20, size: 5 }, shortcut(16, 4)),
  between("local response norm of the longest tiles", { width: 32, size: 23 }, (x) =>
    localResponseNorm(x, response),
  ),
  {
    name: "8 filters a channel of a picture, padded as SAME pads, then 1x1",
    build: (draft) => {
      const x = draft.input("x", some(2, 3, 16, 16));
      const depthwise = draft.input("depthwise", some(24, 1, 7, 7));
      const pointwise = draft.input("pointwise", some(20, 24, 1, 1));
      const attrs: ConvAttrs = { stride: [2, 2], padding: [2, 2, 3, 3], dilation: [1, 1], groups: 3 };
      const a = conv2d(x, depthwise, attrs);
      const b = conv2d(a, pointwise, { ...attrs, stride: [1, 1], padding: [0, 0, 0, 0], groups: 1 });
      const full = draft.input("full", some(4, 20 * 64));
      const logits = affine(linear(flatten(b), full), { scale: [0.01], shift: [0] });
      const loss = nllLoss(logSoftmax(logits), draft.input("labels", labels(2, 4)));
      draft.output({ a, loss });
      draft.outputGradients(loss, { x, depthwise, pointwise, full });
    },
  },
];
