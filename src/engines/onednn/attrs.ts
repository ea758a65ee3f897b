import type { ConvAttrs } from "../../ops/conv.ts";
import type { Activation } from "../../ops/fused.ts";
import type { AttrsOf, OpName } from "../../ops/index.ts";
import type { LocalResponseNormAttrs } from "../../ops/localResponseNorm.ts";
import type { PoolAttrs } from "../../ops/pool.ts";
import type { RmspropAttrs } from "../../ops/update.ts";

/** For every op the flat form in which its attributes cross to native code; the kernels there know the order. */
type Flat = { readonly [N in OpName]: (attrs: AttrsOf<N>) => readonly number[] };

const none = () => [];
const conv = ({ stride, padding, dilation, groups }: ConvAttrs) => [
  ...stride,
  ...padding,
  ...dilation,
  groups,
];
const pool = ({ kernel, stride, padding, ceil }: PoolAttrs) => [
  ...kernel,
  ...stride,
  ...padding,
  Number(ceil),
];
const localResponse = ({ size, alpha, beta, k }: LocalResponseNormAttrs) => [size, alpha, beta, k];
const rmsprop = ({ alpha, eps, momentum, weightDecay }: RmspropAttrs) => [alpha, eps, momentum, weightDecay];
const activation = (kind: Activation) => (kind === "relu" ? 1 : 0);

export const flatAttrs: Flat = {
  adamUpdate: ({ beta1, beta2, eps, weightDecay, decoupled }) => [
    beta1,
    beta2,
    eps,
    weightDecay,
    Number(decoupled),
  ],
  adaptiveAvgPool2d: ({ height, width }) => [height, width],
  adaptiveAvgPool2dInputGrad: ({ height, width }) => [height, width],
  add: none,
  emaUpdate: ({ decay, warmup }) => [decay, Number(warmup)],
  largestMagnitude: none,
  scale: none,
  squaredNorm: none,
  clipFactor: ({ most }) => [most],
  clamp: ({ most }) => [most],
  addChannels: none,
  affine: ({ scale, shift }) => [scale.length, ...scale, ...shift],
  avgPool2d: (attrs) => [...pool(attrs), Number(attrs.countPadding)],
  avgPool2dInputGrad: (attrs) => [...pool(attrs), Number(attrs.countPadding)],
  batchNorm: ({ eps }) => [eps],
  batchNormAddRelu: ({ eps }) => [eps],
  batchNormAddReluGrad: ({ eps }) => [eps],
  batchNormGrad: ({ eps }) => [eps],
  batchNormRelu: ({ eps }) => [eps],
  batchNormReluGrad: ({ eps }) => [eps],
  batchNormScale: ({ eps }) => [eps],
  centeredRmspropUpdate: rmsprop,
  concat: ({ axis }) => [axis],
  conv2d: conv,
  conv2dBias: (attrs) => [...conv(attrs), activation(attrs.activation)],
  conv2dBiasAdd: (attrs) => [...conv(attrs), activation(attrs.activation)],
  conv2dInputGrad: conv,
  conv2dParameterGrad: conv,
  conv2dWeightGrad: conv,
  dotChannels: none,
  dropout: ({ p, salt }) => [p, salt],
  exp: none,
  fill: ({ value }) => [value],
  gatherRows: ({ rows }) => rows,
  linear: none,
  linearBias: (attrs) => [activation(attrs.activation)],
  linearInputGrad: none,
  linearParameterGrad: none,
  linearWeightGrad: none,
  localResponseNorm: localResponse,
  localResponseNormGrad: localResponse,
  logSoftmax: none,
  logSoftmaxGrad: none,
  maxPool2d: pool,
  maxPool2dInputGrad: pool,
  movingAverage: ({ decay, gain }) => [decay, gain],
  mul: none,
  nllLoss: none,
  nllLossInputGrad: none,
  normalizeRelu: ({ eps }) => [eps],
  pad: ({ before, after, value }) => [...before, ...after, value],
  relu: none,
  reluGrad: none,
  reshape: none,
  resize2d: none,
  resize2dInputGrad: none,
  rmspropUpdate: rmsprop,
  scaleChannels: none,
  sgdUpdate: ({ momentum, weightDecay, nesterov }) => [momentum, weightDecay, Number(nesterov)],
  sigmoid: none,
  sigmoidGrad: none,
  slice: ({ axis, start, size }) => [axis, start, size],
  softCrossEntropy: ({ smoothing }) => [smoothing],
  softCrossEntropyInputGrad: ({ smoothing }) => [smoothing],
  squaredDistance: none,
  squaredDistanceGrad: none,
  sumChannels: none,
  tanh: none,
  tanhGrad: none,
  transpose: ({ axes }) => axes,
};
