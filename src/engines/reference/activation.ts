import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

/** Not a number stays not a number, as in PyTorch. */
export const relu: Kernel<"relu", Context, Step> = ({ inputs, results }, context) => {
  const x = context.f32(inputs[0]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = Math.max(x[i] ?? 0, 0);
  };
};

export const reluGrad: Kernel<"reluGrad", Context, Step> = ({ inputs, results }, context) => {
  const dy = context.f32(inputs[0]);
  const y = context.f32(inputs[1]);
  const dx = context.f32(results[0]);
  return () => {
    for (let i = 0; i < dx.length; i++) dx[i] = (y[i] ?? 0) > 0 ? (dy[i] ?? 0) : 0;
  };
};

export const tanh: Kernel<"tanh", Context, Step> = ({ inputs, results }, context) => {
  const x = context.f32(inputs[0]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i] ?? 0);
  };
};

export const tanhGrad: Kernel<"tanhGrad", Context, Step> = ({ inputs, results }, context) => {
  const dy = context.f32(inputs[0]);
  const y = context.f32(inputs[1]);
  const dx = context.f32(results[0]);
  return () => {
    for (let i = 0; i < dx.length; i++) {
      const t = y[i] ?? 0;
      dx[i] = (dy[i] ?? 0) * (1 - t * t);
    }
  };
};

export const exp: Kernel<"exp", Context, Step> = ({ inputs, results }, context) => {
  const x = context.f32(inputs[0]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = Math.exp(x[i] ?? 0);
  };
};

export const sigmoid: Kernel<"sigmoid", Context, Step> = ({ inputs, results }, context) => {
  const x = context.f32(inputs[0]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-(x[i] ?? 0)));
  };
};

export const sigmoidGrad: Kernel<"sigmoidGrad", Context, Step> = ({ inputs, results }, context) => {
  const dy = context.f32(inputs[0]);
  const y = context.f32(inputs[1]);
  const dx = context.f32(results[0]);
  return () => {
    for (let i = 0; i < dx.length; i++) {
      const s = y[i] ?? 0;
      dx[i] = (dy[i] ?? 0) * s * (1 - s);
    }
  };
};
