import type { Value } from "../../ir/graph.ts";
import { size } from "../../ir/type.ts";
import type { BatchNormAttrs } from "../../ops/batchNorm.ts";
import type { Kernel } from "../engine.ts";
import type { KernelName } from "./binaries/names.ts";
import type { Field } from "./draft.ts";
import { Images } from "./images.ts";
import { type Context, float } from "./lowering.ts";

export const batchNorm: Kernel<"batchNorm", Context, void> = ({ inputs, results, attrs }, context) => {
  const [x, gamma, beta] = inputs;
  normalize({ x, gamma, beta, results, attrs }, context);
};

export const batchNormRelu: Kernel<"batchNormRelu", Context, void> = (node, context) => {
  const [x, gamma, beta] = node.inputs;
  normalize({ x, gamma, beta, results: node.results, attrs: node.attrs, relu: true }, context);
};

export const batchNormAddRelu: Kernel<"batchNormAddRelu", Context, void> = (node, context) => {
  const [x, residual, gamma, beta] = node.inputs;
  normalize({ x, residual, gamma, beta, results: node.results, attrs: node.attrs, relu: true }, context);
};

export const normalizeRelu: Kernel<"normalizeRelu", Context, void> = (node, context) => {
  const [x, ...vectors] = node.inputs;
  const [result] = node.results;
  const images = new Images(x, context);
  const from = images.read(x);
  const y = images.over(result, from);
  const plain = vectors.map((vector) => context.plain(vector));
  const { n, blocks, pixels } = images;
  const fields = [from, y, 0, ...plain, 0, n, blocks, pixels, float(node.attrs.eps), 1];
  context.step("batchNormElements", fields);
  images.settle(result, y);
};

export const batchNormGrad: Kernel<"batchNormGrad", Context, void> = (node, context) => {
  const [x, dy, gamma, mean, variance] = node.inputs;
  differentiate({ x, dy, gamma, mean, variance, results: node.results, attrs: node.attrs }, context);
};

export const batchNormReluGrad: Kernel<"batchNormReluGrad", Context, void> = (node, context) => {
  const [x, dy, gamma, beta, mean, variance] = node.inputs;
  differentiate({ x, dy, gamma, beta, mean, variance, results: node.results, attrs: node.attrs }, context);
};

export const batchNormAddReluGrad: Kernel<"batchNormAddReluGrad", Context, void> = (node, context) => {
  const [x, y, dy, gamma, mean, variance] = node.inputs;
  const [dx, dgamma, dbeta, passing] = node.results;
  const results = [dx, dgamma, dbeta] as const;
  differentiate({ x, dy, gamma, mean, variance, results, attrs: node.attrs, kept: { y, passing } }, context);
};

export const batchNormScale: Kernel<"batchNormScale", Context, void> = (node, context) => {
  const vectors = node.inputs.map((vector) => context.plain(vector));
  const results = node.results.map((vector) => context.define(vector));
  const [scale] = node.results;
  context.step("batchNormScale", [...vectors, ...results, size(scale.type.shape), float(node.attrs.eps)], {
    splits: false,
  });
};

/** What a kernel writes down of an image's block: two rows of eight f64. */
const noteBytes = 128;

interface Forward {
  readonly x: Value;
  readonly residual?: Value;
  readonly gamma: Value;
  readonly beta: Value;
  readonly results: readonly [y: Value, mean: Value, variance: Value];
  readonly attrs: BatchNormAttrs;
  readonly relu?: true;
}

function normalize({ x, residual, gamma, beta, results, attrs, relu }: Forward, context: Context): void {
  const images = new Images(x, context);
  const from = images.read(x);
  const added = residual ? images.read(residual) : 0;
  const y = images.over(results[0], from);
  const fields = [
    from,
    y,
    added,
    context.plain(gamma),
    context.plain(beta),
    context.define(results[1]),
    context.define(results[2]),
    context.scratch(images.blocks * images.n * noteBytes),
    images.n,
    images.blocks,
    images.pixels,
    float(attrs.eps),
    relu ? 1 : 0,
  ];
  const parts = ["batchNormMoments", "batchNormSettle", "batchNormElements"] as const;
  emit(context, images, fields, "batchNorm", parts);
  images.settle(results[0], y);
}

interface Backward {
  readonly x: Value;
  readonly dy: Value;
  readonly gamma: Value;
  /** Tells, with x, what a ReLU let through. */
  readonly beta?: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly results: readonly [dx: Value, dgamma: Value, dbeta: Value];
  readonly attrs: BatchNormAttrs;
  /** The result of the ReLU tells, and what passes it is a result too. */
  readonly kept?: { readonly y: Value; readonly passing: Value };
}

/** As the kernels count them. */
const passed = { all: 0, computed: 1, kept: 2 } as const;

function differentiate(node: Backward, context: Context): void {
  const { x, dy, kept, beta, results } = node;
  const images = new Images(x, context);
  const from = images.read(x);
  const gradient = images.read(dy);
  const y = kept ? images.read(kept.y) : 0;
  // x is read again after what passes is written.
  const passing =
    kept && (gradient === from ? images.define(kept.passing) : images.over(kept.passing, gradient));
  const dx = images.over(results[0], from);
  const fields = [
    from,
    gradient,
    y,
    passing ?? 0,
    context.plain(node.gamma),
    beta ? context.plain(beta) : 0,
    context.plain(node.mean),
    context.plain(node.variance),
    dx,
    context.define(results[1]),
    context.define(results[2]),
    context.scratch(images.blocks * images.n * noteBytes),
    images.n,
    images.blocks,
    images.pixels,
    float(node.attrs.eps),
    kept ? passed.kept : beta ? passed.computed : passed.all,
  ];
  const parts = ["batchNormGradSums", "batchNormGradSettle", "batchNormGradElements"] as const;
  emit(context, images, fields, "batchNormGrad", parts);
  images.settle(results[0], dx);
  if (kept && passing) images.settle(kept.passing, passing);
}

/** One step whose threads take whole blocks of channels, or three that share blocks where those are too few. */
function emit(
  context: Context,
  { n, blocks }: Images,
  fields: readonly Field[],
  whole: KernelName,
  parts: readonly KernelName[],
): void {
  const { threads } = context;
  const even = n === 1 || blocks % threads === 0 || blocks >= 4 * threads;
  for (const kernel of even ? [whole] : parts) context.step(kernel, fields);
}
