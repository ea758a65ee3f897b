import fc from "fast-check";
import { expect, it } from "vitest";
import type { Image } from "../../src/transforms/image.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";
import { drawErasure, erase, type RandomErasingOptions } from "../../src/transforms/randomErasing.ts";
import { picture } from "./pictures.ts";

const image = picture("slope", 3, 20, 30);
const normalize = { name: "normalize", mean: [0.2, 0.4, 0.6], std: [0.1, 0.1, 0.02] } as const;

function erased(options: RandomErasingOptions, count: number): readonly Image[] {
  const transforms = createTransforms([{ name: "randomErasing", ...options }, normalize]);
  return Array.from({ length: count }, (_, index) => transforms.apply(image, new Random(2, 0, index)));
}

/** The values of one channel that are not the picture's. */
function covered({ data }: Image, channel: number): readonly number[] {
  const plane = [...data.subarray(channel * 600, (channel + 1) * 600)];
  return plane.filter((pixel, i) => pixel !== image.data[channel * 600 + i]);
}

it("covers exactly the box, rounded to bytes", () => {
  const small = { data: new Uint8Array(9).fill(9), channels: 1, height: 3, width: 3 };
  expect([...erase(small, { top: 1, left: 0, height: 2, width: 2 }, () => 300).data]).toEqual([
    ...[9, 9, 9],
    ...[255, 255, 9],
    ...[255, 255, 9],
  ]);
});

it("the box has the area and the proportions that are asked for, to a pixel, and lies inside", () => {
  const side = fc.integer({ min: 8, max: 300 });
  fc.assert(
    fc.property(side, side, fc.nat(), (height, width, index) => {
      const box = drawErasure(new Random(1, 0, index), { height, width }, [0.02, 0.33], [0.3, 3.3]);
      if (!box) return;
      expect(Math.min(box.top, box.left)).toBeGreaterThanOrEqual(0);
      expect(box.top + box.height).toBeLessThanOrEqual(height);
      expect(box.left + box.width).toBeLessThanOrEqual(width);
      const [least, most] = [0.02 * height * width, 0.33 * height * width];
      expect((box.height + 0.5) * (box.width + 0.5)).toBeGreaterThanOrEqual(least);
      expect((box.height - 0.5) * (box.width - 0.5)).toBeLessThanOrEqual(most);
      expect((box.height + 0.5) / (box.width - 0.5)).toBeGreaterThanOrEqual(0.3);
      expect((box.height - 0.5) / (box.width + 0.5)).toBeLessThanOrEqual(3.3);
    }),
    { seed: 6, numRuns: 500 },
  );
});

it("a box that would cover a whole side is drawn again, ten times, then none is", () => {
  expect(drawErasure(new Random(1, 0, 0), { height: 10, width: 10 }, [1, 1], [1, 1])).toBeUndefined();
});

it("happens with probability p", () => {
  const count = erased({ p: 0.25, value: 0 }, 2000).filter((each) => each !== image).length;
  // Five standard deviations of a binomial count with mean 500.
  expect(Math.abs(count - 500)).toBeLessThan(97);
});

it("covers with what normalisation makes 0 by default, with a value, or with noise of its deviation", () => {
  for (const each of erased({ p: 1 }, 20))
    expect(
      [0, 1, 2].map((channel) =>
        [...new Set(covered(each, channel))].filter((v) => v !== [51, 102, 153][channel]),
      ),
    ).toEqual([[], [], []]);
  for (const each of erased({ p: 1, value: [1, 2, 3] }, 20))
    expect(new Set(covered(each, 2)).size === 0 || covered(each, 2).every((pixel) => pixel === 3)).toBe(true);
  const noise = erased({ p: 1, value: "random", scale: [0.3, 0.3] }, 40).flatMap((each) => covered(each, 2));
  const mean = noise.reduce((a, b) => a + b) / noise.length;
  const deviation = Math.sqrt(noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length);
  expect(Math.abs(mean - 153)).toBeLessThan(0.6);
  expect(Math.abs(deviation - 5.1)).toBeLessThan(0.4);
});
