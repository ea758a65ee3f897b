import { type Shape, size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const batchNorm: Kernel<"batchNorm", Context, Step> = ({ inputs, results, attrs }, context) => {
  const x = context.f32(inputs[0]);
  const gamma = context.f32(inputs[1]);
  const beta = context.f32(inputs[2]);
  const y = context.f32(results[0]);
  const means = context.f32(results[1]);
  const variances = context.f32(results[2]);
  const channels = channelsOf(inputs[0].type.shape);
  return () => {
    for (const { channel, stretches, count } of channels) {
      let sum = 0;
      for (const { begin, end } of stretches) for (let i = begin; i < end; i++) sum += x[i] ?? 0;
      const mean = sum / count;
      let squares = 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) squares += ((x[i] ?? 0) - mean) ** 2;
      const variance = squares / count;
      const scale = (gamma[channel] ?? 0) / Math.sqrt(variance + attrs.eps);
      const shift = beta[channel] ?? 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) y[i] = ((x[i] ?? 0) - mean) * scale + shift;
      means[channel] = mean;
      variances[channel] = variance;
    }
  };
};

export const batchNormGrad: Kernel<"batchNormGrad", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const x = context.f32(inputs[0]);
  const dy = context.f32(inputs[1]);
  const gamma = context.f32(inputs[2]);
  const means = context.f32(inputs[3]);
  const variances = context.f32(inputs[4]);
  const dx = context.f32(results[0]);
  const dgamma = context.f32(results[1]);
  const dbeta = context.f32(results[2]);
  const channels = channelsOf(inputs[0].type.shape);
  return () => {
    for (const { channel, stretches, count } of channels) {
      const mean = means[channel] ?? 0;
      const inverse = 1 / Math.sqrt((variances[channel] ?? 0) + attrs.eps);
      let sum = 0;
      let product = 0;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) {
          sum += dy[i] ?? 0;
          product += (dy[i] ?? 0) * ((x[i] ?? 0) - mean) * inverse;
        }
      const scale = (gamma[channel] ?? 0) * inverse;
      for (const { begin, end } of stretches)
        for (let i = begin; i < end; i++) {
          const normalized = ((x[i] ?? 0) - mean) * inverse;
          dx[i] = scale * ((dy[i] ?? 0) - sum / count - (normalized * product) / count);
        }
      dgamma[channel] = product;
      dbeta[channel] = sum;
    }
  };
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
