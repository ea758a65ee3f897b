import type { Shape } from "../../../src/ir/type.ts";
import { type ConformanceOf, polynomial } from "../case.ts";
import { some } from "../operands.ts";

interface Sharing {
  readonly name: string;
  readonly x: Shape;
  readonly height: number;
  readonly width: number;
}

const sharings: readonly Sharing[] = [
  { name: "7x5 to 3x2", x: [2, 3, 7, 5], height: 3, width: 2 },
  { name: "14x14 to 4x4, 32 channels", x: [1, 32, 14, 14], height: 4, width: 4 },
  { name: "10x9 to 6x6, 17 channels", x: [2, 17, 10, 9], height: 6, width: 6 },
  { name: "fewer pixels than windows", x: [1, 16, 2, 3], height: 5, width: 4 },
  { name: "1x1 to 6x6", x: [2, 8, 1, 1], height: 6, width: 6 },
  { name: "windows that do not overlap", x: [1, 5, 6, 4], height: 3, width: 2 },
];

export const adaptivePoolCases: ConformanceOf<"adaptiveAvgPool2d" | "adaptiveAvgPool2dInputGrad"> = {
  adaptiveAvgPool2d: {
    gradient: polynomial,
    // By hand: 2 * 3 * 7 * 5 sums and 2 * 3 * 3 * 2 divisions.
    cases: sharings.map(({ name, x, height, width }, i) => ({
      name,
      ...(i === 0 && { flops: 246 }),
      inputs: [some(...x)],
      attrs: { height, width },
    })),
  },
  adaptiveAvgPool2dInputGrad: {
    gradient: { none: "training needs first derivatives only" },
    cases: sharings.map(({ name, x, height, width }, i) => ({
      name,
      ...(i === 0 && { flops: 246 }),
      inputs: [some(x[0] ?? 1, x[1] ?? 1, height, width)],
      attrs: { height, width, shape: x },
    })),
  },
};
