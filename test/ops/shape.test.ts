import { expect, it } from "vitest";
import { bilinearTaps } from "../../src/ops/resize.ts";
import { first } from "./run.ts";

it("concat: joins along an axis, sample by sample", async () => {
  const a = [
    [2, 1, 2],
    [1, 2, 3, 4],
  ] as const;
  const b = [
    [2, 2, 2],
    [5, 6, 7, 8, 9, 10, 11, 12],
  ] as const;
  expect(await first("concat", [a, b], { axis: 1 })).toEqual([1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12]);
});

it("slice: takes positions of an axis", async () => {
  const x = [
    [2, 3, 1],
    [1, 2, 3, 4, 5, 6],
  ] as const;
  expect(await first("slice", [x], { axis: 1, start: 1, size: 2 })).toEqual([2, 3, 5, 6]);
});

it("pad: puts a value in front of and behind each axis", async () => {
  const attrs = { before: [1, 0], after: [0, 2], value: 9 };
  // biome-ignore format: a picture
  expect(await first("pad", [[[2, 2], [1, 2, 3, 4]]], attrs)).toEqual([
    9, 9, 9, 9,
    1, 2, 9, 9,
    3, 4, 9, 9,
  ]);
});

it("reshape: keeps the row-major order", async () => {
  expect(
    await first(
      "reshape",
      [
        [
          [2, 3],
          [1, 2, 3, 4, 5, 6],
        ],
      ],
      { shape: [3, 2] },
    ),
  ).toEqual([1, 2, 3, 4, 5, 6]);
});

it("gatherRows: takes rows in another order, and zeros for -1", async () => {
  expect(
    await first(
      "gatherRows",
      [
        [
          [2, 2],
          [1, 2, 3, 4],
        ],
      ],
      { rows: [1, -1, 0] },
    ),
  ).toEqual([3, 4, 0, 0, 1, 2]);
});

it("resize2d: interpolates between pixel centres and holds the edges", async () => {
  const attrs = { height: 1, width: 4 };
  expect(
    await first(
      "resize2d",
      [
        [
          [1, 1, 1, 2],
          [0, 4],
        ],
      ],
      attrs,
    ),
  ).toEqual([0, 1, 3, 4]);
  expect(await first("resize2d", [[[1, 1, 1, 2], Uint8Array.of(0, 4)]], attrs)).toEqual([0, 1, 3, 4]);
});

it("resize2dInputGrad: spreads each dy over the pixels it was mixed from", async () => {
  const attrs = { height: 1, width: 4, shape: [1, 1, 1, 2] };
  expect(
    await first(
      "resize2dInputGrad",
      [
        [
          [1, 1, 1, 4],
          [1, 10, 100, 1000],
        ],
      ],
      attrs,
    ),
  ).toEqual([33.5, 1077.5]);
});

it("bilinearTaps: the last position reads the last pixel only", () => {
  expect(bilinearTaps(2, 4)).toEqual([
    { low: 0, high: 1, fraction: 0 },
    { low: 0, high: 1, fraction: 0.25 },
    { low: 0, high: 1, fraction: 0.75 },
    { low: 1, high: 1, fraction: 0.25 },
  ]);
});
