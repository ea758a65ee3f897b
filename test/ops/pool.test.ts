import { expect, it } from "vitest";
import { first, run } from "./run.ts";

const plain = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], ceil: false };
const one = (h: number, w: number) => [1, 1, h, w];

// biome-ignore format: a picture
const picture = [
  1, 2, 3,
  4, 5, 6,
  7, 8, 9,
];

it("maxPool2d: gives the largest of each window and its place in it", async () => {
  const attrs = { ...plain, stride: [1, 1] };
  expect(await run("maxPool2d", [[one(3, 3), [9, 2, 3, 4, 5, 6, 7, 8, 1]]], attrs)).toEqual([
    [9, 6, 8, 8],
    [0, 3, 3, 2],
  ]);
});

it("maxPool2d: without `ceil` the rest is left out, with it a smaller window sees it", async () => {
  expect(await run("maxPool2d", [[one(3, 3), picture]], plain)).toEqual([[5], [3]]);
  expect(await run("maxPool2d", [[one(3, 3), picture]], { ...plain, ceil: true })).toEqual([
    [5, 6, 8, 9],
    [3, 2, 1, 0],
  ]);
});

it("maxPool2d: padding never wins, and places are counted from the window's corner in it", async () => {
  const attrs = { ...plain, padding: [1, 1, 1, 1] };
  expect(await run("maxPool2d", [[one(2, 2), [-1, -2, -3, -4]]], attrs)).toEqual([
    [-1, -2, -3, -4],
    [3, 2, 1, 0],
  ]);
});

it("maxPool2d: the first of several largest elements wins", async () => {
  expect(await run("maxPool2d", [[one(2, 2), [0, 7, 7, 7]]], plain)).toEqual([[7], [1]]);
  const lowest = Number.NEGATIVE_INFINITY;
  expect(await run("maxPool2d", [[one(2, 2), Array(4).fill(lowest)]], plain)).toEqual([[lowest], [0]]);
});

it("maxPool2d: what is not a number wins", async () => {
  expect(await run("maxPool2d", [[one(2, 2), [1, Number.NaN, 9, 2]]], plain)).toEqual([[Number.NaN], [1]]);
});

it("maxPool2dInputGrad: windows that overlap add up in the element both took", async () => {
  const attrs = { ...plain, stride: [1, 1], shape: one(2, 3) };
  const operands = [
    [one(1, 2), [1, 10]],
    [one(1, 2), Uint8Array.of(3, 2)],
  ] as const;
  expect(await first("maxPool2dInputGrad", operands, attrs)).toEqual([0, 0, 0, 0, 11, 0]);
});

it("avgPool2d: padding counts in the divisor, or not", async () => {
  const attrs = { ...plain, padding: [1, 1, 1, 1] };
  const x = [one(2, 2), [4, 8, 12, 16]] as const;
  expect(await first("avgPool2d", [x], { ...attrs, countPadding: true })).toEqual([1, 2, 3, 4]);
  expect(await first("avgPool2d", [x], { ...attrs, countPadding: false })).toEqual([4, 8, 12, 16]);
});

it("avgPool2d: what `ceil` adds beyond the padding never counts", async () => {
  const attrs = { ...plain, ceil: true, countPadding: true };
  expect(await first("avgPool2d", [[one(3, 3), picture]], attrs)).toEqual([3, 4.5, 7.5, 9]);
});

it("avgPool2dInputGrad: spreads each dy evenly over its window", async () => {
  const attrs = { ...plain, ceil: true, countPadding: true, shape: one(3, 3) };
  expect(await first("avgPool2dInputGrad", [[one(2, 2), [4, 2, 6, 9]]], attrs)).toEqual([
    1, 1, 1, 1, 1, 1, 3, 3, 9,
  ]);
});
