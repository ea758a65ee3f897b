import { type Kernels, unsupported } from "../engine.ts";
import { relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activation.ts";
import { add, affine, fill, mul } from "./arithmetic.ts";
import { addChannels, dotChannels, scaleChannels, sumChannels } from "./channels.ts";
import { squaredDistance, squaredDistanceGrad } from "./distance.ts";
import { dropout } from "./dropout.ts";
import { linear, linearBias, linearInputGrad, linearParameterGrad, linearWeightGrad } from "./linear.ts";
import { logSoftmax, logSoftmaxGrad, nllLoss, nllLossInputGrad } from "./loss.ts";
import type { Context } from "./lowering.ts";
import { concat, gatherRows, pad, reshape, slice } from "./shape.ts";
import { movingAverage, sgdUpdate } from "./update.ts";

const later = unsupported("not written yet");

export const kernels: Kernels<Context, void> = {
  adaptiveAvgPool2d: later,
  adaptiveAvgPool2dInputGrad: later,
  add,
  addChannels,
  affine,
  avgPool2d: later,
  avgPool2dInputGrad: later,
  batchNorm: later,
  batchNormAddRelu: later,
  batchNormAddReluGrad: later,
  batchNormGrad: later,
  batchNormRelu: later,
  batchNormReluGrad: later,
  batchNormScale: later,
  concat,
  conv2d: later,
  conv2dBias: later,
  conv2dBiasAdd: later,
  conv2dInputGrad: later,
  conv2dParameterGrad: later,
  conv2dWeightGrad: later,
  dotChannels,
  dropout,
  fill,
  gatherRows,
  linear,
  linearBias,
  linearInputGrad,
  linearParameterGrad,
  linearWeightGrad,
  localResponseNorm: later,
  localResponseNormGrad: later,
  logSoftmax,
  logSoftmaxGrad,
  maxPool2d: later,
  maxPool2dInputGrad: later,
  movingAverage,
  mul,
  nllLoss,
  nllLossInputGrad,
  normalizeRelu: later,
  pad,
  relu,
  reluGrad,
  reshape,
  resize2d: later,
  resize2dInputGrad: later,
  scaleChannels,
  sgdUpdate,
  sigmoid,
  sigmoidGrad,
  slice,
  squaredDistance,
  squaredDistanceGrad,
  sumChannels,
  tanh,
  tanhGrad,
};
