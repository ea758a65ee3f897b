import { describe, expect, it } from "vitest";
import { f32, formatType, type Shape, type TensorType } from "../../src/ir/type.ts";
import { type OpName, ops } from "../../src/ops/index.ts";

/** Operand types and attributes an op refuses, and the first line of its message. */
type Refusal = readonly [given: readonly TensorType[], attrs: object, line: string];

const u8 = (...shape: Shape): TensorType => ({ dtype: "u8", shape });
const i32 = (...shape: Shape): TensorType => ({ dtype: "i32", shape });

const x = f32(1, 4, 5, 5);
const conv = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], ceil: false };
const average = { ...pool, countPadding: true };
const bias = { ...conv, activation: "none" };
const sgd = { momentum: 0, weightDecay: 0, nesterov: false };

const unary = (op: string): readonly Refusal[] => [[[i32(3)], {}, `${op}: x must be f32`]];
const alike = (op: string): readonly Refusal[] => [
  [[f32(3), f32(4)], {}, `${op}: operands must be f32 of one shape`],
  [[f32(3), i32(3)], {}, `${op}: operands must be f32 of one shape`],
];
const convolution = (
  op: string,
  types: (x: TensorType, weight: TensorType) => [readonly TensorType[], object],
) => {
  const refuse = (a: TensorType, w: TensorType, attrs: object, problem: string): Refusal => {
    const [given, more] = types(a, w);
    return [given, { ...conv, ...more, ...attrs }, `${op}: ${problem}`];
  };
  return [
    refuse(f32(4, 5, 5), f32(8, 4, 3, 3), {}, "x must be [n, c, h, w]"),
    refuse(x, f32(8, 4, 3), {}, "weight must be [k, c / groups, kh, kw]"),
    refuse(x, f32(8, 3, 3, 3), {}, "x has 4 channels, weight wants 3"),
    refuse(x, f32(8, 4, 3, 3), { groups: 2 }, "x has 4 channels, weight wants 8"),
    refuse(x, f32(5, 2, 3, 3), { groups: 2 }, "5 filters can't be shared out to 2 groups"),
    refuse(x, f32(8, 4, 6, 3), {}, "a 6x3 kernel does not fit into 5x5 (with padding)"),
    refuse(x, f32(8, 4, 3, 6), {}, "a 3x6 kernel does not fit into 5x5 (with padding)"),
    refuse(x, f32(8, 4, 3, 3), { dilation: [3, 1] }, "a 3x3 kernel does not fit into 5x5 (with padding)"),
    refuse(x, f32(8, 4, 3, 3), { stride: [0, 1] }, "stride must be whole numbers from 1 up, not 0,1"),
    refuse(x, f32(8, 4, 3, 3), { dilation: [1, 1.5] }, "dilation must be whole numbers from 1 up, not 1,1.5"),
    refuse(x, f32(8, 4, 3, 3), { groups: 0 }, "groups must be whole numbers from 1 up, not 0"),
    refuse(
      x,
      f32(8, 4, 3, 3),
      { padding: [0, -1, 0, 0] },
      "padding must be whole numbers from 0 up, not 0,-1,0,0",
    ),
  ];
};
const pooling = (op: string, attrs: object, given: (x: TensorType) => [readonly TensorType[], object]) => {
  const refuse = (a: TensorType, wrong: object, problem: string): Refusal => {
    const [types, more] = given(a);
    return [types, { ...attrs, ...more, ...wrong }, `${op}: ${problem}`];
  };
  return [
    refuse(f32(4, 5, 5), {}, "x must be f32 [n, c, h, w]"),
    refuse(x, { kernel: [6, 2] }, "a 6x2 window does not fit into 5x5 (padding apart)"),
    refuse(x, { kernel: [2, 6] }, "a 2x6 window does not fit into 5x5 (padding apart)"),
    refuse(x, { padding: [0, 2, 0, 0] }, "padding 0,2,0,0 leaves a 2x2 window empty"),
    refuse(x, { kernel: [0, 2] }, "kernel must be whole numbers from 1 up, not 0,2"),
    refuse(x, { stride: [2, Number.NaN] }, "stride must be whole numbers from 1 up, not 2,NaN"),
    refuse(x, { padding: [0, 0, -1, 0] }, "padding must be whole numbers from 0 up, not 0,0,-1,0"),
  ];
};

const shaped = (shape: Shape) => ({ ...conv, shape });
const notConvResult = "dy must be f32[1,8,3,3], the shape of the convolution's result";
const notPoolResult = "dy must be f32[1,4,2,2], the shape of the pooling's result";

const four = f32(4);
const eps = { eps: 1e-5 };
const response = { size: 5, alpha: 1e-4, beta: 0.75, k: 2 };
const localResponse = (op: string, inputs: readonly TensorType[]): readonly Refusal[] => [
  [inputs.map(() => f32(4, 5)), response, `${op}: x must be f32 [n, c, h, w]`],
  [inputs, { ...response, size: 4 }, `${op}: size must be an odd number of channels, not 4`],
  [inputs, { ...response, alpha: -1 }, `${op}: alpha must be a number from 0 up, not -1`],
  [inputs, { ...response, beta: Number.NaN }, `${op}: beta must be a number from 0 up, not NaN`],
  [inputs, { ...response, k: 0 }, `${op}: k must be a positive number, not 0`],
];

const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, decoupled: false };
const rmsprop = { alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0 };

const refusals: { readonly [N in OpName]: readonly Refusal[] } = {
  adamUpdate: [
    [[f32(3), f32(3), f32(3), f32(4), f32(), f32()], adam, "adamUpdate: operands must be f32 of one shape"],
    [[f32(3), f32(3), f32(3), f32(3), f32(1), f32()], adam, "adamUpdate: rate must be an f32 scalar"],
    [[f32(3), f32(3), f32(3), f32(3), f32(), i32()], adam, "adamUpdate: step must be an f32 scalar"],
  ],
  adaptiveAvgPool2d: [
    [[f32(4, 5, 5)], { height: 2, width: 2 }, "adaptiveAvgPool2d: x must be f32 [n, c, h, w]"],
    [[x], { height: 0, width: 2 }, "adaptiveAvgPool2d: height must be whole numbers from 1 up, not 0"],
    [[x], { height: 2, width: 1.5 }, "adaptiveAvgPool2d: width must be whole numbers from 1 up, not 1.5"],
    [
      [f32(1, 4, 0, 5)],
      { height: 2, width: 2 },
      "adaptiveAvgPool2d: needs maps of at least 1x1, [n, c, h, w]",
    ],
  ],
  adaptiveAvgPool2dInputGrad: [
    [
      [f32(1, 4, 3, 2)],
      { height: 2, width: 2, shape: x.shape },
      `adaptiveAvgPool2dInputGrad: ${notPoolResult}`,
    ],
    [
      [f32(1, 4, 2, 2)],
      { height: 2, width: 2, shape: [4, 5, 5] },
      "adaptiveAvgPool2dInputGrad: needs maps of at least 1x1, [n, c, h, w]",
    ],
  ],
  add: [[[], {}, "add: needs at least one operand"], ...unary("add"), ...alike("add")],
  addChannels: [
    [[f32(3), f32(3)], {}, "addChannels: x must be f32 [n, c, ...]"],
    [[u8(2, 3), f32(3)], {}, "addChannels: x must be f32 [n, c, ...]"],
    [[x, f32(5)], {}, "addChannels: b must be f32[4], one number a channel of x"],
    [[x, f32(4, 1)], {}, "addChannels: b must be f32[4], one number a channel of x"],
    [[x, i32(4)], {}, "addChannels: b must be f32[4], one number a channel of x"],
  ],
  affine: [
    [[i32(2, 3)], { scale: [1], shift: [0] }, "affine: x must be f32 or u8"],
    [[x], { scale: [1, 2], shift: [0] }, "affine: scale has 2 entries for 4 channels"],
    [[x], { scale: [1], shift: [0, 0, 0] }, "affine: shift has 3 entries for 4 channels"],
  ],
  avgPool2d: [
    ...pooling("avgPool2d", average, (a) => [[a], {}]),
    [[u8(1, 4, 5, 5)], average, "avgPool2d: x must be f32 [n, c, h, w]"],
  ],
  avgPool2dInputGrad: [
    ...pooling("avgPool2dInputGrad", average, (a) => [[f32(1, 4, 2, 2)], { shape: a.shape }]),
    [[f32(1, 4, 3, 2)], { ...average, shape: x.shape }, `avgPool2dInputGrad: ${notPoolResult}`],
    [[u8(1, 4, 2, 2)], { ...average, shape: x.shape }, `avgPool2dInputGrad: ${notPoolResult}`],
  ],
  batchNorm: [
    [[f32(4), four, four], eps, "batchNorm: x must be f32 [n, c, ...]"],
    [[x, f32(5), four], eps, "batchNorm: gamma must be f32[4], one number a channel of x"],
    [[x, four, i32(4)], eps, "batchNorm: beta must be f32[4], one number a channel of x"],
    [[x, four, four], { eps: 0 }, "batchNorm: eps must be a positive number, not 0"],
  ],
  batchNormGrad: [
    [[x, f32(1, 4, 5, 6), four, four, four], eps, "batchNormGrad: operands must be f32 of one shape"],
    [[x, x, four, f32(5), four], eps, "batchNormGrad: mean must be f32[4], one number a channel of x"],
    [[x, x, four, four, f32()], eps, "batchNormGrad: variance must be f32[4], one number a channel of x"],
    [[x, x, four, four, four], { eps: Number.NaN }, "batchNormGrad: eps must be a positive number, not NaN"],
  ],
  batchNormAddRelu: [
    [[x, f32(1, 4, 5, 6), four, four], eps, "batchNormAddRelu: residual must have the type of x"],
    [[x, x, four, f32(5)], eps, "batchNorm: beta must be f32[4], one number a channel of x"],
  ],
  batchNormAddReluGrad: [
    [[x, f32(1, 4, 5, 6), x, four, four, four], eps, "batchNormAddReluGrad: y must have the type of x"],
    [[x, x, x, four, four, f32(5)], eps, "batchNormGrad: variance must be f32[4], one number a channel of x"],
  ],
  batchNormRelu: [[[x, f32(5), four], eps, "batchNorm: gamma must be f32[4], one number a channel of x"]],
  batchNormReluGrad: [
    [[x, x, four, f32(5), four, four], eps, "batchNormReluGrad: beta must be f32[4], as gamma"],
    [[x, x, four, four, f32(5), four], eps, "batchNormGrad: mean must be f32[4], one number a channel of x"],
  ],
  batchNormScale: [
    [[four, four, four, f32(5)], eps, "batchNormScale: operands must be f32 of one shape"],
    [[x, x, x, x], eps, "batchNormScale: operands must be f32[c]"],
    [[four, four, four, four], { eps: -1 }, "batchNormScale: eps must be a positive number, not -1"],
  ],
  clamp: [
    [[i32(3)], { most: 1 }, "clamp: x must be f32"],
    [[f32(3)], { most: 0 }, "clamp: most must be above 0, not 0"],
  ],
  clipFactor: [
    [[f32(1)], { most: 1 }, "clipFactor: square must be an f32 scalar"],
    [[f32()], { most: Number.NaN }, "clipFactor: most must be above 0, not NaN"],
  ],
  emaUpdate: [
    [[f32(3), f32(4), f32()], { decay: 0.9, warmup: false }, "emaUpdate: operands must be f32 of one shape"],
    [[f32(3), f32(3), f32(1)], { decay: 0.9, warmup: false }, "emaUpdate: step must be an f32 scalar"],
    [[f32(3), f32(3), f32()], { decay: 1, warmup: false }, "emaUpdate: decay must be in [0, 1), not 1"],
  ],
  largestMagnitude: [[[u8(3)], {}, "largestMagnitude: x must be f32"]],
  scale: [
    [[f32(3), f32(1)], {}, "scale: factor must be an f32 scalar"],
    [[u8(3), f32()], {}, "scale: x must be f32"],
  ],
  squaredNorm: [[[i32(3)], {}, "squaredNorm: x must be f32"]],
  concat: [
    [[], { axis: 0 }, "concat: needs operands that have an axis 0"],
    [[x, x], { axis: 4 }, "concat: needs operands that have an axis 4"],
    [[x, x], { axis: -1 }, "concat: needs operands that have an axis -1"],
    [[x, f32(1, 4, 5, 6)], { axis: 1 }, "concat: operands must agree in all but axis 1"],
    [[f32(3), u8(3)], { axis: 0 }, "concat: operands must agree in all but axis 0"],
  ],
  conv2d: [
    ...convolution("conv2d", (a, w) => [[a, w], {}]),
    [[u8(1, 4, 5, 5), f32(8, 4, 3, 3)], conv, "conv2d: x and weight must be f32"],
  ],
  conv2dBias: [
    ...convolution("conv2d", (a, w) => [[a, w, f32(w.shape[0] ?? 0)], { activation: "none" }]),
    [[x, f32(8, 4, 3, 3), f32(4)], bias, "conv2dBias: bias must be f32[8]"],
    [[x, f32(8, 4, 3, 3), i32(8)], bias, "conv2dBias: bias must be f32[8]"],
  ],
  conv2dBiasAdd: [
    [[x, f32(8, 4, 3, 3), f32(4), f32(1, 8, 3, 3)], bias, "conv2dBias: bias must be f32[8]"],
    [
      [x, f32(8, 4, 3, 3), f32(8), f32(1, 8, 3, 4)],
      bias,
      "conv2dBiasAdd: residual must be f32[1,8,3,3], as the result",
    ],
  ],
  conv2dInputGrad: [
    ...convolution("conv2dInputGrad", (a, w) => [[f32(1, 8, 3, 3), w], { shape: a.shape }]),
    [[f32(1, 8, 5, 5), f32(8, 4, 3, 3)], shaped(x.shape), `conv2dInputGrad: ${notConvResult}`],
    [[i32(1, 8, 3, 3), f32(8, 4, 3, 3)], shaped(x.shape), `conv2dInputGrad: ${notConvResult}`],
  ],
  conv2dParameterGrad: [
    ...convolution("conv2dWeightGrad", (a, w) => [[a, f32(1, 8, 3, 3)], { shape: w.shape }]),
    [[x, f32(2, 8, 3, 3)], shaped([8, 4, 3, 3]), `conv2dWeightGrad: ${notConvResult}`],
  ],
  conv2dWeightGrad: [
    ...convolution("conv2dWeightGrad", (a, w) => [[a, f32(1, 8, 3, 3)], { shape: w.shape }]),
    [[x, f32(2, 8, 3, 3)], shaped([8, 4, 3, 3]), `conv2dWeightGrad: ${notConvResult}`],
    [[x, u8(1, 8, 3, 3)], shaped([8, 4, 3, 3]), `conv2dWeightGrad: ${notConvResult}`],
  ],
  dotChannels: [...alike("dotChannels"), [[f32(3), f32(3)], {}, "dotChannels: x must be f32 [n, c, ...]"]],
  dropout: [
    [[x, i32(2)], { p: 1, salt: 0 }, "dropout: p must be in [0, 1), not 1"],
    [[x, i32(2)], { p: -0.1, salt: 0 }, "dropout: p must be in [0, 1), not -0.1"],
    [[x, i32(2)], { p: Number.NaN, salt: 0 }, "dropout: p must be in [0, 1), not NaN"],
    [[x, i32(3)], { p: 0.5, salt: 0 }, "dropout: random must be i32[2]: seed and step"],
    [[x, f32(2)], { p: 0.5, salt: 0 }, "dropout: random must be i32[2]: seed and step"],
    [[u8(4), i32(2)], { p: 0.5, salt: 0 }, "dropout: x must be f32"],
  ],
  fill: [[[], { shape: [2, -1], value: 0 }, "fill: shape must be whole numbers from 0 up, not 2,-1"]],
  gatherRows: [
    [[f32(3, 2)], { rows: [0, 3] }, "gatherRows: rows must be -1 or different numbers below 3, x f32"],
    [[f32(3, 2)], { rows: [0, -2] }, "gatherRows: rows must be -1 or different numbers below 3, x f32"],
    [[f32(3, 2)], { rows: [1, 1] }, "gatherRows: rows must be -1 or different numbers below 3, x f32"],
    [[f32(3, 2)], { rows: [0.5] }, "gatherRows: rows must be -1 or different numbers below 3, x f32"],
    [[i32(3, 2)], { rows: [1] }, "gatherRows: rows must be -1 or different numbers below 3, x f32"],
  ],
  linear: [
    [[f32(2, 3, 1), f32(4, 3)], {}, "linear: x must be f32 [n, i]"],
    [[u8(2, 3), f32(4, 3)], {}, "linear: x must be f32 [n, i]"],
    [[f32(2, 3), f32(12)], {}, "linear: weight must be f32 [o, i]"],
    [[f32(2, 3), f32(4, 5)], {}, "linear: x has 3 features, weight wants 5"],
  ],
  linearBias: [
    [[f32(2, 3), f32(4, 3), f32(3)], { activation: "none" }, "linearBias: bias must be f32[4]"],
    [[f32(2, 3), f32(4, 3), u8(4)], { activation: "none" }, "linearBias: bias must be f32[4]"],
    [[f32(2, 3), f32(4, 5), f32(4)], { activation: "none" }, "linear: x has 3 features, weight wants 5"],
  ],
  linearInputGrad: [
    [[f32(2), f32(4, 3)], {}, "linearInputGrad: dy must be f32 [n, o]"],
    [[f32(2, 4), f32(4)], {}, "linearInputGrad: weight must be f32 [o, i]"],
    [[f32(2, 3), f32(4, 3)], {}, "linearInputGrad: dy has 3 features, weight gives 4"],
  ],
  linearParameterGrad: [[[f32(2, 3), f32(3, 4)], {}, "linearWeightGrad: x has 2 rows, dy has 3"]],
  linearWeightGrad: [
    [[f32(2), f32(2, 4)], {}, "linearWeightGrad: x must be f32 [n, i]"],
    [[f32(2, 3), i32(2, 4)], {}, "linearWeightGrad: dy must be f32 [n, o]"],
    [[f32(2, 3), f32(3, 4)], {}, "linearWeightGrad: x has 2 rows, dy has 3"],
  ],
  localResponseNorm: localResponse("localResponseNorm", [x]),
  localResponseNormGrad: [
    ...localResponse("localResponseNormGrad", [x, x]),
    [[x, f32(1, 4, 5, 6)], response, "localResponseNormGrad: operands must be f32 of one shape"],
  ],
  logSoftmax: [
    [[f32(3)], {}, "logSoftmax: x must be f32 [n, k]"],
    [[x], {}, "logSoftmax: x must be f32 [n, k]"],
  ],
  logSoftmaxGrad: [
    [[f32(3), f32(3)], {}, "logSoftmaxGrad: dy must be f32 [n, k]"],
    [[f32(2, 3), f32(3, 2)], {}, "logSoftmaxGrad: operands must be f32 of one shape"],
  ],
  maxPool2d: [
    ...pooling("maxPool2d", pool, (a) => [[a], {}]),
    [[f32(1, 1, 20, 20)], { ...pool, kernel: [17, 16] }, "maxPool2d: a window holds at most 256 elements"],
  ],
  maxPool2dInputGrad: [
    ...pooling("maxPool2dInputGrad", pool, (a) => [[f32(1, 4, 2, 2), u8(1, 4, 2, 2)], { shape: a.shape }]),
    [[f32(1, 4, 3, 2), u8(1, 4, 2, 2)], { ...pool, shape: x.shape }, `maxPool2dInputGrad: ${notPoolResult}`],
    [[u8(1, 4, 2, 2), u8(1, 4, 2, 2)], { ...pool, shape: x.shape }, `maxPool2dInputGrad: ${notPoolResult}`],
    [
      [f32(1, 4, 2, 2), u8(1, 4, 2, 3)],
      { ...pool, shape: x.shape },
      "maxPool2dInputGrad: indices must be u8[1,4,2,2], as dy",
    ],
    [
      [f32(1, 4, 2, 2), f32(1, 4, 2, 2)],
      { ...pool, shape: x.shape },
      "maxPool2dInputGrad: indices must be u8[1,4,2,2], as dy",
    ],
  ],
  movingAverage: [
    [[four, f32(5)], { decay: 0.9, gain: 0.1 }, "movingAverage: operands must be f32 of one shape"],
  ],
  mul: alike("mul"),
  nllLoss: [
    [[f32(3), i32(3)], {}, "nllLoss: logp must be f32 [n, k]"],
    [[f32(3, 5), i32(5)], {}, "nllLoss: labels must be i32[3], one a sample"],
    [[f32(3, 5), f32(3)], {}, "nllLoss: labels must be i32[3], one a sample"],
  ],
  nllLossInputGrad: [
    [[f32(1), i32(3)], { shape: [3, 5] }, "nllLossInputGrad: dy must be an f32 scalar"],
    [[i32(), i32(3)], { shape: [3, 5] }, "nllLossInputGrad: dy must be an f32 scalar"],
    [[f32(), u8(3)], { shape: [3, 5] }, "nllLossInputGrad: labels must be i32[3], one a sample"],
  ],
  normalizeRelu: [
    [[x, four, f32(5), four, four], eps, "batchNorm: beta must be f32[4], one number a channel of x"],
    [[x, four, four, four, f32(5)], eps, "batchNormGrad: variance must be f32[4], one number a channel of x"],
  ],
  pad: [
    [[f32(2, 3)], { before: [1], after: [1], value: 0 }, "pad: before and after need 2 entries, one an axis"],
    [[f32(2)], { before: [-1], after: [1], value: 0 }, "pad: before must be whole numbers from 0 up, not -1"],
    [
      [f32(2)],
      { before: [1], after: [0.5], value: 0 },
      "pad: after must be whole numbers from 0 up, not 0.5",
    ],
  ],
  relu: unary("relu"),
  reluGrad: alike("reluGrad"),
  reshape: [
    [[f32(2, 3)], { shape: [7] }, "reshape: [7] has 7 elements, x 6"],
    [[f32(2, 3)], { shape: [-2, -3] }, "reshape: shape must be whole numbers from 0 up, not -2,-3"],
  ],
  resize2d: [
    [[i32(1, 1, 2, 2)], { height: 3, width: 3 }, "resize2d: x must be f32 or u8 [n, c, h, w]"],
    [[f32(1, 2, 2)], { height: 3, width: 3 }, "resize2d: x must be f32 or u8 [n, c, h, w]"],
    [[x], { height: 0, width: 3 }, "resize2d: no image is 0x3"],
    [[x], { height: 3, width: 2.5 }, "resize2d: no image is 3x2.5"],
  ],
  resize2dInputGrad: [
    [
      [f32(1, 4, 3, 3)],
      { height: 3, width: 3, shape: [4, 5, 5] },
      "resize2dInputGrad: shape must be [n, c, h, w]",
    ],
    [
      [f32(1, 4, 3, 4)],
      { height: 3, width: 3, shape: x.shape },
      "resize2dInputGrad: dy must be f32[1,4,3,3]",
    ],
    [[u8(1, 4, 3, 3)], { height: 3, width: 3, shape: x.shape }, "resize2dInputGrad: dy must be f32[1,4,3,3]"],
  ],
  rmspropUpdate: [
    [[f32(3), f32(3), f32(3), f32(4), f32()], rmsprop, "rmspropUpdate: operands must be f32 of one shape"],
    [[f32(3), f32(3), f32(3), f32(3), i32()], rmsprop, "rmspropUpdate: rate must be an f32 scalar"],
  ],
  centeredRmspropUpdate: [
    [
      [f32(3), f32(3), f32(4), f32(3), f32(3), f32()],
      rmsprop,
      "centeredRmspropUpdate: operands must be f32 of one shape",
    ],
    [
      [f32(3), f32(3), f32(3), f32(3), f32(3), f32(3)],
      rmsprop,
      "centeredRmspropUpdate: rate must be an f32 scalar",
    ],
  ],
  scaleChannels: [
    [[f32(3), f32(3)], {}, "scaleChannels: x must be f32 [n, c, ...]"],
    [[x, f32(5)], {}, "scaleChannels: s must be f32[4], one number a channel of x"],
  ],
  sgdUpdate: [
    [[f32(3), f32(3), f32(4), f32()], sgd, "sgdUpdate: operands must be f32 of one shape"],
    [[f32(3), f32(3), f32(3), f32(1)], sgd, "sgdUpdate: rate must be an f32 scalar"],
    [[f32(3), f32(3), f32(3), i32()], sgd, "sgdUpdate: rate must be an f32 scalar"],
  ],
  sigmoid: unary("sigmoid"),
  sigmoidGrad: alike("sigmoidGrad"),
  slice: [
    [[x], { axis: 4, start: 0, size: 1 }, "slice: axis 4 has no positions 0 to 0"],
    [[x], { axis: 1, start: 3, size: 2 }, "slice: axis 1 has no positions 3 to 4"],
    [[x], { axis: 1, start: -1, size: 2 }, "slice: axis 1 has no positions -1 to 0"],
    [[x], { axis: 1, start: 1, size: 0 }, "slice: axis 1 has no positions 1 to 0"],
    [[x], { axis: 1, start: 0.5, size: 1 }, "slice: axis 1 has no positions 0.5 to 0.5"],
  ],
  softCrossEntropy: [
    [[f32(3), i32(3)], { smoothing: 0 }, "softCrossEntropy: logp must be f32 [n, k]"],
    [[f32(3, 5), i32(5)], { smoothing: 0 }, "softCrossEntropy: labels must be i32[3], one a sample"],
    [
      [f32(3, 5), f32(3, 4)],
      { smoothing: 0 },
      "softCrossEntropy: targets must be f32[3,5] as logp, or labels",
    ],
    [[f32(3, 5), i32(3)], { smoothing: 1.5 }, "softCrossEntropy: smoothing must be in [0, 1], not 1.5"],
  ],
  softCrossEntropyInputGrad: [
    [
      [f32(1), i32(3)],
      { smoothing: 0, shape: [3, 5] },
      "softCrossEntropyInputGrad: dy must be an f32 scalar",
    ],
    [
      [f32(), u8(3, 5)],
      { smoothing: 0, shape: [3, 5] },
      "softCrossEntropyInputGrad: targets must be f32[3,5] as logp, or labels",
    ],
  ],
  squaredDistance: [
    [[x, f32(2, 5)], {}, "squaredDistance: x must be f32 [n, d]"],
    [[f32(3, 5), f32(5)], {}, "squaredDistance: centres must be f32 [k, d]"],
    [[f32(3, 5), f32(2, 4)], {}, "squaredDistance: x has 5 features, centres have 4"],
  ],
  squaredDistanceGrad: [
    [[f32(3, 2), f32(3), f32(2, 5)], {}, "squaredDistanceGrad: x must be f32 [n, d]"],
    [[f32(3, 2), f32(3, 5), f32(2)], {}, "squaredDistanceGrad: centres must be f32 [k, d]"],
    [
      [f32(2, 3), f32(3, 5), f32(2, 5)],
      {},
      "squaredDistanceGrad: dy must be f32[3,2], x and centres of one width",
    ],
    [
      [u8(3, 2), f32(3, 5), f32(2, 5)],
      {},
      "squaredDistanceGrad: dy must be f32[3,2], x and centres of one width",
    ],
    [
      [f32(3, 2), f32(3, 5), f32(2, 4)],
      {},
      "squaredDistanceGrad: dy must be f32[3,2], x and centres of one width",
    ],
  ],
  sumChannels: [
    [[f32(3)], {}, "sumChannels: x must be f32 [n, c, ...]"],
    [[u8(2, 3)], {}, "sumChannels: x must be f32 [n, c, ...]"],
  ],
  exp: unary("exp"),
  tanh: unary("tanh"),
  tanhGrad: alike("tanhGrad"),
  transpose: [
    [[f32(3, 2)], { axes: [0] }, "transpose: axes 0 must be 0,1 in any order, x f32"],
    [[f32(3, 2)], { axes: [1, 1] }, "transpose: axes 1,1 must be 0,1 in any order, x f32"],
    [[i32(3, 2)], { axes: [1, 0] }, "transpose: axes 1,0 must be 0,1 in any order, x f32"],
  ],
};

for (const [op, rows] of Object.entries(refusals))
  describe(`${op} refuses`, () => {
    for (const [given, attrs, line] of rows)
      it(`${given.map(formatType).join(", ")} ${JSON.stringify(attrs)}`, () => {
        // The table's keys are op names, which Object.entries does not tell.
        expect(refusal(op as OpName, given, attrs)).toBe(`ShapeError: ${line}`);
      });
  });

/** The name and the first line of the error, before the operands' types. */
function refusal(op: OpName, given: readonly TensorType[], attrs: object): string {
  try {
    ops[op].types(given, attrs);
  } catch (error) {
    return String(error).split("\n")[0] ?? "";
  }
  return "accepted";
}
