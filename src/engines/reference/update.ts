import type { Value } from "../../ir/graph.ts";
import { emaDecay, type RmspropAttrs } from "../../ops/update.ts";
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

export const adamUpdate: Kernel<"adamUpdate", Context, Step> = ({ inputs, results, attrs }, context) => {
  const [w, m, v, dw, rate, step] = inputs.map((input) => context.f32(input));
  const [newW, newM, newV] = results.map((result) => context.f32(result));
  if (!w || !m || !v || !dw || !rate || !step || !newW || !newM || !newV) return () => {};
  const { beta1, beta2, eps, weightDecay, decoupled } = attrs;
  return () => {
    const [lr = 0] = rate;
    const [t = 0] = step;
    const size = lr / (1 - beta1 ** t);
    const root = Math.sqrt(1 - beta2 ** t);
    for (let i = 0; i < w.length; i++) {
      const weight = (w[i] ?? 0) * (decoupled ? 1 - lr * weightDecay : 1);
      const gradient = (dw[i] ?? 0) + (decoupled ? 0 : weightDecay * weight);
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * gradient;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * gradient * gradient;
      newM[i] = mean;
      newV[i] = square;
      newW[i] = weight - (size * mean) / (Math.sqrt(square) / root + eps);
    }
  };
};

export const rmspropUpdate: Kernel<"rmspropUpdate", Context, Step> = (node, context) => {
  const [w, s, v, dw, rate] = node.inputs;
  const [newW, newS, newV] = node.results;
  return rmsprop({ w, s, v, dw, rate, newW, newS, newV }, node.attrs, context);
};

export const centeredRmspropUpdate: Kernel<"centeredRmspropUpdate", Context, Step> = (node, context) => {
  const [w, s, a, v, dw, rate] = node.inputs;
  const [newW, newS, newA, newV] = node.results;
  return rmsprop({ w, s, a, v, dw, rate, newW, newS, newA, newV }, node.attrs, context);
};

type Operands = "w" | "s" | "v" | "dw" | "rate" | "newW" | "newS" | "newV";

function rmsprop(
  values: Readonly<Record<Operands, Value>> & { readonly a?: Value; readonly newA?: Value },
  { alpha, eps, momentum, weightDecay }: RmspropAttrs,
  context: Context,
): Step {
  const array = (name: Operands) => context.f32(values[name]);
  const [w, s, v, dw, rate] = [array("w"), array("s"), array("v"), array("dw"), array("rate")];
  const [newW, newS, newV] = [array("newW"), array("newS"), array("newV")];
  const a = values.a && context.f32(values.a);
  const newA = values.newA && context.f32(values.newA);
  return () => {
    const [lr = 0] = rate;
    for (let i = 0; i < w.length; i++) {
      const gradient = (dw[i] ?? 0) + weightDecay * (w[i] ?? 0);
      const square = alpha * (s[i] ?? 0) + (1 - alpha) * gradient * gradient;
      const mean = a ? alpha * (a[i] ?? 0) + (1 - alpha) * gradient : 0;
      const velocity = momentum * (v[i] ?? 0) + gradient / (Math.sqrt(square - mean * mean) + eps);
      newS[i] = square;
      if (newA) newA[i] = mean;
      newV[i] = velocity;
      newW[i] = (w[i] ?? 0) - lr * velocity;
    }
  };
}

export const emaUpdate: Kernel<"emaUpdate", Context, Step> = (
  { inputs: [average, value, step], results: [next], attrs },
  context,
) => {
  const [before, now, count, to] = [average, value, step, next].map((each) => context.f32(each));
  if (!before || !now || !count || !to) return () => {};
  return () => {
    const decay = emaDecay(attrs, count[0] ?? 0);
    for (let i = 0; i < to.length; i++)
      to[i] = (decay === 0 ? 0 : decay * (before[i] ?? 0)) + (1 - decay) * (now[i] ?? 0);
  };
};
