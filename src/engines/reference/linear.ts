import { nchw, type Shape } from "../../ir/type.ts";
import type { Activation } from "../../ops/fused.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const linear: Kernel<"linear", Context, Step> = ({ inputs: [x, weight], results: [y] }, at) =>
  connect(weight.type.shape, at.f32(x), at.f32(weight), undefined, "none", at.f32(y));

/** dx[n,:] = sum over o of dy[n,o] weight[o,:]. */
export const linearInputGrad: Kernel<"linearInputGrad", Context, Step> = (node, context) => {
  const [n, o] = nchw(node.inputs[0].type.shape);
  const [, i] = nchw(node.results[0].type.shape);
  const dy = context.f32(node.inputs[0]);
  const weight = context.f32(node.inputs[1]);
  const dx = context.f32(node.results[0]);
  const sums = new Float64Array(i);
  return () => {
    for (let row = 0; row < n; row++) {
      sums.fill(0);
      for (let unit = 0; unit < o; unit++) {
        const factor = dy[row * o + unit] ?? 0;
        const weightRow = unit * i;
        for (let at = 0; at < i; at++) sums[at] = (sums[at] ?? 0) + factor * (weight[weightRow + at] ?? 0);
      }
      dx.set(sums, row * i);
    }
  };
};

export const linearWeightGrad: Kernel<"linearWeightGrad", Context, Step> = (node, context) => {
  const [x, dy] = node.inputs;
  const [dw] = node.results;
  return connectionGrad(x.type.shape, context.f32(x), context.f32(dy), context.f32(dw));
};

/** y[n,o] = activation(sum over i of x[n,i] weight[o,i] + bias[o]). */
export function connect(
  weightShape: Shape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  activation: Activation,
  y: Float32Array,
): Step {
  const [o, i] = nchw(weightShape);
  const least = activation === "relu" ? 0 : Number.NEGATIVE_INFINITY;
  return () => {
    let xRow = 0;
    for (let to = 0; to < y.length; xRow += i) {
      for (let weightRow = 0; weightRow < o * i; weightRow += i) {
        let sum = bias?.[to % o] ?? 0;
        for (let at = 0; at < i; at++) sum += (x[xRow + at] ?? 0) * (weight[weightRow + at] ?? 0);
        y[to++] = Math.max(sum, least);
      }
    }
  };
}

/** dw[o,:] = sum over n of dy[n,o] x[n,:]. */
export function connectionGrad(xShape: Shape, x: Float32Array, dy: Float32Array, dw: Float32Array): Step {
  const [n, i] = nchw(xShape);
  const o = dy.length / n;
  const sums = new Float64Array(i);
  return () => {
    for (let unit = 0; unit < o; unit++) {
      sums.fill(0);
      for (let row = 0; row < n; row++) {
        const factor = dy[row * o + unit] ?? 0;
        const xRow = row * i;
        for (let at = 0; at < i; at++) sums[at] = (sums[at] ?? 0) + factor * (x[xRow + at] ?? 0);
      }
      dw.set(sums, unit * i);
    }
  };
}
