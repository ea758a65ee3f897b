import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { applyAny, type OperationName, operations } from "../../src/transforms/operations.ts";
import { createTransforms, parseTransforms } from "../../src/transforms/pipeline.ts";
import { randSpace } from "../../src/transforms/randAugment.ts";
import { Random } from "../../src/transforms/random.ts";
import { trivialSpace } from "../../src/transforms/trivialAugmentWide.ts";
import { picture } from "./pictures.ts";

type Spaces = Readonly<Record<string, Record<OperationName, { magnitudes: number[]; signed: boolean }>>>;

// The file's form is what record.py writes.
const recorded = JSON.parse(readFileSync(new URL("spaces.json", import.meta.url), "utf8")) as Spaces;
// The names of an object, which the type of `Object.keys` forgets.
const names = Object.keys(operations) as OperationName[];

describe("operations are as strong as torchvision's at every level", () => {
  it.each([
    ["randAugment 31", randSpace, 31, { height: 48, width: 33 }],
    ["randAugment 10", randSpace, 10, { height: 32, width: 224 }],
    ["randAugment 9", randSpace, 9, { height: 32, width: 32 }],
    ["trivialAugmentWide 31", trivialSpace, 31, { height: 32, width: 32 }],
    ["trivialAugmentWide 13", trivialSpace, 13, { height: 7, width: 9 }],
  ] as const)("%s", (which, space, bins, image) => {
    expect(Object.keys(recorded[which] ?? {})).toHaveLength(names.length);
    for (const name of names) {
      const { magnitudes, signed } = recorded[which]?.[name] ?? { magnitudes: [], signed: false };
      expect(space[name].signed, name).toBe(signed);
      magnitudes.forEach((magnitude, level) => {
        // Single precision, which torch rounds once less where a processor multiplies and adds at once.
        expect(Math.abs(space[name].at(level, bins, image) - magnitude), name).toBeLessThanOrEqual(
          1e-6 * Math.abs(magnitude) + 2e-7,
        );
      });
    }
  });
});

const image = picture("slope", 3, 12, 13);

/** How often each of `made` comes of a transform of 14,000 pictures. */
function counts(spec: unknown, made: readonly string[]): readonly number[] {
  const transforms = createTransforms(parseTransforms([spec]));
  const found = new Array<number>(made.length).fill(0);
  for (let index = 0; index < 14000; index++) {
    const place = made.indexOf(transforms.apply(image, new Random(8, 0, index)).data.join());
    expect(place).toBeGreaterThanOrEqual(0);
    found[place] = (found[place] ?? 0) + 1;
  }
  return found;
}

it("randAugment draws every operation equally often and each way of it half the time, at its magnitude", () => {
  const odds = new Map<string, number>();
  for (const name of names) {
    const { at, signed } = randSpace[name];
    const magnitude = at(20, 31, image);
    for (const sign of signed ? [1, -1] : [1]) {
      const made = operations[name](image, sign * magnitude, 9).data.join();
      odds.set(made, (odds.get(made) ?? 0) + (signed ? 500 : 1000));
    }
  }
  const found = counts({ name: "randAugment", numOps: 1, magnitude: 20, fill: 9 }, [...odds.keys()]);
  // Five standard deviations of a binomial count.
  [...odds.values()].forEach((odd, i) => {
    expect(Math.abs((found[i] ?? 0) - odd)).toBeLessThan(5 * Math.sqrt(odd));
  });
});

it("randAugment does as many operations as `numOps`, one after the other", () => {
  const one = { ...{ level: 9, bins: 31 }, fill: 0 };
  const random = new Random(1, 2, 3);
  const twice = createTransforms([{ name: "randAugment" }]).apply(image, new Random(1, 2, 3));
  expect(twice).toEqual(applyAny(applyAny(image, random, randSpace, one), random, randSpace, one));
  expect(createTransforms([{ name: "randAugment", numOps: 0 }]).apply(image, random)).toBe(image);
});

it("trivialAugmentWide draws one operation at any level, the last as well as the first", () => {
  const odds = new Map<string, number>();
  for (const name of names) {
    const { at, signed } = trivialSpace[name];
    for (const level of [0, 1, 2])
      for (const sign of signed ? [1, -1] : [1]) {
        const made = operations[name](image, sign * at(level, 3, image), 9).data.join();
        odds.set(made, (odds.get(made) ?? 0) + (signed ? 500 : 1000) / 3);
      }
  }
  const found = counts({ name: "trivialAugmentWide", numMagnitudeBins: 3, fill: 9 }, [...odds.keys()]);
  [...odds.values()].forEach((odd, i) => {
    expect(Math.abs((found[i] ?? 0) - odd)).toBeLessThan(5 * Math.sqrt(odd));
  });
});

it("a magnitude beyond the last level is refused", () => {
  expect(() => parseTransforms([{ name: "randAugment", magnitude: 10, numMagnitudeBins: 10 }])).toThrow(
    new UsageError(
      "transforms[0] randAugment: `magnitude` is 10, expected less than the `numMagnitudeBins` of 10",
    ),
  );
});
