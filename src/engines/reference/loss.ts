import { ConvnetsError } from "../../ir/errors.ts";
import type { Value } from "../../ir/graph.ts";
import { nchw, type Shape } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

/** y = x - m - log(sum of exp(x - m)) with m = max x, so that no exponential overflows. */
export const logSoftmax: Kernel<"logSoftmax", Context, Step> = ({ inputs: [x], results: [y] }, context) => {
  const [, classes] = nchw(x.type.shape);
  const from = context.f32(x);
  const to = context.f32(y);
  return () => {
    for (let row = 0; row < from.length; row += classes) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = row; k < row + classes; k++) largest = Math.max(largest, from[k] ?? 0);
      let sum = 0;
      for (let k = row; k < row + classes; k++) sum += Math.exp((from[k] ?? 0) - largest);
      const logSum = Math.log(sum);
      for (let k = row; k < row + classes; k++) to[k] = (from[k] ?? 0) - largest - logSum;
    }
  };
};

export const logSoftmaxGrad: Kernel<"logSoftmaxGrad", Context, Step> = ({ inputs, results }, context) => {
  const [, classes] = nchw(inputs[0].type.shape);
  const dy = context.f32(inputs[0]);
  const y = context.f32(inputs[1]);
  const dx = context.f32(results[0]);
  return () => {
    for (let row = 0; row < dy.length; row += classes) {
      let sum = 0;
      for (let k = row; k < row + classes; k++) sum += dy[k] ?? 0;
      for (let k = row; k < row + classes; k++) dx[k] = (dy[k] ?? 0) - Math.exp(y[k] ?? 0) * sum;
    }
  };
};

export const nllLoss: Kernel<"nllLoss", Context, Step> = ({ inputs, results }, context) => {
  const [n, classes] = nchw(inputs[0].type.shape);
  const logp = context.f32(inputs[0]);
  const labels = context.i32(inputs[1]);
  const loss = context.f32(results[0]);
  return () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum -= logp[i * classes + labelOf(labels, i, classes)] ?? 0;
    loss[0] = sum / n;
  };
};

export const nllLossInputGrad: Kernel<"nllLossInputGrad", Context, Step> = ({ inputs, results }, context) => {
  const [n, classes] = nchw(results[0].type.shape);
  const dy = context.f32(inputs[0]);
  const labels = context.i32(inputs[1]);
  const dx = context.f32(results[0]);
  return () => {
    dx.fill(0);
    for (let i = 0; i < n; i++) dx[i * classes + labelOf(labels, i, classes)] = -(dy[0] ?? 0) / n;
  };
};

export const softCrossEntropy: Kernel<"softCrossEntropy", Context, Step> = (
  { inputs: [logp, targets], results: [loss], attrs },
  context,
) => {
  const [n] = nchw(logp.type.shape);
  const from = context.f32(logp);
  const to = context.f32(loss);
  const target = smoothed(targets, logp.type.shape, attrs.smoothing, context);
  return () => {
    let sum = 0;
    for (let i = 0; i < from.length; i++) sum -= target(i) * (from[i] ?? 0);
    to[0] = sum / n;
  };
};

export const softCrossEntropyInputGrad: Kernel<"softCrossEntropyInputGrad", Context, Step> = (
  { inputs: [dy, targets], results: [dx], attrs },
  context,
) => {
  const [n] = nchw(dx.type.shape);
  const gradient = context.f32(dy);
  const to = context.f32(dx);
  const target = smoothed(targets, dx.type.shape, attrs.smoothing, context);
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = (-target(i) * (gradient[0] ?? 0)) / n;
  };
};

/** The target at place i of `[n, k]`, from labels or from distributions. */
function smoothed(targets: Value, shape: Shape, smoothing: number, context: Context): (i: number) => number {
  const [, classes] = nchw(shape);
  const spread = smoothing / classes;
  if (targets.type.dtype === "f32") {
    const given = context.f32(targets);
    return (i) => (1 - smoothing) * (given[i] ?? 0) + spread;
  }
  const labels = context.i32(targets);
  return (i) => {
    const sample = Math.floor(i / classes);
    return (i % classes === labelOf(labels, sample, classes) ? 1 - smoothing : 0) + spread;
  };
}

/** A label that the type rule can't check, since it arrives with the run. */
function labelOf(labels: Int32Array, sample: number, classes: number): number {
  const label = labels[sample] ?? -1;
  if (label < 0 || label >= classes)
    throw new ConvnetsError(`sample ${sample} has the label ${label}, but there are ${classes} classes`);
  return label;
}
