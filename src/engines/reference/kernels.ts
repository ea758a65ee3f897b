import type { Kernels } from "../engine.ts";
import { exp, relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activation.ts";
import { adaptiveAvgPool2d, adaptiveAvgPool2dInputGrad } from "./adaptivePool.ts";
import { add, affine, fill, mul } from "./arithmetic.ts";
import { batchNorm, batchNormGrad, batchNormScale } from "./batchNorm.ts";
import { addChannels, dotChannels, scaleChannels, sumChannels } from "./channels.ts";
import { clamp, clipFactor, largestMagnitude, scale, squaredNorm } from "./clip.ts";
import type { Context, Step } from "./context.ts";
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from "./conv.ts";
import { squaredDistance, squaredDistanceGrad } from "./distance.ts";
import { dropout } from "./dropout.ts";
import { conv2dBias, conv2dBiasAdd, conv2dParameterGrad, linearBias, linearParameterGrad } from "./fused.ts";
import {
  batchNormAddRelu,
  batchNormAddReluGrad,
  batchNormRelu,
  batchNormReluGrad,
  normalizeRelu,
} from "./fusedBatchNorm.ts";
import { linear, linearInputGrad, linearWeightGrad } from "./linear.ts";
import { localResponseNorm, localResponseNormGrad } from "./localResponseNorm.ts";
import {
  logSoftmax,
  logSoftmaxGrad,
  nllLoss,
  nllLossInputGrad,
  softCrossEntropy,
  softCrossEntropyInputGrad,
} from "./loss.ts";
import { avgPool2d, avgPool2dInputGrad, maxPool2d, maxPool2dInputGrad } from "./pool.ts";
import { resize2d, resize2dInputGrad } from "./resize.ts";
import { concat, gatherRows, pad, reshape, slice, transpose } from "./shape.ts";
import {
  adamUpdate,
  centeredRmspropUpdate,
  emaUpdate,
  movingAverage,
  rmspropUpdate,
  sgdUpdate,
} from "./update.ts";

export const kernels: Kernels<Context, Step> = {
  adamUpdate,
  adaptiveAvgPool2d,
  adaptiveAvgPool2dInputGrad,
  add,
  addChannels,
  affine,
  avgPool2d,
  avgPool2dInputGrad,
  batchNorm,
  batchNormAddRelu,
  batchNormAddReluGrad,
  batchNormGrad,
  batchNormRelu,
  batchNormReluGrad,
  batchNormScale,
  centeredRmspropUpdate,
  clamp,
  clipFactor,
  concat,
  conv2d,
  conv2dBias,
  conv2dBiasAdd,
  conv2dInputGrad,
  conv2dParameterGrad,
  conv2dWeightGrad,
  dotChannels,
  dropout,
  emaUpdate,
  exp,
  fill,
  gatherRows,
  largestMagnitude,
  linear,
  linearBias,
  linearInputGrad,
  linearParameterGrad,
  linearWeightGrad,
  localResponseNorm,
  localResponseNormGrad,
  logSoftmax,
  logSoftmaxGrad,
  maxPool2d,
  maxPool2dInputGrad,
  movingAverage,
  mul,
  nllLoss,
  nllLossInputGrad,
  normalizeRelu,
  pad,
  relu,
  reluGrad,
  reshape,
  resize2d,
  resize2dInputGrad,
  rmspropUpdate,
  scale,
  scaleChannels,
  sgdUpdate,
  sigmoid,
  sigmoidGrad,
  slice,
  softCrossEntropy,
  softCrossEntropyInputGrad,
  squaredDistance,
  squaredDistanceGrad,
  squaredNorm,
  sumChannels,
  tanh,
  tanhGrad,
  transpose,
};
