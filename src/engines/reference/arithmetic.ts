import { size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const add: Kernel<"add", Context, Step> = ({ inputs, results }, context) => {
  const terms = inputs.map((input) => context.f32(input));
  const y = context.f32(results[0]);
  const sums = new Float64Array(y.length);
  return () => {
    sums.fill(0);
    for (const term of terms) for (let i = 0; i < y.length; i++) sums[i] = (sums[i] ?? 0) + (term[i] ?? 0);
    y.set(sums);
  };
};

export const mul: Kernel<"mul", Context, Step> = ({ inputs, results }, context) => {
  const a = context.f32(inputs[0]);
  const b = context.f32(inputs[1]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < y.length; i++) y[i] = (a[i] ?? 0) * (b[i] ?? 0);
  };
};

export const affine: Kernel<"affine", Context, Step> = ({ inputs, results, attrs }, context) => {
  const [, channels = 1, ...rest] = inputs[0].type.shape;
  const pixels = size(rest);
  const x = context.any(inputs[0]);
  const y = context.f32(results[0]);
  const { scale, shift } = attrs;
  return () => {
    for (let i = 0; i < y.length; ) {
      const c = Math.floor(i / pixels) % channels;
      const factor = scale[scale.length === 1 ? 0 : c] ?? 0;
      const summand = shift[shift.length === 1 ? 0 : c] ?? 0;
      for (const end = i + pixels; i < end; i++) y[i] = (x[i] ?? 0) * factor + summand;
    }
  };
};

export const fill: Kernel<"fill", Context, Step> = ({ results, attrs }, context) => {
  const y = context.f32(results[0]);
  return () => {
    y.fill(attrs.value);
  };
};
