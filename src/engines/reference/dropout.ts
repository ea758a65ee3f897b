import { uniform } from "../../ir/random.ts";
import { dropoutKey } from "../../ops/dropout.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const dropout: Kernel<"dropout", Context, Step> = ({ inputs, results, attrs }, context) => {
  const x = context.f32(inputs[0]);
  const random = context.i32(inputs[1]);
  const y = context.f32(results[0]);
  const { p, salt } = attrs;
  return () => {
    const [seed = 0, step = 0] = random;
    const key = dropoutKey(seed, step, salt);
    for (let i = 0; i < y.length; i++) y[i] = uniform(key, i) >= p ? (x[i] ?? 0) / (1 - p) : 0;
  };
};
