import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const squaredNorm: Kernel<"squaredNorm", Context, Step> = ({ inputs: [x], results: [y] }, context) => {
  const from = context.f32(x);
  const to = context.f32(y);
  return () => {
    let sum = 0;
    for (const element of from) sum += element * element;
    to[0] = sum;
  };
};

export const clipFactor: Kernel<"clipFactor", Context, Step> = ({ inputs, results, attrs }, context) => {
  const square = context.f32(inputs[0]);
  const factor = context.f32(results[0]);
  const norm = context.f32(results[1]);
  return () => {
    const length = Math.sqrt(square[0] ?? 0);
    norm[0] = length;
    factor[0] = Math.min(1, attrs.most / (length + 1e-6));
  };
};

export const scale: Kernel<"scale", Context, Step> = ({ inputs: [x, factor], results: [y] }, context) => {
  const from = context.f32(x);
  const by = context.f32(factor);
  const to = context.f32(y);
  return () => {
    const [each = 0] = by;
    for (let i = 0; i < to.length; i++) to[i] = (from[i] ?? 0) * each;
  };
};

export const clamp: Kernel<"clamp", Context, Step> = ({ inputs: [x], results: [y], attrs }, context) => {
  const from = context.f32(x);
  const to = context.f32(y);
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = Math.max(-attrs.most, Math.min(attrs.most, from[i] ?? 0));
  };
};

export const largestMagnitude: Kernel<"largestMagnitude", Context, Step> = (
  { inputs: [x], results: [y] },
  context,
) => {
  const from = context.f32(x);
  const to = context.f32(y);
  return () => {
    let largest = 0;
    // Math.max passes NaN on.
    for (const element of from) largest = Math.max(largest, Math.abs(element));
    to[0] = largest;
  };
};
