import type { OpName } from "../ops/index.ts";

const training = "is part of training only; export the network in evaluation";
const gradient = "is a gradient, which ONNX models do not hold; export the network in evaluation";
const update = "changes weights between steps; export the network in evaluation";
const fused = "is made by the passes before an engine; export the network before them";
const constant = "reads weights alone, so export computes it; here it reads the input";

/** Ops that are never written. All others have an exporter. */
export type NotExported =
  | Extract<OpName, `${string}Grad` | `${string}Update`>
  | "batchNorm"
  | "batchNormAddRelu"
  | "batchNormRelu"
  | "batchNormScale"
  | "clamp"
  | "clipFactor"
  | "conv2dBias"
  | "conv2dBiasAdd"
  | "dotChannels"
  | "dropout"
  | "fill"
  | "gatherRows"
  | "largestMagnitude"
  | "linearBias"
  | "movingAverage"
  | "nllLoss"
  | "normalizeRelu"
  | "scale"
  | "softCrossEntropy"
  | "squaredNorm"
  | "sumChannels";

/** Why they are not. */
export const notExported: Readonly<Record<NotExported, string>> = {
  adamUpdate: update,
  adaptiveAvgPool2dInputGrad: gradient,
  avgPool2dInputGrad: gradient,
  batchNorm: training,
  batchNormAddRelu: training,
  batchNormAddReluGrad: gradient,
  batchNormGrad: gradient,
  batchNormRelu: training,
  batchNormReluGrad: gradient,
  batchNormScale: constant,
  centeredRmspropUpdate: update,
  clamp: training,
  clipFactor: training,
  conv2dBias: fused,
  conv2dBiasAdd: fused,
  conv2dInputGrad: gradient,
  conv2dParameterGrad: gradient,
  conv2dWeightGrad: gradient,
  dotChannels: gradient,
  dropout: training,
  emaUpdate: update,
  fill: constant,
  gatherRows: constant,
  largestMagnitude: training,
  linearBias: fused,
  linearInputGrad: gradient,
  linearParameterGrad: gradient,
  linearWeightGrad: gradient,
  localResponseNormGrad: gradient,
  logSoftmaxGrad: gradient,
  maxPool2dInputGrad: gradient,
  movingAverage: update,
  nllLoss: training,
  nllLossInputGrad: gradient,
  normalizeRelu: fused,
  reluGrad: gradient,
  resize2dInputGrad: gradient,
  rmspropUpdate: update,
  scale: training,
  sgdUpdate: update,
  sigmoidGrad: gradient,
  softCrossEntropy: training,
  softCrossEntropyInputGrad: gradient,
  squaredDistanceGrad: gradient,
  squaredNorm: training,
  sumChannels: gradient,
  tanhGrad: gradient,
};

export function isNotExported(op: OpName): op is NotExported {
  return op in notExported;
}
