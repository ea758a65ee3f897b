import type { Shape } from "../../../src/ir/type.ts";
import { type ConformanceOf, polynomial } from "../case.ts";
import { some } from "../operands.ts";

/** The first has 7 channels and 210 elements. */
const shapes: readonly Shape[] = [
  [2, 7, 3, 5],
  [2, 16, 3, 5],
  [1, 3, 4, 4],
  [3, 33, 2, 2],
  [2, 1, 5, 5],
  [1, 32, 1, 1],
  [4, 10],
  [16, 64],
  [2, 5, 7],
];

/** A case for each shape; the first one's FLOPs are `flops`. */
function each<C>(
  flops: number,
  row: (shape: Shape, channels: number) => C,
): (C & { name: string; flops?: number })[] {
  return shapes.map((shape, i) => ({
    name: `[${shape.join(",")}]`,
    ...(i === 0 ? { flops } : {}),
    ...row(shape, shape[1] ?? 0),
  }));
}

export const channelCases: ConformanceOf<"addChannels" | "dotChannels" | "scaleChannels" | "sumChannels"> = {
  addChannels: {
    gradient: polynomial,
    exact: true,
    cases: each(210, (shape, c) => ({ inputs: [some(...shape), some(c)] as const })),
  },
  scaleChannels: {
    gradient: polynomial,
    exact: true,
    cases: each(210, (shape, c) => ({ inputs: [some(...shape), some(c)] as const })),
  },
  sumChannels: {
    gradient: polynomial,
    cases: each(210, (shape) => ({ inputs: [some(...shape)] as const })),
  },
  dotChannels: {
    gradient: polynomial,
    cases: each(420, (shape) => ({ inputs: [some(...shape), some(...shape)] as const })),
  },
};
