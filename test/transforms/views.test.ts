import { expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { fiveCrop, flipped } from "../../src/transforms/views.ts";
import { picture } from "./pictures.ts";

it("flipped: the picture itself, and left as right", () => {
  const image = { data: Uint8Array.of(1, 2, 3, 4), channels: 1, height: 2, width: 2 };
  expect(flipped(image).map(({ data }) => [...data])).toEqual([
    [1, 2, 3, 4],
    [2, 1, 4, 3],
  ]);
});

it("fiveCrop refuses a picture smaller than its crops", () => {
  expect(() => fiveCrop([4, 9])(picture("noise", 3, 8, 8))).toThrow(
    new UsageError("fiveCrop: crops of 4x9 of a picture of 8x8, expected one no smaller"),
  );
});
