import type { Shape } from "../../../src/ir/type.ts";
import { relu as reluOp } from "../../../src/ops/activation.ts";
import { type ConformanceOf, cornered, polynomial, smooth } from "../case.ts";
import { awayFromZero, between, bytes, made, random, scalar, some, tied } from "../operands.ts";

/** The first has 210 elements. */
const shapes: readonly Shape[] = [
  [2, 7, 3, 5],
  [2, 16, 3, 5],
  [1, 32, 2, 2],
  [3, 7],
  [16, 64],
  [9],
  [],
  [2, 3, 5],
  [5, 1003],
];

const once = { none: "training needs first derivatives only" };

/** A case for each shape; the first one's FLOPs are `flops`. */
function each<C>(flops: number, row: (shape: Shape) => C): (C & { name: string; flops?: number })[] {
  return shapes.map((shape, i) => ({
    name: `[${shape.join(",")}]`,
    ...(i === 0 ? { flops } : {}),
    ...row(shape),
  }));
}

export const elementwiseCases: ConformanceOf<
  | "add"
  | "affine"
  | "dropout"
  | "exp"
  | "fill"
  | "mul"
  | "relu"
  | "reluGrad"
  | "sgdUpdate"
  | "sigmoid"
  | "sigmoidGrad"
  | "tanh"
  | "tanhGrad"
> = {
  relu: {
    gradient: cornered,
    exact: true,
    cases: [
      ...each(210, (shape) => ({ inputs: [awayFromZero(...shape)] as const })),
      { name: "zeros", inputs: [tied(2, 16, 4, 4)], gradientSkipped: "relu has a corner at 0" },
    ],
  },
  reluGrad: {
    gradient: cornered,
    exact: true,
    cases: [
      ...each(210, (shape) => ({ inputs: [some(...shape), awayFromZero(...shape)] as const })),
      {
        name: "y made by relu",
        inputs: [some(2, 20, 4, 4), made(awayFromZero(2, 20, 4, 4), (x) => reluOp(x))],
        gradientSkipped: "y has zeros, where the gradient jumps",
      },
    ],
  },
  tanh: {
    gradient: smooth,
    cases: [
      ...each(210, (shape) => ({ inputs: [between(-2, 2, ...shape)] as const })),
      { name: "saturated", inputs: [between(-40, 40, 2, 5, 3, 3)] },
      { name: "near 0", inputs: [between(-1e-4, 1e-4, 2, 5, 3, 3)] },
    ],
  },
  exp: {
    gradient: smooth,
    cases: [
      ...each(210, (shape) => ({ inputs: [between(-2, 2, ...shape)] as const })),
      { name: "of log-probabilities", inputs: [between(-80, 0, 4, 33)] },
    ],
  },
  tanhGrad: {
    gradient: once,
    cases: each(630, (shape) => ({ inputs: [some(...shape), some(...shape)] as const })),
  },
  sigmoid: {
    gradient: smooth,
    cases: [
      ...each(840, (shape) => ({ inputs: [between(-2, 2, ...shape)] as const })),
      { name: "saturated", inputs: [between(-120, 120, 2, 5, 3, 3)] },
    ],
  },
  sigmoidGrad: {
    gradient: once,
    cases: each(630, (shape) => ({ inputs: [some(...shape), between(0, 1, ...shape)] as const })),
  },
  add: {
    gradient: polynomial,
    cases: [
      ...each(210, (shape) => ({ inputs: [some(...shape), some(...shape)] })),
      { name: "1 operand", inputs: [some(2, 5, 3, 3)] },
      { name: "3 operands", inputs: [some(2, 20, 3, 3), some(2, 20, 3, 3), some(2, 20, 3, 3)] },
      { name: "6 operands", inputs: Array.from({ length: 6 }, () => some(4, 33)) },
    ],
  },
  mul: {
    gradient: polynomial,
    exact: true,
    cases: each(210, (shape) => ({ inputs: [some(...shape), some(...shape)] as const })),
  },
  affine: {
    gradient: polynomial,
    cases: [
      ...each(420, (shape) => ({
        inputs: [some(...shape)] as const,
        attrs: { scale: [0.5], shift: [-0.25] },
      })),
      {
        name: "u8 pictures, a factor a channel",
        inputs: [bytes(2, 3, 5, 7)],
        attrs: { scale: [1 / 58, 1 / 57, 1 / 56], shift: [-2.1, -2.0, -1.8] },
      },
      { name: "u8, one factor", inputs: [bytes(2, 1, 6, 6)], attrs: { scale: [1 / 255], shift: [0] } },
      { name: "u8 rows", inputs: [bytes(3, 5)], attrs: { scale: [2], shift: [1, 2, 3, 4, 5] } },
      {
        name: "f32 pictures, a factor a channel, one summand",
        inputs: [some(2, 3, 4, 4)],
        attrs: { scale: [2, -3, 0.5], shift: [0.1] },
      },
      {
        name: "17 channels",
        inputs: [some(1, 17, 3, 3)],
        attrs: {
          scale: Array.from({ length: 17 }, (_, c) => c / 4 - 2),
          shift: Array.from({ length: 17 }, (_, c) => -c),
        },
      },
    ],
  },
  fill: {
    gradient: polynomial,
    exact: true,
    cases: [
      { name: "a batch", inputs: [], attrs: { shape: [2, 5, 3, 3], value: 1.5 }, flops: 0 },
      { name: "a scalar", inputs: [], attrs: { shape: [], value: -2 } },
      { name: "a vector", inputs: [], attrs: { shape: [33], value: 0 } },
    ],
  },
  dropout: {
    gradient: polynomial,
    cases: [
      ...each(210, (shape) => ({
        inputs: [some(...shape), random(7, 3)] as const,
        attrs: { p: 0.5, salt: 11 },
      })),
      { name: "p 0.4", inputs: [some(2, 20, 3, 3), random(7, 3)], attrs: { p: 0.4, salt: 12 } },
      { name: "p 0.9, another step", inputs: [some(2, 20, 3, 3), random(7, 4)], attrs: { p: 0.9, salt: 12 } },
      { name: "p 0", inputs: [some(2, 20, 3, 3), random(7, 4)], attrs: { p: 0, salt: 0 } },
      {
        name: "a negative seed",
        inputs: [some(4, 33), random(-2147483648, 2147483647)],
        attrs: { p: 0.5, salt: 0 },
      },
      { name: "a salt of 32 bits", inputs: [some(4, 33), random(1, 0)], attrs: { p: 0.5, salt: 4294967295 } },
    ],
  },
  sgdUpdate: {
    gradient: { none: "an update ends a training step" },
    cases: [
      ...each(1260, (shape) => ({
        inputs: [some(...shape), some(...shape), some(...shape), scalar(0.1)] as const,
        attrs: { momentum: 0.9, weightDecay: 2e-4, nesterov: false },
      })),
      {
        name: "no momentum",
        inputs: [some(6, 1, 5, 5), some(6, 1, 5, 5), some(6, 1, 5, 5), scalar(0.01)],
        attrs: { momentum: 0, weightDecay: 0, nesterov: false },
      },
      {
        name: "Nesterov",
        inputs: [some(20, 16, 3, 3), some(20, 16, 3, 3), some(20, 16, 3, 3), scalar(0.5)],
        attrs: { momentum: 0.9, weightDecay: 1e-3, nesterov: true },
      },
    ],
  },
};
