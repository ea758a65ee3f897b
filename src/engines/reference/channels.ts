import { type Shape, size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const addChannels: Kernel<"addChannels", Context, Step> = ({ inputs, results }, context) => {
  const [channels, pixels] = planes(inputs[0].type.shape);
  const x = context.f32(inputs[0]);
  const b = context.f32(inputs[1]);
  const y = context.f32(results[0]);
  return () => {
    let i = 0;
    for (let plane = 0; i < y.length; plane++) {
      const summand = b[plane % channels] ?? 0;
      for (const end = i + pixels; i < end; i++) y[i] = (x[i] ?? 0) + summand;
    }
  };
};

export const sumChannels: Kernel<"sumChannels", Context, Step> = ({ inputs: [x], results }, context) =>
  channelSums(x.type.shape, context.f32(x), context.f32(results[0]));

export const scaleChannels: Kernel<"scaleChannels", Context, Step> = ({ inputs, results }, context) => {
  const [channels, pixels] = planes(inputs[0].type.shape);
  const x = context.f32(inputs[0]);
  const s = context.f32(inputs[1]);
  const y = context.f32(results[0]);
  return () => {
    let i = 0;
    for (let plane = 0; i < y.length; plane++) {
      const factor = s[plane % channels] ?? 0;
      for (const end = i + pixels; i < end; i++) y[i] = (x[i] ?? 0) * factor;
    }
  };
};

export const dotChannels: Kernel<"dotChannels", Context, Step> = ({ inputs, results }, context) => {
  const [channels, pixels] = planes(inputs[0].type.shape);
  const x = context.f32(inputs[0]);
  const y = context.f32(inputs[1]);
  const dots = context.f32(results[0]);
  const sums = new Float64Array(channels);
  return () => {
    sums.fill(0);
    let i = 0;
    for (let plane = 0; i < x.length; plane++) {
      let sum = 0;
      for (const end = i + pixels; i < end; i++) sum += (x[i] ?? 0) * (y[i] ?? 0);
      sums[plane % channels] = (sums[plane % channels] ?? 0) + sum;
    }
    dots.set(sums);
  };
};

/** to[c] = the sum of x `[n, c, ...]` over all axes but 1. */
export function channelSums(shape: Shape, x: Float32Array, to: Float32Array): Step {
  const [channels, pixels] = planes(shape);
  const sums = new Float64Array(channels);
  return () => {
    sums.fill(0);
    let i = 0;
    for (let plane = 0; i < x.length; plane++) {
      let sum = 0;
      for (const end = i + pixels; i < end; i++) sum += x[i] ?? 0;
      sums[plane % channels] = (sums[plane % channels] ?? 0) + sum;
    }
    to.set(sums);
  };
}

/** The extent of axis 1 and how many elements lie together in one channel of one sample. */
function planes([, channels = 1, ...rest]: Shape): [channels: number, pixels: number] {
  return [channels, size(rest)];
}
