import { logSoftmax } from "../../../src/ops/loss.ts";
import { type Case, type ConformanceOf, polynomial, smooth } from "../case.ts";
import { between, bytes, labels, made, scalar, some } from "../operands.ts";

const once = { none: "training needs first derivatives only" };

interface Resizing {
  readonly name: string;
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly to: readonly [height: number, width: number];
}

const resizings: readonly Resizing[] = [
  { name: "2x3 to 4x5", x: [2, 3, 2, 3], to: [4, 5] },
  { name: "28x28 to 32x32", x: [1, 1, 28, 28], to: [32, 32] },
  { name: "32x20 to 13x29, 16 channels", x: [2, 16, 32, 20], to: [13, 29] },
  { name: "1x1 to 3x3", x: [1, 17, 1, 1], to: [3, 3] },
  { name: "7x5 to 1x1", x: [1, 5, 7, 5], to: [1, 1] },
  { name: "to the same size", x: [1, 3, 4, 4], to: [4, 4] },
];
// The first by hand: 2 * 3 * 4 * 5 results of 8 operations.
const resizeFlops = 960;

export const otherCases: ConformanceOf<
  | "logSoftmax"
  | "logSoftmaxGrad"
  | "nllLoss"
  | "nllLossInputGrad"
  | "resize2d"
  | "resize2dInputGrad"
  | "squaredDistance"
  | "squaredDistanceGrad"
> = {
  logSoftmax: {
    gradient: smooth,
    cases: [
      { name: "3 samples, 10 classes", inputs: [between(-2, 2, 3, 10)], flops: 150 },
      { name: "1000 classes", inputs: [between(-2, 2, 2, 1000)] },
      { name: "1 class", inputs: [some(2, 1)] },
      { name: "exponentials that overflow", inputs: [between(90, 110, 4, 17)] },
      { name: "exponentials that vanish", inputs: [between(-300, 0, 4, 17)] },
    ],
  },
  logSoftmaxGrad: {
    gradient: once,
    cases: [
      { name: "3 samples, 10 classes", inputs: [some(3, 10), between(-4, 0, 3, 10)], flops: 120 },
      { name: "y made by logSoftmax", inputs: [some(2, 1000), made(some(2, 1000), (x) => logSoftmax(x))] },
      { name: "17 samples, 1 class", inputs: [some(17, 1), between(-1, 0, 17, 1)] },
    ],
  },
  nllLoss: {
    gradient: polynomial,
    cases: [
      { name: "3 samples, 10 classes", inputs: [between(-4, 0, 3, 10), labels(3, 10)], flops: 3 },
      { name: "1 sample, 1 class", inputs: [between(-4, 0, 1, 1), labels(1, 1)] },
      { name: "65 samples, 1000 classes", inputs: [between(-8, 0, 65, 1000), labels(65, 1000)] },
    ],
  },
  nllLossInputGrad: {
    gradient: once,
    cases: [
      {
        name: "3 samples, 10 classes",
        inputs: [scalar(1), labels(3, 10)],
        attrs: { shape: [3, 10] },
        flops: 3,
      },
      { name: "of a third of a loss", inputs: [scalar(0.3), labels(7, 33)], attrs: { shape: [7, 33] } },
    ],
  },
  resize2d: {
    gradient: polynomial,
    cases: resizings.flatMap((resizing): Case<"resize2d">[] => {
      const { name, x, to } = resizing;
      const attrs = { height: to[0], width: to[1] };
      return [
        { ...first(resizing), inputs: [some(...x)], attrs },
        { name: `u8, ${name}`, inputs: [bytes(...x)], attrs, gradientSkipped: "only f32 has gradients" },
      ];
    }),
  },
  resize2dInputGrad: {
    gradient: polynomial,
    cases: resizings.map((resizing): Case<"resize2dInputGrad"> => {
      const { x, to } = resizing;
      const attrs = { height: to[0], width: to[1], shape: x };
      return { ...first(resizing), inputs: [some(x[0], x[1], ...to)], attrs };
    }),
  },
  squaredDistance: {
    gradient: polynomial,
    cases: [
      { name: "2 samples, 3 centres, 5 dimensions", inputs: [some(2, 5), some(3, 5)], flops: 90 },
      { name: "16 samples, 10 centres, 84 dimensions", inputs: [some(16, 84), some(10, 84)] },
      { name: "1 sample, 1 centre, 1 dimension", inputs: [some(1, 1), some(1, 1)] },
    ],
  },
  squaredDistanceGrad: {
    gradient: once,
    cases: [
      {
        name: "2 samples, 3 centres, 5 dimensions",
        inputs: [some(2, 3), some(2, 5), some(3, 5)],
        flops: 150,
      },
      { name: "16 samples, 10 centres, 84 dimensions", inputs: [some(16, 10), some(16, 84), some(10, 84)] },
    ],
  },
};

function first(resizing: Resizing): { name: string; flops?: number } {
  const { name } = resizing;
  return resizing === resizings[0] ? { name, flops: resizeFlops } : { name };
}
