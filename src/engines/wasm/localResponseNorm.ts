import type { Value } from "../../ir/graph.ts";
import { nchw } from "../../ir/type.ts";
import type { LocalResponseNormAttrs } from "../../ops/localResponseNorm.ts";
import type { Kernel } from "../engine.ts";
import { blocksOf } from "./draft.ts";
import { type Context, float } from "./lowering.ts";

export const localResponseNorm: Kernel<"localResponseNorm", Context, void> = (node, context) => {
  const [x] = node.inputs;
  const from = context.blocked(x);
  const to = context.over(node.results[0], { place: from, layout: "blocked" });
  const rows = context.scratch(context.threads * rowBytes(x, node.attrs));
  context.step("localResponseNorm", [from, to, rows, ...normOf(x, node.attrs)]);
};

export const localResponseNormGrad: Kernel<"localResponseNormGrad", Context, void> = (node, context) => {
  const [x] = node.inputs;
  const [from, dy] = [context.blocked(x), context.blocked(node.inputs[1])];
  const dx = context.over(node.results[0], { place: dy, layout: "blocked" });
  const rows = context.scratch(context.threads * 3 * rowBytes(x, node.attrs));
  context.step("localResponseNormGrad", [from, dy, dx, rows, ...normOf(x, node.attrs)]);
};

/** The working memory of a thread: the channels in whole blocks, their neighbours, and a vector. */
function rowBytes({ type }: Value, { size }: LocalResponseNormAttrs): number {
  const [, c] = nchw(type.shape);
  return blocksOf(c) * 32 + size * 4 + 32;
}

function normOf({ type }: Value, { size, alpha, beta, k }: LocalResponseNormAttrs) {
  const [n, c, h, w] = nchw(type.shape);
  return [n, c, h * w, size, float(alpha), float(beta), float(k)];
}
