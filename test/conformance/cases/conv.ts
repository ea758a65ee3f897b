import type { Shape } from "../../../src/ir/type.ts";
import { f32 } from "../../../src/ir/type.ts";
import { type ConvAttrs, convShape } from "../../../src/ops/conv.ts";
import type { Activation } from "../../../src/ops/fused.ts";
import { type AnyCase, type Case, type ConformanceOf, polynomial } from "../case.ts";
import { some } from "../operands.ts";

interface Geometry {
  readonly name: string;
  readonly x: Shape;
  readonly weight: Shape;
  readonly attrs?: Partial<ConvAttrs>;
  readonly flops?: number;
}

const around = (n: number): ConvAttrs["padding"] => [n, n, n, n];

// 16 and 8 are the block sizes of SIMD layouts: channel counts on, below, above and between multiples of them.
const geometries: readonly Geometry[] = [
  {
    name: "3x3, padding 1",
    x: [2, 16, 7, 9],
    weight: [32, 16, 3, 3],
    attrs: { padding: around(1) },
    flops: 1_161_216, // 2 * 4,032 results * 144 weights each
  },
  { name: "3x3, no padding, odd channels", x: [2, 6, 7, 7], weight: [10, 6, 3, 3] },
  { name: "3x3, 20 to 33 channels", x: [1, 20, 5, 5], weight: [33, 20, 3, 3], attrs: { padding: around(1) } },
  {
    name: "3x3, large enough for a transform",
    x: [1, 32, 14, 14],
    weight: [32, 32, 3, 3],
    attrs: { padding: around(1) },
  },
  { name: "3x3 on one pixel", x: [2, 16, 1, 1], weight: [16, 16, 3, 3], attrs: { padding: around(1) } },
  { name: "1x1", x: [2, 32, 6, 5], weight: [16, 32, 1, 1] },
  { name: "1x1, 3 to 5 channels, batch 1", x: [1, 3, 4, 7], weight: [5, 3, 1, 1] },
  { name: "1x1, stride 2", x: [1, 16, 7, 7], weight: [24, 16, 1, 1], attrs: { stride: [2, 2] } },
  { name: "1x1 on one pixel", x: [1, 17, 1, 1], weight: [9, 17, 1, 1] },
  { name: "1x1 with padding", x: [1, 16, 4, 4], weight: [16, 16, 1, 1], attrs: { padding: around(1) } },
  { name: "5x5, padding 2", x: [2, 16, 8, 8], weight: [32, 16, 5, 5], attrs: { padding: around(2) } },
  { name: "5x5 on one channel, as LeNet-5 begins", x: [2, 1, 12, 12], weight: [6, 1, 5, 5] },
  { name: "5x5, 6 to 16 channels", x: [2, 6, 9, 9], weight: [16, 6, 5, 5] },
  {
    name: "7x7, stride 2, of a picture, as GoogLeNet begins",
    x: [2, 3, 21, 20],
    weight: [16, 3, 7, 7],
    attrs: { stride: [2, 2], padding: around(3) },
  },
  {
    name: "11x11, stride 4, as AlexNet begins",
    x: [1, 3, 27, 23],
    weight: [8, 3, 11, 11],
    attrs: { stride: [4, 4], padding: around(2) },
  },
  { name: "a kernel that covers the map", x: [2, 16, 4, 4], weight: [10, 16, 4, 4] },
  {
    name: "stride 2 with a rest that no window reaches",
    x: [2, 16, 8, 8],
    weight: [16, 16, 3, 3],
    attrs: { stride: [2, 2] },
  },
  {
    name: "stride 3, larger than the kernel",
    x: [1, 8, 9, 10],
    weight: [8, 8, 2, 2],
    attrs: { stride: [3, 3] },
  },
  {
    name: "stride 2 downwards, 1 across",
    x: [1, 5, 8, 7],
    weight: [7, 5, 3, 3],
    attrs: { stride: [2, 1], padding: around(1) },
  },
  { name: "1x7", x: [2, 16, 5, 9], weight: [16, 16, 1, 7], attrs: { padding: [0, 3, 0, 3] } },
  { name: "7x1", x: [2, 16, 9, 5], weight: [16, 16, 7, 1], attrs: { padding: [3, 0, 3, 0] } },
  { name: "2x3", x: [1, 4, 5, 6], weight: [6, 4, 2, 3] },
  { name: "padding 1, 0, 2, 3", x: [2, 16, 6, 5], weight: [16, 16, 3, 3], attrs: { padding: [1, 0, 2, 3] } },
  {
    name: "padding 0, 0, 1, 1 with stride 2",
    x: [1, 3, 8, 8],
    weight: [8, 3, 3, 3],
    attrs: { stride: [2, 2], padding: [0, 0, 1, 1] },
  },
  {
    name: "windows that see padding only",
    x: [1, 3, 3, 3],
    weight: [4, 3, 2, 2],
    attrs: { padding: around(2) },
  },
  {
    name: "dilation 2",
    x: [2, 16, 9, 9],
    weight: [16, 16, 3, 3],
    attrs: { dilation: [2, 2], padding: around(2) },
  },
  {
    name: "dilation 1 downwards, 3 across, stride 2",
    x: [1, 5, 7, 12],
    weight: [6, 5, 2, 3],
    attrs: { dilation: [1, 3], stride: [2, 2] },
  },
  { name: "2 groups", x: [2, 8, 6, 6], weight: [12, 4, 3, 3], attrs: { groups: 2, padding: around(1) } },
  {
    name: "2 groups of 16 channels",
    x: [1, 32, 5, 5],
    weight: [32, 16, 3, 3],
    attrs: { groups: 2, padding: around(1) },
  },
  { name: "3 groups, 1x1", x: [2, 9, 4, 4], weight: [6, 3, 1, 1], attrs: { groups: 3 } },
  {
    name: "depthwise, 16 channels",
    x: [2, 16, 7, 7],
    weight: [16, 1, 3, 3],
    attrs: { groups: 16, padding: around(1) },
  },
  { name: "depthwise, 5 channels", x: [1, 5, 6, 6], weight: [5, 1, 3, 3], attrs: { groups: 5 } },
  {
    name: "depthwise, stride 2",
    x: [1, 24, 7, 7],
    weight: [24, 1, 3, 3],
    attrs: { groups: 24, stride: [2, 2], padding: around(1) },
  },
  { name: "2 filters a channel", x: [1, 4, 6, 6], weight: [8, 1, 3, 3], attrs: { groups: 4 } },
  {
    name: "8 filters a channel of a picture, 7x7, stride 2, padding 2, 2, 3, 3",
    x: [1, 3, 12, 14],
    weight: [24, 1, 7, 7],
    attrs: { groups: 3, stride: [2, 2], padding: [2, 2, 3, 3] },
  },
  {
    name: "depthwise, stride 2, padding 0, 0, 1, 1",
    x: [2, 16, 8, 8],
    weight: [16, 1, 3, 3],
    attrs: { groups: 16, stride: [2, 2], padding: [0, 0, 1, 1] },
  },
];

const winograd = {
  relative: 1e-4,
  because: "an engine may use a Winograd transform for 3x3 kernels of stride 1, which rounds differently",
};

const afterGradients = { none: "fused ops are made after the gradients" };

export const convCases: ConformanceOf<
  "conv2d" | "conv2dBias" | "conv2dBiasAdd" | "conv2dInputGrad" | "conv2dParameterGrad" | "conv2dWeightGrad"
> = {
  conv2d: {
    gradient: polynomial,
    cases: geometries.map((geometry): Case<"conv2d"> => {
      const { common, x, weight, attrs } = parts(geometry);
      return { ...common, inputs: [some(...x), some(...weight)], attrs };
    }),
  },
  conv2dInputGrad: {
    gradient: polynomial,
    cases: geometries.map((geometry): Case<"conv2dInputGrad"> => {
      const { common, x, weight, y, attrs } = parts(geometry);
      return { ...common, inputs: [some(...y), some(...weight)], attrs: { ...attrs, shape: x } };
    }),
  },
  conv2dWeightGrad: {
    gradient: polynomial,
    cases: geometries.map((geometry): Case<"conv2dWeightGrad"> => {
      const { common, x, weight, y, attrs } = parts(geometry);
      return { ...common, inputs: [some(...x), some(...y)], attrs: { ...attrs, shape: weight } };
    }),
  },
  conv2dBias: {
    gradient: afterGradients,
    cases: geometries.flatMap((geometry) => [
      biasCase(geometry, "relu", 4032), // one addition a result more than conv2d
      biasCase(geometry, "none", 4032),
    ]),
  },
  conv2dBiasAdd: {
    gradient: afterGradients,
    cases: geometries.flatMap((geometry) => [
      residualCase(geometry, "relu", 8064), // two additions a result more than conv2d
      residualCase(geometry, "none", 8064),
    ]),
  },
  conv2dParameterGrad: {
    gradient: afterGradients,
    cases: geometries.map((geometry): Case<"conv2dParameterGrad"> => {
      const { common, x, weight, y, attrs } = parts(geometry, 4032);
      return { ...common, inputs: [some(...x), some(...y)], attrs: { ...attrs, shape: weight } };
    }),
  },
};

function biasCase(geometry: Geometry, activation: Activation, additions: number): Case<"conv2dBias"> {
  const { common, x, weight, attrs } = parts(geometry, additions);
  const inputs = [some(...x), some(...weight), some(weight[0] ?? 0)] as const;
  return { ...common, name: `${common.name}, ${activation}`, inputs, attrs: { ...attrs, activation } };
}

function residualCase(geometry: Geometry, activation: Activation, additions: number): Case<"conv2dBiasAdd"> {
  const { common, x, weight, y, attrs } = parts(geometry, additions);
  const inputs = [some(...x), some(...weight), some(weight[0] ?? 0), some(...y)] as const;
  return { ...common, name: `${common.name}, ${activation}`, inputs, attrs: { ...attrs, activation } };
}

interface Parts {
  readonly common: Pick<AnyCase, "name" | "flops" | "tolerance">;
  readonly x: Shape;
  readonly weight: Shape;
  readonly y: Shape;
  readonly attrs: ConvAttrs;
}

function parts({ name, x, weight, attrs: given = {}, flops }: Geometry, more = 0): Parts {
  const plain: ConvAttrs = { stride: [1, 1], padding: around(0), dilation: [1, 1], groups: 1 };
  const attrs = { ...plain, ...given };
  const transformable = weight[2] === 3 && weight[3] === 3 && attrs.stride.join() === "1,1";
  return {
    common: {
      name,
      ...(flops === undefined ? {} : { flops: flops + more }),
      ...(transformable ? { tolerance: winograd } : {}),
    },
    x,
    weight,
    y: convShape("conv2d", f32(...x), f32(...weight), attrs),
    attrs,
  };
}
