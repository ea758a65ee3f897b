import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { rotate } from "../../src/transforms/affine.ts";
import { crop } from "../../src/transforms/crop.ts";
import { flipHorizontally, flipVertically } from "../../src/transforms/flip.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";
import { drawArea } from "../../src/transforms/randomResizedCrop.ts";
import { resample } from "../../src/transforms/resample.ts";
import { picture } from "./pictures.ts";

describe("randomResizedCrop", () => {
  const [scale, ratio] = [
    [0.08, 1],
    [3 / 4, 4 / 3],
  ] as const;

  it("resamples the part that it draws at the size that is asked for", () => {
    const image = picture("noise", 3, 40, 30);
    const transforms = createTransforms([
      { name: "randomResizedCrop", size: [16, 20], interpolation: "bicubic" },
    ]);
    for (let index = 0; index < 20; index++) {
      const box = drawArea(new Random(1, 0, index), image, scale, ratio);
      expect(transforms.apply(image, new Random(1, 0, index))).toEqual(
        resample(crop(image, box), 16, 20, "bicubic"),
      );
    }
  });

  it("the part has the area and the proportions that are asked for, to a pixel", () => {
    const side = fc.integer({ min: 60, max: 500 });
    fc.assert(
      fc.property(side, fc.nat(), (side, index) => {
        const box = drawArea(new Random(1, 0, index), { height: side, width: side }, [0.1, 0.7], ratio);
        expect((box.height + 0.5) * (box.width + 0.5)).toBeGreaterThanOrEqual(0.1 * side * side);
        expect((box.height - 0.5) * (box.width - 0.5)).toBeLessThanOrEqual(0.7 * side * side);
        expect((box.width + 0.5) / (box.height - 0.5)).toBeGreaterThanOrEqual(ratio[0]);
        expect((box.width - 0.5) / (box.height + 0.5)).toBeLessThanOrEqual(ratio[1]);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("areas are uniform, and so are the logarithms of the proportions", () => {
    const areas = new Array<number>(5).fill(0);
    const proportions = new Array<number>(5).fill(0);
    for (let index = 0; index < 5000; index++) {
      const { height, width } = drawArea(
        new Random(9, 0, index),
        { height: 4000, width: 4000 },
        [0.1, 0.6],
        [1 / 2, 2],
      );
      const area = Math.floor(((height * width) / 4000 ** 2 - 0.1) * 10);
      const proportion = Math.floor(((Math.log2(width / height) + 1) / 2) * 5);
      areas[area] = (areas[area] ?? 0) + 1;
      proportions[proportion] = (proportions[proportion] ?? 0) + 1;
    }
    // Five standard deviations of a binomial count with mean 1,000; rounding to pixels moves a few at the ends.
    for (const count of [...areas.slice(0, 5), ...proportions.slice(0, 5)])
      expect(Math.abs(count - 1000)).toBeLessThan(145);
  });

  it("lies anywhere it fits, equally often", () => {
    const tops = new Array<number>(11).fill(0);
    for (let index = 0; index < 11000; index++) {
      const { top } = drawArea(new Random(4, 0, index), { height: 20, width: 20 }, [0.25, 0.25], [1, 1]);
      tops[top] = (tops[top] ?? 0) + 1;
    }
    for (const count of tops) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it.each([
    [10, 10, [2, 3], { top: 2, left: 0, height: 5, width: 10 }],
    [10, 10, [1 / 3, 1 / 2], { top: 0, left: 2, height: 10, width: 5 }],
    [10, 16, [3 / 4, 4 / 3], { top: 0, left: 1, height: 10, width: 13 }],
  ] as const)(
    "after ten that do not fit in %dx%d: the largest in the middle of proportions %j",
    (height, width, ratio, box) => {
      expect(drawArea(new Random(1, 0, 0), { height, width }, [1, 1], ratio)).toEqual(box);
    },
  );
});

describe("flips happen with their probability, of whole pictures", () => {
  const image = picture("noise", 3, 4, 5);
  it.each([
    ["randomHorizontalFlip", flipHorizontally],
    ["randomVerticalFlip", flipVertically],
  ] as const)("%s", (name, flip) => {
    const transforms = createTransforms([{ name, p: 0.3 }]);
    let flipped = 0;
    for (let index = 0; index < 5000; index++) {
      const result = transforms.apply(image, new Random(1, 0, index));
      if (result === image) continue;
      flipped++;
      expect(result).toEqual(flip(image));
    }
    // Five standard deviations of a binomial count with mean 1,500.
    expect(Math.abs(flipped - 1500)).toBeLessThan(165);
  });

  it("never with 0, always with 1", () => {
    for (let index = 0; index < 200; index++) {
      const random = () => new Random(1, 0, index);
      expect(createTransforms([{ name: "randomHorizontalFlip", p: 0 }]).apply(image, random())).toBe(image);
      expect(createTransforms([{ name: "randomHorizontalFlip", p: 1 }]).apply(image, random())).not.toBe(
        image,
      );
    }
  });
});

it("randomRotation turns either way, by its degrees at most", () => {
  const image = picture("noise", 3, 9, 9);
  const turned = (degrees: number, index: number) =>
    createTransforms([{ name: "randomRotation", degrees }]).apply(image, new Random(1, 0, index));
  expect(turned(0, 1)).toEqual(image);
  for (let index = 0; index < 50; index++) {
    const angle = new Random(1, 0, index).between(-40, 40);
    expect(turned(40, index)).toEqual(rotate(image, angle));
  }
});

describe("randomCrop of a picture that is too small", () => {
  const image = picture("dull", 1, 3, 9);

  it("is refused", () => {
    expect(() =>
      createTransforms([{ name: "randomCrop", size: 5 }]).apply(image, new Random(1, 0, 0)),
    ).toThrow(
      new UsageError(
        "randomCrop: 5x5 of a picture that has 3x9 with its padding; a smaller `size`, or `padIfNeeded`",
      ),
    );
  });

  it("with `padIfNeeded` has padding of what is missing on both sides, and lies anywhere in that", () => {
    const transforms = createTransforms([{ name: "randomCrop", size: 5, padIfNeeded: true, fill: 7 }]);
    const seen = new Set<string>();
    for (let index = 0; index < 500; index++)
      seen.add(transforms.apply(image, new Random(1, 0, index)).data.join());
    const wanted = [-2, -1, 0].flatMap((top) =>
      [0, 1, 2, 3, 4].map((left) => crop(image, { top, left, height: 5, width: 5 }, 7).data.join()),
    );
    expect([...seen].sort()).toEqual(wanted.sort());
  });
});
