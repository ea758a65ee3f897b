import { type Shape, size } from "../../ir/type.ts";
import type { BatchNormAttrs } from "../../ops/batchNorm.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const batchNorm: Kernel<"batchNorm", Context, Step> = ({ inputs, results, attrs }, context) => {
  const [x, gamma, beta] = inputs;
  const [y, mean, variance] = results;
  return normalize(x.type.shape, attrs, {
    x: context.f32(x),
    gamma: context.f32(gamma),
    beta: context.f32(beta),
    y: context.f32(y),
    mean: context.f32(mean),
    variance: context.f32(variance),
  });
};

export const batchNormGrad: Kernel<"batchNormGrad", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const [x, dy, gamma, mean, variance] = inputs;
  const [dx, dgamma, dbeta] = results;
  return differentiate(x.type.shape, attrs, {
    x: context.f32(x),
    dy: context.f32(dy),
    gamma: context.f32(gamma),
    mean: context.f32(mean),
    variance: context.f32(variance),
    dx: context.f32(dx),
    dgamma: context.f32(dgamma),
    dbeta: context.f32(dbeta),
  });
};

export const batchNormScale: Kernel<"batchNormScale", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const gamma = context.f32(inputs[0]);
  const beta = context.f32(inputs[1]);
  const mean = context.f32(inputs[2]);
  const variance = context.f32(inputs[3]);
  const scale = context.f32(results[0]);
  const shift = context.f32(results[1]);
  return () => {
    for (let c = 0; c < scale.length; c++) {
      const factor = (gamma[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + attrs.eps);
      scale[c] = factor;
      shift[c] = (beta[c] ?? 0) - (mean[c] ?? 0) * factor;
    }
  };
};

type Named<Names extends string> = Readonly<Record<Names, Float32Array>>;

/** y, mean and variance of a batch x of `shape`. */
export function normalize(
  shape: Shape,
  { eps }: BatchNormAttrs,
  arrays: Named<"x" | "gamma" | "beta" | "y" | "mean" | "variance">,
): Step {
  const { x, y } = arrays;
  const channels = channelsOf(shape);
  return () => {
    for (const { channel, stretches, count } of channels) {
      let sum = 0;
      for (const { begin, end } of stretches) for (let i = begin; i < end; i++) sum += x[i] ?? 0;
      const mean = sum / count;
      let squares = 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) squares += ((x[i] ?? 0) - mean) ** 2;
      const variance = squares / count;
      const scale = (arrays.gamma[channel] ?? 0) / Math.sqrt(variance + eps);
      const shift = arrays.beta[channel] ?? 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) y[i] = ((x[i] ?? 0) - mean) * scale + shift;
      arrays.mean[channel] = mean;
      arrays.variance[channel] = variance;
    }
  };
}

/** dx, dgamma and dbeta of `normalize`. */
export function differentiate(
  shape: Shape,
  { eps }: BatchNormAttrs,
  arrays: Named<"x" | "dy" | "gamma" | "mean" | "variance" | "dx" | "dgamma" | "dbeta">,
): Step {
  const { x, dy, dx } = arrays;
  const channels = channelsOf(shape);
  return () => {
    for (const { channel, stretches, count } of channels) {
      const mean = arrays.mean[channel] ?? 0;
      const inverse = 1 / Math.sqrt((arrays.variance[channel] ?? 0) + eps);
      let sum = 0;
      let product = 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) {
          sum += dy[i] ?? 0;
          product += (dy[i] ?? 0) * ((x[i] ?? 0) - mean) * inverse;
        }
      const scale = (arrays.gamma[channel] ?? 0) * inverse;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) {
          const normalized = ((x[i] ?? 0) - mean) * inverse;
          dx[i] = scale * ((dy[i] ?? 0) - sum / count - (normalized * product) / count);
        }
      arrays.dgamma[channel] = product;
      arrays.dbeta[channel] = sum;
    }
  };
}

/** Where the elements of one channel lie. */
interface Channel {
  readonly channel: number;
  readonly stretches: readonly { readonly begin: number; readonly end: number }[];
  readonly count: number;
}

function channelsOf([n = 1, c = 1, ...rest]: Shape): readonly Channel[] {
  const pixels = size(rest);
  return Array.from({ length: c }, (_, channel) => ({
    channel,
    stretches: Array.from({ length: n }, (_, sample) => {
      const begin = (sample * c + channel) * pixels;
      return { begin, end: begin + pixels };
    }),
    count: n * pixels,
  }));
}
