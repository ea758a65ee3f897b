import { expect, it } from "vitest";
import { first, run } from "./run.ts";

const plain = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const one = (h: number, w: number) => [1, 1, h, w];

// biome-ignore format: a picture
const picture = [
  1, 2, 3,
  4, 5, 6,
  7, 8, 9,
];

it("conv2d: the kernel is not flipped", async () => {
  expect(
    await first(
      "conv2d",
      [
        [one(3, 3), picture],
        [one(2, 2), [1, 0, 0, 10]],
      ],
      plain,
    ),
  ).toEqual([51, 62, 84, 95]);
});

it("conv2d: beyond the edge there are zeros", async () => {
  // biome-ignore format: a picture
  expect(await first("conv2d", [[one(3, 3), picture], [one(3, 3), Array(9).fill(1)]], { ...plain, padding: [1, 1, 1, 1] })).toEqual([
    12, 21, 16,
    27, 45, 33,
    24, 39, 28,
  ]);
});

it("conv2d: padding is top, left, bottom, right", async () => {
  const attrs = { ...plain, padding: [1, 0, 0, 2] };
  // biome-ignore format: a picture
  expect(await first("conv2d", [[one(2, 2), [1, 2, 3, 4]], [one(1, 1), [1]]], attrs)).toEqual([
    0, 0, 0, 0,
    1, 2, 0, 0,
    3, 4, 0, 0,
  ]);
});

it("conv2d: stride and dilation are vertical, then horizontal", async () => {
  const strided = { ...plain, stride: [2, 1] };
  expect(
    await first(
      "conv2d",
      [
        [one(3, 3), picture],
        [one(1, 1), [1]],
      ],
      strided,
    ),
  ).toEqual([1, 2, 3, 7, 8, 9]);
  const dilated = { ...plain, dilation: [1, 2] };
  expect(
    await first(
      "conv2d",
      [
        [one(3, 3), picture],
        [one(2, 2), [1, 1, 1, 1]],
      ],
      dilated,
    ),
  ).toEqual([14, 26]);
});

it("conv2d: a group's filters see that group's channels only", async () => {
  const x = [1, 10, 100, 1000];
  const weight = [1, 1, 2, 2];
  expect(
    await first(
      "conv2d",
      [
        [[1, 4, 1, 1], x],
        [[2, 2, 1, 1], weight],
      ],
      { ...plain, groups: 2 },
    ),
  ).toEqual([11, 2200]);
});

it("conv2dInputGrad: each element gets the weights of the windows it was in", async () => {
  const attrs = { ...plain, shape: one(3, 3) };
  // biome-ignore format: a picture
  expect(await first("conv2dInputGrad", [[one(2, 2), [1, 1, 1, 1]], [one(2, 2), [1, 2, 3, 4]]], attrs)).toEqual([
    1, 3, 2,
    4, 10, 6,
    3, 7, 4,
  ]);
});

it("conv2dInputGrad: elements between strides get nothing", async () => {
  const attrs = { ...plain, stride: [2, 2], shape: one(3, 3) };
  expect(
    await first(
      "conv2dInputGrad",
      [
        [one(2, 2), [1, 2, 3, 4]],
        [one(1, 1), [5]],
      ],
      attrs,
    ),
  ).toEqual([5, 0, 10, 0, 0, 0, 15, 0, 20]);
});

it("conv2dWeightGrad: each weight gets what it has read", async () => {
  const attrs = { ...plain, shape: one(2, 2) };
  expect(
    await first(
      "conv2dWeightGrad",
      [
        [one(3, 3), picture],
        [one(2, 2), [1, 0, 0, 1]],
      ],
      attrs,
    ),
  ).toEqual([6, 8, 12, 14]);
});

it("conv2dBias: the bias goes in before relu", async () => {
  const operands = [
    [one(1, 3), [-3, 1, 2]],
    [one(1, 1), [2]],
    [[1], [1]],
  ] as const;
  expect(await first("conv2dBias", operands, { ...plain, activation: "none" })).toEqual([-5, 3, 5]);
  expect(await first("conv2dBias", operands, { ...plain, activation: "relu" })).toEqual([0, 3, 5]);
});

it("conv2dParameterGrad: the bias's gradient is the sum of dy by channel", async () => {
  const attrs = { ...plain, shape: [2, 1, 1, 1] };
  const operands = [
    [
      [2, 1, 1, 1],
      [1, 2],
    ],
    [
      [2, 2, 1, 1],
      [1, 10, 100, 1000],
    ],
  ] as const;
  expect(await run("conv2dParameterGrad", operands, attrs)).toEqual([
    [201, 2010],
    [101, 1010],
  ]);
});

it("linear and its gradients: y = x weight', dx = dy weight, dw = dy' x", async () => {
  const x = [
    [2, 2],
    [1, 2, 3, 4],
  ] as const;
  const weight = [
    [1, 2],
    [10, 100],
  ] as const;
  const dy = [
    [2, 1],
    [1, -1],
  ] as const;
  expect(await first("linear", [x, weight])).toEqual([210, 430]);
  expect(await first("linearInputGrad", [dy, weight])).toEqual([10, 100, -10, -100]);
  expect(await first("linearWeightGrad", [x, dy])).toEqual([-2, -2]);
  expect(await run("linearParameterGrad", [x, dy])).toEqual([[-2, -2], [0]]);
  expect(await first("linearBias", [x, weight, [[1], [-300]]], { activation: "relu" })).toEqual([0, 130]);
});
