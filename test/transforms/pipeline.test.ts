import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { drawCrop } from "../../src/transforms/crops.ts";
import { createTransforms, normalizationOf, parseTransforms } from "../../src/transforms/pipeline.ts";
import {
  alexnetTraining,
  cifarTraining,
  digitTraining,
  imagenetEvaluation,
  imagenetTraining,
} from "../../src/transforms/presets.ts";
import { Random } from "../../src/transforms/random.ts";
import { drawArea } from "../../src/transforms/randomResizedCrop.ts";
import { picture } from "./pictures.ts";

describe("a configuration that is wrong is refused, with what was expected", () => {
  for (const [json, message] of [
    [{}, 'transforms: an object, expected a list such as [{ "name": "centerCrop", "size": 224 }]'],
    [[{ name: "flip" }], /^transforms\[0\]: there is no transform "flip", expected one of resize, /],
    [
      [{ name: "randomcrop" }],
      'transforms[0]: there is no transform "randomcrop"; did you mean `randomCrop`?',
    ],
    [
      [{ name: "randomHorizontalFlip" }, { name: "randomCrop", size: 32, paddding: 4 }],
      'transforms[1] randomCrop: there is no parameter "paddding"; did you mean `padding`?',
    ],
    [
      [{ name: "centerCrop" }],
      "transforms[0] centerCrop: `size` is missing, expected a whole number from 1 to 16384, or [height, width]",
    ],
    [
      [{ name: "randomHorizontalFlip", p: 2 }],
      "transforms[0] randomHorizontalFlip: `p` is 2, expected a number from 0 to 1",
    ],
    [
      [{ name: "resize", size: 9, maxSize: 8 }],
      "transforms[0] resize: `maxSize` is 8, expected more than the `size` of 9",
    ],
  ] as const)
    it(JSON.stringify(json), () => {
      expect(() => parseTransforms(json)).toThrow(UsageError);
      expect(() => parseTransforms(json)).toThrow(message);
    });

  it("whatever JSON it is, the error is a UsageError", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          parseTransforms([{ name: "resize", size: json }]);
          parseTransforms(json);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

it("defaults are filled in, and what is parsed parses to itself", () => {
  const parsed = parseTransforms([{ name: "randomCrop", size: 32 }]);
  expect(parsed).toEqual([
    { name: "randomCrop", size: 32, padding: 0, padIfNeeded: false, fill: 0, paddingMode: "constant" },
  ]);
  expect(parseTransforms(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
});

it("normalize leaves pixels alone and sets the normalisation", () => {
  const specs = [{ name: "normalize", mean: [0.5], std: [0.25] }] as const;
  const image = picture("noise", 3, 4, 5);
  expect(createTransforms(specs).apply(image, new Random(1, 1, 1))).toBe(image);
  expect(normalizationOf(specs)).toEqual({ mean: [0.5], std: [0.25] });
});

it("a picture follows from seed, epoch and index alone, and differs by each", () => {
  const transforms = createTransforms(imagenetTraining(8));
  const image = picture("noise", 3, 32, 40);
  const made = (seed: number, epoch: number, index: number) =>
    transforms.apply(image, new Random(seed, epoch, index)).data.join();
  expect(made(1, 2, 3)).toBe(made(1, 2, 3));
  expect(new Set([made(1, 2, 3), made(2, 2, 3), made(1, 3, 3), made(1, 2, 4)]).size).toBe(4);
});

it("presets make pictures of the size they are asked for", () => {
  for (const specs of [
    alexnetTraining(28),
    cifarTraining(28),
    digitTraining(28),
    imagenetTraining(28),
    imagenetEvaluation(28),
  ]) {
    const { height, width } = createTransforms(specs).apply(picture("slope", 3, 33, 31), new Random(1, 0, 0));
    expect([height, width]).toEqual([28, 28]);
  }
});

it("a random crop lies everywhere in its space, equally often", () => {
  const counts = new Array<number>(9).fill(0);
  const space = { top: -1, left: -1, height: 6, width: 6 };
  for (let index = 0; index < 9000; index++) {
    const { top, left } = drawCrop(new Random(3, 0, index), space, [4, 4]);
    counts[(top + 1) * 3 + left + 1] = (counts[(top + 1) * 3 + left + 1] ?? 0) + 1;
  }
  // Five standard deviations of a binomial count with mean 1,000.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

it("an area of random size and proportions lies inside the picture, whatever its sides", () => {
  const side = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(side, side, fc.nat(), (height, width, index) => {
      const box = drawArea(new Random(1, 0, index), { height, width }, [0.08, 1], [3 / 4, 4 / 3]);
      expect(Math.min(box.top, box.left, box.height - 1, box.width - 1)).toBeGreaterThanOrEqual(0);
      expect(box.top + box.height).toBeLessThanOrEqual(height);
      expect(box.left + box.width).toBeLessThanOrEqual(width);
    }),
    { seed: 4, numRuns: 500 },
  );
});
