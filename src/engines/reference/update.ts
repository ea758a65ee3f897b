import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const sgdUpdate: Kernel<"sgdUpdate", Context, Step> = ({ inputs, results, attrs }, context) => {
  const w = context.f32(inputs[0]);
  const v = context.f32(inputs[1]);
  const dw = context.f32(inputs[2]);
  const rate = context.f32(inputs[3]);
  const newW = context.f32(results[0]);
  const newV = context.f32(results[1]);
  const { momentum, weightDecay, nesterov } = attrs;
  return () => {
    const [step = 0] = rate;
    for (let i = 0; i < w.length; i++) {
      const weight = w[i] ?? 0;
      const gradient = (dw[i] ?? 0) + weightDecay * weight;
      const velocity = momentum * (v[i] ?? 0) + gradient;
      newV[i] = velocity;
      newW[i] = weight - step * (nesterov ? gradient + momentum * velocity : velocity);
    }
  };
};

export const movingAverage: Kernel<"movingAverage", Context, Step> = (
  { inputs, results, attrs },
  context,
) => {
  const average = context.f32(inputs[0]);
  const value = context.f32(inputs[1]);
  const next = context.f32(results[0]);
  return () => {
    for (let i = 0; i < next.length; i++)
      next[i] = attrs.decay * (average[i] ?? 0) + attrs.gain * (value[i] ?? 0);
  };
};
