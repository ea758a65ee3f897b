import { nchw } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const squaredDistance: Kernel<"squaredDistance", Context, Step> = ({ inputs, results }, context) => {
  const [n, d] = nchw(inputs[0].type.shape);
  const [k] = nchw(inputs[1].type.shape);
  const x = context.f32(inputs[0]);
  const centres = context.f32(inputs[1]);
  const y = context.f32(results[0]);
  return () => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) {
        let sum = 0;
        for (let at = 0; at < d; at++) {
          const difference = (x[i * d + at] ?? 0) - (centres[j * d + at] ?? 0);
          sum += difference * difference;
        }
        y[i * k + j] = sum;
      }
    }
  };
};

export const squaredDistanceGrad: Kernel<"squaredDistanceGrad", Context, Step> = (node, context) => {
  const { inputs, results } = node;
  const [n, d] = nchw(inputs[1].type.shape);
  const [k] = nchw(inputs[2].type.shape);
  const dy = context.f32(inputs[0]);
  const x = context.f32(inputs[1]);
  const centres = context.f32(inputs[2]);
  const dx = context.f32(results[0]);
  const dcentres = context.f32(results[1]);
  const towardsX = new Float64Array(n * d);
  const towardsCentres = new Float64Array(k * d);
  return () => {
    towardsX.fill(0);
    towardsCentres.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) {
        const factor = 2 * (dy[i * k + j] ?? 0);
        for (let at = 0; at < d; at++) {
          const pull = factor * ((x[i * d + at] ?? 0) - (centres[j * d + at] ?? 0));
          towardsX[i * d + at] = (towardsX[i * d + at] ?? 0) + pull;
          towardsCentres[j * d + at] = (towardsCentres[j * d + at] ?? 0) - pull;
        }
      }
    }
    dx.set(towardsX);
    dcentres.set(towardsCentres);
  };
};
