import { type Shape, size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import { differentiate, normalize } from "./batchNorm.ts";
import type { Context, Step } from "./context.ts";

// The parts one after the other, each rounded where it would have been stored.

export const batchNormRelu: Kernel<"batchNormRelu", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const y = context.f32(results[0]);
  const norm = normalize(inputs[0].type.shape, attrs, {
    x: context.f32(inputs[0]),
    gamma: context.f32(inputs[1]),
    beta: context.f32(inputs[2]),
    y,
    mean: context.f32(results[1]),
    variance: context.f32(results[2]),
  });
  return () => {
    norm();
    for (let i = 0; i < y.length; i++) y[i] = Math.max(y[i] ?? 0, 0);
  };
};

export const batchNormAddRelu: Kernel<"batchNormAddRelu", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const residual = context.f32(inputs[1]);
  const y = context.f32(results[0]);
  const norm = normalize(inputs[0].type.shape, attrs, {
    x: context.f32(inputs[0]),
    gamma: context.f32(inputs[2]),
    beta: context.f32(inputs[3]),
    y,
    mean: context.f32(results[1]),
    variance: context.f32(results[2]),
  });
  return () => {
    norm();
    for (let i = 0; i < y.length; i++) y[i] = Math.max((y[i] ?? 0) + (residual[i] ?? 0), 0);
  };
};

export const normalizeRelu: Kernel<"normalizeRelu", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const x = context.f32(inputs[0]);
  const gamma = context.f32(inputs[1]);
  const beta = context.f32(inputs[2]);
  const mean = context.f32(inputs[3]);
  const variance = context.f32(inputs[4]);
  const y = context.f32(results[0]);
  const channelOf = channels(inputs[0].type.shape);
  return () => {
    for (let i = 0; i < y.length; i++) {
      const c = channelOf(i);
      const scale = (gamma[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + attrs.eps);
      y[i] = Math.max(((x[i] ?? 0) - (mean[c] ?? 0)) * scale + (beta[c] ?? 0), 0);
    }
  };
};

export const batchNormReluGrad: Kernel<"batchNormReluGrad", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const shape = inputs[0].type.shape;
  const x = context.f32(inputs[0]);
  const dy = context.f32(inputs[1]);
  const gamma = context.f32(inputs[2]);
  const beta = context.f32(inputs[3]);
  const mean = context.f32(inputs[4]);
  const variance = context.f32(inputs[5]);
  const passing = new Float32Array(dy.length);
  const channelOf = channels(shape);
  const gradient = differentiate(shape, attrs, {
    x,
    dy: passing,
    gamma,
    mean,
    variance,
    dx: context.f32(results[0]),
    dgamma: context.f32(results[1]),
    dbeta: context.f32(results[2]),
  });
  return () => {
    for (let i = 0; i < passing.length; i++) {
      const c = channelOf(i);
      const scale = (gamma[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + attrs.eps);
      passing[i] = ((x[i] ?? 0) - (mean[c] ?? 0)) * scale + (beta[c] ?? 0) > 0 ? (dy[i] ?? 0) : 0;
    }
    gradient();
  };
};

export const batchNormAddReluGrad: Kernel<"batchNormAddReluGrad", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const y = context.f32(inputs[1]);
  const dy = context.f32(inputs[2]);
  const passing = context.f32(results[3]);
  const gradient = differentiate(inputs[0].type.shape, attrs, {
    x: context.f32(inputs[0]),
    dy: passing,
    gamma: context.f32(inputs[3]),
    mean: context.f32(inputs[4]),
    variance: context.f32(inputs[5]),
    dx: context.f32(results[0]),
    dgamma: context.f32(results[1]),
    dbeta: context.f32(results[2]),
  });
  return () => {
    for (let i = 0; i < passing.length; i++) passing[i] = (y[i] ?? 0) > 0 ? (dy[i] ?? 0) : 0;
    gradient();
  };
};

function channels([, c = 1, ...rest]: Shape): (index: number) => number {
  const pixels = size(rest);
  return (index) => Math.floor(index / pixels) % c;
}
