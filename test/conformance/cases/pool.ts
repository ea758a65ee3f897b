import { present } from "../../../src/ir/errors.ts";
import { f32, type Shape } from "../../../src/ir/type.ts";
import { type AvgPoolAttrs, avgPool2d, maxPool2d, type PoolAttrs } from "../../../src/ops/pool.ts";
import { type Case, type ConformanceOf, cornered, polynomial } from "../case.ts";
import { apart, made, some, tied } from "../operands.ts";

interface Geometry {
  readonly name: string;
  readonly x: Shape;
  readonly kernel: PoolAttrs["kernel"];
  readonly stride: PoolAttrs["stride"];
  readonly padding?: PoolAttrs["padding"];
  readonly ceil?: boolean;
}

const geometries: readonly Geometry[] = [
  { name: "3x3, stride 2", x: [2, 16, 7, 7], kernel: [3, 3], stride: [2, 2] },
  { name: "2x2, stride 2, 6 channels", x: [2, 6, 8, 8], kernel: [2, 2], stride: [2, 2] },
  { name: "2x2, stride 2, with a rest, 17 channels", x: [1, 17, 5, 7], kernel: [2, 2], stride: [2, 2] },
  {
    name: "3x3, stride 1, padding 1",
    x: [1, 32, 6, 5],
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1, 1, 1],
  },
  {
    name: "3x3, stride 2, padding 1",
    x: [2, 10, 9, 8],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
  },
  { name: "3x3, stride 2, rounded up", x: [2, 16, 8, 8], kernel: [3, 3], stride: [2, 2], ceil: true },
  {
    name: "3x3, stride 2, padding 1, rounded up",
    x: [1, 8, 6, 7],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    ceil: true,
  },
  {
    name: "rounded up, but the last window would see nothing",
    x: [1, 3, 5, 5],
    kernel: [2, 2],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    ceil: true,
  },
  {
    name: "3x3, stride 3, rounded up, one element in the last window",
    x: [1, 16, 7, 4],
    kernel: [3, 3],
    stride: [3, 3],
    ceil: true,
  },
  {
    name: "3x3, stride 2, rounded up, one window larger than the map",
    x: [1, 16, 2, 3],
    kernel: [3, 3],
    stride: [2, 2],
    ceil: true,
  },
  {
    name: "padding at the bottom and right only",
    x: [1, 16, 8, 8],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [0, 0, 1, 1],
  },
  { name: "padding 1, 0, 0, 2", x: [2, 3, 5, 5], kernel: [3, 3], stride: [2, 2], padding: [1, 0, 0, 2] },
  { name: "2x3, stride 1 downwards, 2 across", x: [1, 5, 6, 7], kernel: [2, 3], stride: [1, 2] },
  { name: "5x5, stride 3", x: [1, 24, 14, 14], kernel: [5, 5], stride: [3, 3] },
  { name: "the whole map", x: [2, 20, 5, 5], kernel: [5, 5], stride: [5, 5] },
  { name: "1x1, stride 2: every second pixel", x: [1, 16, 5, 5], kernel: [1, 1], stride: [2, 2] },
  { name: "1x1, stride 2, 20 channels of 6x7", x: [2, 20, 6, 7], kernel: [1, 1], stride: [2, 2] },
  { name: "16x16, the largest window", x: [1, 2, 17, 17], kernel: [16, 16], stride: [1, 1] },
];

const once = { none: "training needs first derivatives only" };
// The first case by hand: 2 * 16 * 3 * 3 windows, of 9 elements each.
const results = 288;
const taps = 2592;

export const poolCases: ConformanceOf<
  "avgPool2d" | "avgPool2dInputGrad" | "maxPool2d" | "maxPool2dInputGrad"
> = {
  maxPool2d: {
    gradient: cornered,
    exact: true,
    cases: [
      ...geometries.map(
        (geometry): Case<"maxPool2d"> => ({
          ...first(geometry, taps),
          inputs: [apart(...geometry.x)],
          attrs: attrsOf(geometry),
        }),
      ),
      ...geometries.slice(0, 5).map(
        (geometry): Case<"maxPool2d"> => ({
          name: `${geometry.name}, the first of several largest`,
          inputs: [tied(...geometry.x)],
          attrs: attrsOf(geometry),
          gradientSkipped: "at a tie the maximum has a corner",
        }),
      ),
    ],
  },
  maxPool2dInputGrad: {
    gradient: once,
    cases: geometries.map((geometry): Case<"maxPool2dInputGrad"> => {
      const attrs = attrsOf(geometry);
      const [y] = maxPool2d.types([f32(...geometry.x)], attrs);
      const indices = made(apart(...geometry.x), (x) => maxPool2d(x, attrs)[1]);
      const inputs = [some(...present(y, "a result").shape), indices] as const;
      return { ...first(geometry, results), inputs, attrs: { ...attrs, shape: geometry.x } };
    }),
  },
  avgPool2d: {
    gradient: polynomial,
    cases: averages().map(
      ({ geometry, name, attrs }): Case<"avgPool2d"> => ({
        ...first(geometry, taps),
        name,
        inputs: [some(...geometry.x)],
        attrs,
      }),
    ),
  },
  avgPool2dInputGrad: {
    gradient: polynomial,
    cases: averages().map(({ geometry, name, attrs }): Case<"avgPool2dInputGrad"> => {
      const [y] = avgPool2d.types([f32(...geometry.x)], attrs);
      const inputs = [some(...present(y, "a result").shape)] as const;
      return { ...first(geometry, taps), name, inputs, attrs: { ...attrs, shape: geometry.x } };
    }),
  },
};

/** Every geometry, with padding both in and out of the divisor where that makes a difference. */
function averages(): { geometry: Geometry; name: string; attrs: AvgPoolAttrs }[] {
  return geometries.flatMap((geometry) => {
    const { name } = geometry;
    const counted = { geometry, name, attrs: { ...attrsOf(geometry), countPadding: true } };
    if (geometry.padding === undefined && !geometry.ceil) return [counted];
    const attrs = { ...attrsOf(geometry), countPadding: false };
    return [counted, { geometry, name: `${name}, padding not counted`, attrs }];
  });
}

function attrsOf({ kernel, stride, padding = [0, 0, 0, 0], ceil = false }: Geometry): PoolAttrs {
  return { kernel, stride, padding, ceil };
}

function first(geometry: Geometry, flops: number): { name: string; flops?: number } {
  return geometry === geometries[0] ? { name: geometry.name, flops } : { name: geometry.name };
}
