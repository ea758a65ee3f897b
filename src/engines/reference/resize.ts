import { nchw } from "../../ir/type.ts";
import { bilinearTaps } from "../../ops/resize.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const resize2d: Kernel<"resize2d", Context, Step> = ({ inputs: [x], results: [y] }, context) => {
  const [n, c, h, w] = nchw(x.type.shape);
  const [, , height, width] = nchw(y.type.shape);
  const rows = bilinearTaps(h, height);
  const columns = bilinearTaps(w, width);
  const from = context.any(x);
  const to = context.f32(y);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      for (const row of rows) {
        const above = (plane * h + row.low) * w;
        const below = (plane * h + row.high) * w;
        for (const { low, high, fraction } of columns) {
          const upper = (from[above + low] ?? 0) * (1 - fraction) + (from[above + high] ?? 0) * fraction;
          const lower = (from[below + low] ?? 0) * (1 - fraction) + (from[below + high] ?? 0) * fraction;
          to[at++] = upper * (1 - row.fraction) + lower * row.fraction;
        }
      }
    }
  };
};

export const resize2dInputGrad: Kernel<"resize2dInputGrad", Context, Step> = (node, context) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const [n, c, h, w] = nchw(dx.type.shape);
  const [, , height, width] = nchw(dy.type.shape);
  const rows = bilinearTaps(h, height);
  const columns = bilinearTaps(w, width);
  const from = context.f32(dy);
  const to = context.f32(dx);
  const sums = new Float64Array(h * w);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      sums.fill(0);
      for (const row of rows) {
        const above = row.low * w;
        const below = row.high * w;
        for (const { low, high, fraction } of columns) {
          const whole = from[at++] ?? 0;
          const upper = whole * (1 - row.fraction);
          const lower = whole * row.fraction;
          sums[above + low] = (sums[above + low] ?? 0) + upper * (1 - fraction);
          sums[above + high] = (sums[above + high] ?? 0) + upper * fraction;
          sums[below + low] = (sums[below + low] ?? 0) + lower * (1 - fraction);
          sums[below + high] = (sums[below + high] ?? 0) + lower * fraction;
        }
      }
      to.set(sums, plane * h * w);
    }
  };
};
