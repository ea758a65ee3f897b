import type { Node, Value } from "../ir/graph.ts";
import { exp, relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activation.ts";
import { adaptiveAvgPool2d, adaptiveAvgPool2dInputGrad } from "./adaptivePool.ts";
import { add, affine, fill, mul } from "./arithmetic.ts";
import { batchNorm, batchNormGrad, batchNormScale } from "./batchNorm.ts";
import { addChannels, dotChannels, scaleChannels, sumChannels } from "./channels.ts";
import { clamp, clipFactor, largestMagnitude, scale, squaredNorm } from "./clip.ts";
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from "./conv.ts";
import type { AnyOp, Definition } from "./define.ts";
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

/** The whole instruction set by name. Engines, exporters and the conformance table are total tables over its keys. */
export interface Ops {
  readonly adamUpdate: typeof adamUpdate;
  readonly adaptiveAvgPool2d: typeof adaptiveAvgPool2d;
  readonly adaptiveAvgPool2dInputGrad: typeof adaptiveAvgPool2dInputGrad;
  readonly add: typeof add;
  readonly addChannels: typeof addChannels;
  readonly affine: typeof affine;
  readonly avgPool2d: typeof avgPool2d;
  readonly avgPool2dInputGrad: typeof avgPool2dInputGrad;
  readonly batchNorm: typeof batchNorm;
  readonly batchNormAddRelu: typeof batchNormAddRelu;
  readonly batchNormAddReluGrad: typeof batchNormAddReluGrad;
  readonly batchNormGrad: typeof batchNormGrad;
  readonly batchNormRelu: typeof batchNormRelu;
  readonly batchNormReluGrad: typeof batchNormReluGrad;
  readonly batchNormScale: typeof batchNormScale;
  readonly centeredRmspropUpdate: typeof centeredRmspropUpdate;
  readonly clamp: typeof clamp;
  readonly clipFactor: typeof clipFactor;
  readonly concat: typeof concat;
  readonly conv2d: typeof conv2d;
  readonly conv2dBias: typeof conv2dBias;
  readonly conv2dBiasAdd: typeof conv2dBiasAdd;
  readonly conv2dInputGrad: typeof conv2dInputGrad;
  readonly conv2dParameterGrad: typeof conv2dParameterGrad;
  readonly conv2dWeightGrad: typeof conv2dWeightGrad;
  readonly dotChannels: typeof dotChannels;
  readonly dropout: typeof dropout;
  readonly emaUpdate: typeof emaUpdate;
  readonly exp: typeof exp;
  readonly fill: typeof fill;
  readonly gatherRows: typeof gatherRows;
  readonly largestMagnitude: typeof largestMagnitude;
  readonly linear: typeof linear;
  readonly linearBias: typeof linearBias;
  readonly linearInputGrad: typeof linearInputGrad;
  readonly linearParameterGrad: typeof linearParameterGrad;
  readonly linearWeightGrad: typeof linearWeightGrad;
  readonly localResponseNorm: typeof localResponseNorm;
  readonly localResponseNormGrad: typeof localResponseNormGrad;
  readonly logSoftmax: typeof logSoftmax;
  readonly logSoftmaxGrad: typeof logSoftmaxGrad;
  readonly maxPool2d: typeof maxPool2d;
  readonly maxPool2dInputGrad: typeof maxPool2dInputGrad;
  readonly movingAverage: typeof movingAverage;
  readonly mul: typeof mul;
  readonly nllLoss: typeof nllLoss;
  readonly nllLossInputGrad: typeof nllLossInputGrad;
  readonly normalizeRelu: typeof normalizeRelu;
  readonly pad: typeof pad;
  readonly relu: typeof relu;
  readonly reluGrad: typeof reluGrad;
  readonly reshape: typeof reshape;
  readonly resize2d: typeof resize2d;
  readonly resize2dInputGrad: typeof resize2dInputGrad;
  readonly rmspropUpdate: typeof rmspropUpdate;
  readonly scale: typeof scale;
  readonly scaleChannels: typeof scaleChannels;
  readonly sgdUpdate: typeof sgdUpdate;
  readonly sigmoid: typeof sigmoid;
  readonly sigmoidGrad: typeof sigmoidGrad;
  readonly slice: typeof slice;
  readonly softCrossEntropy: typeof softCrossEntropy;
  readonly softCrossEntropyInputGrad: typeof softCrossEntropyInputGrad;
  readonly squaredDistance: typeof squaredDistance;
  readonly squaredDistanceGrad: typeof squaredDistanceGrad;
  readonly squaredNorm: typeof squaredNorm;
  readonly sumChannels: typeof sumChannels;
  readonly tanh: typeof tanh;
  readonly tanhGrad: typeof tanhGrad;
  readonly transpose: typeof transpose;
}

export const ops: Ops = {
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

export type OpName = keyof Ops;
export type InputsOf<N extends OpName> =
  Ops[N] extends AnyOp<
    infer In extends readonly Value[],
    infer _A extends object,
    infer _Out extends readonly Value[]
  >
    ? In
    : never;
export type AttrsOf<N extends OpName> =
  Ops[N] extends AnyOp<
    infer _In extends readonly Value[],
    infer A extends object,
    infer _Out extends readonly Value[]
  >
    ? A
    : never;
export type ResultsOf<N extends OpName> =
  Ops[N] extends AnyOp<
    infer _In extends readonly Value[],
    infer _A extends object,
    infer Out extends readonly Value[]
  >
    ? Out
    : never;

/** A node whose operands, attributes and results are typed by its op. */
export interface NodeOf<N extends OpName> {
  readonly op: N;
  readonly inputs: InputsOf<N>;
  readonly attrs: AttrsOf<N>;
  readonly results: ResultsOf<N>;
  readonly scope: string;
}

export type AnyNode = { readonly [N in OpName]: NodeOf<N> }[OpName];

/** A node with its op's signature; comparing `op` narrows it. */
export function asTyped(node: Node): AnyNode {
  // Graphs are only built by calling ops, so a node's op is a key of the table and the rest is of its signature.
  return node as unknown as AnyNode;
}

/** The definition behind a node. */
export function definitionOf(node: Node): Definition {
  return ops[asTyped(node).op];
}
