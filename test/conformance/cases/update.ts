import { affine } from "../../../src/ops/arithmetic.ts";
import { conv2d } from "../../../src/ops/conv.ts";
import { type ConformanceOf, polynomial } from "../case.ts";
import { between, labels, made, type Operand, scalar, some } from "../operands.ts";

const ends = { none: "an update ends a training step" };
const once = { none: "training needs first derivatives only" };

/** The first by hand: 105 elements. */
const shapes = [[3, 5, 7], [20, 16, 3, 3], [1], [64, 300]] as const;

const gradientsOnly = { none: "it works on gradients, and training needs first derivatives only" };

function each(flops: number) {
  return shapes.map((shape, i) => ({
    name: shape.join("x"),
    inputs: [some(...shape)] as const,
    ...(i === 0 && { flops }),
  }));
}

/** What a convolution makes, in its own layout, which has places for more than five channels. */
const blocked = {
  name: "made by a convolution, 5 channels",
  inputs: [
    made(some(5, 3, 4, 4), (x) =>
      conv2d(x, x, { stride: [1, 1], padding: [2, 2, 2, 2], dilation: [1, 1], groups: 1 }),
    ),
  ] as const,
};

const squares = (...shape: readonly number[]): Operand => between(1.5, 2, ...shape);

export const updateCases: ConformanceOf<
  | "adamUpdate"
  | "clamp"
  | "clipFactor"
  | "emaUpdate"
  | "largestMagnitude"
  | "scale"
  | "squaredNorm"
  | "centeredRmspropUpdate"
  | "rmspropUpdate"
  | "softCrossEntropy"
  | "softCrossEntropyInputGrad"
> = {
  adamUpdate: {
    gradient: ends,
    cases: [
      ...shapes.map((shape, i) => ({
        name: `step ${i + 1} of ${shape.join("x")}`,
        inputs: [
          some(...shape),
          some(...shape),
          squares(...shape),
          some(...shape),
          scalar(0.1),
          scalar(i + 1),
        ] as const,
        attrs: { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, decoupled: false },
        ...(i === 0 && { flops: 1470 }),
      })),
      {
        name: "decoupled decay, step 100,000",
        inputs: [some(7, 9), some(7, 9), squares(7, 9), some(7, 9), scalar(0.1), scalar(100_000)],
        attrs: { beta1: 0.8, beta2: 0.99, eps: 0.1, weightDecay: 0.3, decoupled: true },
      },
    ],
  },
  emaUpdate: {
    gradient: ends,
    cases: [
      ...shapes.map((shape, i) => ({
        name: `step ${i + 1} of ${shape.join("x")}`,
        inputs: [some(...shape), some(...shape), scalar(i + 1)] as const,
        attrs: { decay: 0.99, warmup: false },
        ...(i === 0 && { flops: 315 }),
      })),
      {
        name: "warm-up",
        inputs: [some(40), some(40), scalar(5)],
        attrs: { decay: 0.99, warmup: true },
      },
      {
        name: "after the warm-up",
        inputs: [some(40), some(40), scalar(5000)],
        attrs: { decay: 0.99, warmup: true },
      },
    ],
  },
  clamp: {
    gradient: gradientsOnly,
    exact: true,
    cases: each(210).map((one) => ({ ...one, attrs: { most: 0.5 } })),
  },
  clipFactor: {
    gradient: gradientsOnly,
    cases: [
      { name: "longer", inputs: [scalar(25)], attrs: { most: 2 }, flops: 4 },
      { name: "shorter", inputs: [scalar(0.25)], attrs: { most: 2 } },
      { name: "nothing", inputs: [scalar(0)], attrs: { most: 2 } },
    ],
  },
  scale: {
    gradient: gradientsOnly,
    cases: [...each(105), blocked].map(({ inputs: [x], ...one }) => ({
      ...one,
      inputs: [x, scalar(0.3)] as const,
    })),
  },
  squaredNorm: { gradient: gradientsOnly, cases: [...each(210), blocked] },
  largestMagnitude: {
    gradient: { none: "it looks on and computes nothing" },
    cases: [
      ...each(210),
      blocked,
      { name: "infinity", inputs: [made(some(5, 7), (x) => affine(x, { scale: [3e38], shift: [3e38] }))] },
    ],
  },
  rmspropUpdate: {
    gradient: ends,
    cases: shapes.map((shape, i) => ({
      name: shape.join("x"),
      inputs: [some(...shape), squares(...shape), some(...shape), some(...shape), scalar(0.1)] as const,
      attrs: { alpha: 0.99, eps: 1e-3, momentum: 0.9, weightDecay: 0.01 },
      ...(i === 0 && { flops: 1365 }),
    })),
  },
  centeredRmspropUpdate: {
    gradient: ends,
    cases: shapes.map((shape, i) => ({
      name: shape.join("x"),
      inputs: [
        ...([some(...shape), squares(...shape), some(...shape)] as const),
        ...([some(...shape), some(...shape), scalar(0.1)] as const),
      ] as const,
      attrs: { alpha: 0.9, eps: 1e-3, momentum: 0.9, weightDecay: 0.01 },
      ...(i === 0 && { flops: 1890 }),
    })),
  },
  softCrossEntropy: {
    gradient: polynomial,
    cases: [
      {
        name: "labels, 3 samples, 10 classes",
        inputs: [between(-4, 0, 3, 10), labels(3, 10)],
        attrs: { smoothing: 0.1 },
        flops: 120,
      },
      { name: "one class", inputs: [between(-4, 0, 2, 1), labels(2, 1)], attrs: { smoothing: 0.5 } },
      {
        name: "distributions, 65 samples, 100 classes",
        inputs: [between(-8, 0, 65, 100), between(0, 0.02, 65, 100)],
        attrs: { smoothing: 0 },
        gradientSkipped: "no gradient flows to the targets, though the loss follows them",
      },
      {
        name: "smoothed distributions",
        inputs: [between(-8, 0, 5, 7), between(0, 1, 5, 7)],
        attrs: { smoothing: 0.2 },
        gradientSkipped: "no gradient flows to the targets, though the loss follows them",
      },
    ],
  },
  softCrossEntropyInputGrad: {
    gradient: once,
    cases: [
      {
        name: "labels, 3 samples, 10 classes",
        inputs: [scalar(1), labels(3, 10)],
        attrs: { smoothing: 0.1, shape: [3, 10] },
        flops: 90,
      },
      {
        name: "distributions, of a third of a loss",
        inputs: [scalar(0.3), between(0, 1, 7, 33)],
        attrs: { smoothing: 0.2, shape: [7, 33] },
      },
    ],
  },
};
