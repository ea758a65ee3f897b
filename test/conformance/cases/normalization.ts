import { type Shape, size } from "../../../src/ir/type.ts";
import { type Case, type ConformanceOf, type Difference, smooth } from "../case.ts";
import { between, some } from "../operands.ts";

const afterGradients = { none: "fused ops are made after the gradients" };
const once = { none: "training needs first derivatives only" };

/** The first has 7 channels and 210 elements. */
const shapes: readonly Shape[] = [
  [2, 7, 3, 5],
  [3, 16, 4, 5],
  [1, 33, 6, 7],
  [2, 64, 1, 1],
  [4, 3, 17, 16],
  [8, 10],
];
const flops = (i: number, count: number) => (i === 0 ? { flops: count } : {});
const channelsOf = ([, c = 1]: Shape) => c;

/** A step on every element of a channel moves its statistics too: what is left of it falls with the step's square. */
const fine: Difference = { step: 1 / 256, tolerance: 1e-3 };

const responses = [
  { name: "5 of 7 channels", x: [2, 7, 3, 5], attrs: { size: 5, alpha: 0.3, beta: 0.75, k: 2 } },
  { name: "5 of 32 channels", x: [2, 32, 4, 5], attrs: { size: 5, alpha: 0.01, beta: 0.75, k: 1 } },
  {
    name: "AlexNet's constants, 96 channels",
    x: [1, 96, 5, 5],
    attrs: { size: 5, alpha: 1e-4, beta: 0.75, k: 2 },
  },
  { name: "3 of 17 channels, beta 0.5", x: [1, 17, 3, 2], attrs: { size: 3, alpha: 0.5, beta: 0.5, k: 1 } },
  { name: "the channel alone", x: [2, 5, 3, 3], attrs: { size: 1, alpha: 1, beta: 1, k: 1 } },
  {
    name: "more neighbours than channels",
    x: [1, 2, 3, 3],
    attrs: { size: 7, alpha: 0.4, beta: 0.75, k: 2 },
  },
] as const;

export const normalizationCases: ConformanceOf<
  | "batchNorm"
  | "batchNormAddRelu"
  | "batchNormAddReluGrad"
  | "batchNormGrad"
  | "batchNormRelu"
  | "batchNormReluGrad"
  | "batchNormScale"
  | "localResponseNorm"
  | "localResponseNormGrad"
  | "movingAverage"
  | "normalizeRelu"
> = {
  batchNorm: {
    gradient: fine,
    cases: [
      ...shapes.map(
        (x, i): Case<"batchNorm"> => ({
          name: `[${x.join(",")}]`,
          ...flops(i, 1470),
          inputs: [some(...x), some(channelsOf(x)), some(channelsOf(x))],
          attrs: { eps: 1e-5 },
          ...(size(x) / channelsOf(x) === 2 && {
            gradientSkipped: "of two values, one becomes 1, the other -1",
          }),
        }),
      ),
      {
        name: "a mean far from 0",
        inputs: [between(100, 101, 4, 16, 5, 5), some(16), some(16)],
        attrs: { eps: 1e-3 },
        gradientSkipped: "the central difference loses its digits",
      },
    ],
  },
  batchNormGrad: {
    gradient: once,
    cases: shapes.map((x, i): Case<"batchNormGrad"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 1890),
        inputs: [some(...x), some(...x), some(c), between(-0.2, 0.2, c), between(0.5, 1.5, c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  batchNormRelu: {
    gradient: afterGradients,
    cases: shapes.map((x, i): Case<"batchNormRelu"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 1680),
        inputs: [some(...x), some(c), some(c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  batchNormAddRelu: {
    gradient: afterGradients,
    cases: shapes.map((x, i): Case<"batchNormAddRelu"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 1890),
        inputs: [some(...x), some(...x), some(c), some(c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  normalizeRelu: {
    gradient: afterGradients,
    cases: shapes.map((x, i): Case<"normalizeRelu"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 840),
        inputs: [some(...x), some(c), some(c), between(-0.2, 0.2, c), between(0.5, 1.5, c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  batchNormReluGrad: {
    gradient: afterGradients,
    cases: shapes.map((x, i): Case<"batchNormReluGrad"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 2310),
        inputs: [some(...x), some(...x), some(c), some(c), between(-0.2, 0.2, c), between(0.5, 1.5, c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  batchNormAddReluGrad: {
    gradient: afterGradients,
    cases: shapes.map((x, i): Case<"batchNormAddReluGrad"> => {
      const c = channelsOf(x);
      return {
        name: `[${x.join(",")}]`,
        ...flops(i, 2100),
        inputs: [some(...x), some(...x), some(...x), some(c), between(-0.2, 0.2, c), between(0.5, 1.5, c)],
        attrs: { eps: 1e-5 },
      };
    }),
  },
  batchNormScale: {
    gradient: smooth,
    cases: [
      {
        name: "7 channels",
        inputs: [some(7), some(7), some(7), between(0.5, 1.5, 7)],
        attrs: { eps: 1e-5 },
        flops: 35,
        gradientSkipped: "statistics have no gradient",
      },
      {
        name: "1000 channels, no variance",
        inputs: [some(1000), some(1000), some(1000), between(0, 0.001, 1000)],
        attrs: { eps: 1e-3 },
        gradientSkipped: "statistics have no gradient",
      },
    ],
  },
  localResponseNorm: {
    gradient: smooth,
    cases: responses.map(({ name, x, attrs }, i) => ({
      name,
      ...flops(i, 2940),
      inputs: [some(...x)],
      attrs,
    })),
  },
  localResponseNormGrad: {
    gradient: once,
    cases: responses.map(({ name, x, attrs }, i) => ({
      name,
      ...flops(i, 5250),
      inputs: [some(...x), some(...x)],
      attrs,
    })),
  },
  movingAverage: {
    gradient: { none: "an update ends a training step" },
    cases: [
      { name: "7 elements", inputs: [some(7), some(7)], attrs: { decay: 0.9, gain: 0.1 }, flops: 21 },
      { name: "a thousand", inputs: [some(1000), some(1000)], attrs: { decay: 0.9997, gain: 0.25 } },
      { name: "a matrix", inputs: [some(33, 17), some(33, 17)], attrs: { decay: 0.5, gain: 0.5 } },
    ],
  },
};
