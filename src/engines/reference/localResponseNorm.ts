import { nchw, type Shape } from "../../ir/type.ts";
import type { LocalResponseNormAttrs } from "../../ops/localResponseNorm.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

export const localResponseNorm: Kernel<"localResponseNorm", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const x = context.f32(inputs[0]);
  const y = context.f32(results[0]);
  const sums = neighbours(inputs[0].type.shape, attrs.size);
  return () => {
    sums(
      (i) => (x[i] ?? 0) ** 2,
      (i, squares) => {
        y[i] = (x[i] ?? 0) / base(attrs, squares) ** attrs.beta;
      },
    );
  };
};

export const localResponseNormGrad: Kernel<"localResponseNormGrad", Context, Step> = (node, context) => {
  const { inputs, results, attrs } = node;
  const x = context.f32(inputs[0]);
  const dy = context.f32(inputs[1]);
  const dx = context.f32(results[0]);
  const bases = new Float64Array(x.length);
  const sums = neighbours(inputs[0].type.shape, attrs.size);
  const { alpha, beta } = attrs;
  return () => {
    sums(
      (i) => (x[i] ?? 0) ** 2,
      (i, squares) => {
        bases[i] = base(attrs, squares);
      },
    );
    sums(
      (i) => ((dy[i] ?? 0) * (x[i] ?? 0)) / (bases[i] ?? 1) ** (beta + 1),
      (i, sum) => {
        dx[i] = (dy[i] ?? 0) / (bases[i] ?? 1) ** beta - 2 * alpha * beta * (x[i] ?? 0) * sum;
      },
    );
  };
};

function base({ k, alpha }: LocalResponseNormAttrs, squares: number): number {
  return k + alpha * squares;
}

/** Hands to `take`, for every element, the sum of `term` over the nearest `window` channels. */
function neighbours(shape: Shape, window: number) {
  const [n, c, h, w] = nchw(shape);
  const pixels = h * w;
  const half = (window - 1) / 2;
  return (term: (i: number) => number, take: (i: number, sum: number) => void) => {
    for (let i = 0; i < n * c * pixels; i++) {
      const channel = Math.floor(i / pixels) % c;
      let sum = 0;
      for (let d = Math.max(-half, -channel); d <= Math.min(half, c - 1 - channel); d++)
        sum += term(i + d * pixels);
      take(i, sum);
    }
  };
}
