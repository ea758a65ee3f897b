import type { Kernel } from "../engine.ts";
import { type Context, elementsOf, float } from "./lowering.ts";

export const squaredNorm: Kernel<"squaredNorm", Context, void> = ({ inputs: [x], results: [y] }, context) => {
  const fields = [context.plain(x), context.define(y), elementsOf(x, "plain")];
  context.step("squaredNorm", fields, { splits: false });
};

export const clipFactor: Kernel<"clipFactor", Context, void> = ({ inputs, results, attrs }, context) => {
  const places = [context.plain(inputs[0]), context.define(results[0]), context.define(results[1])];
  context.step("clipFactor", [...places, float(attrs.most)], { splits: false });
};

export const scale: Kernel<"scale", Context, void> = ({ inputs: [x, factor], results: [y] }, context) => {
  const from = context.any(x);
  const to = context.over(y, from);
  context.step("scale", [from.place, context.plain(factor), to, elementsOf(x, from.layout)]);
};

export const clamp: Kernel<"clamp", Context, void> = ({ inputs: [x], results: [y], attrs }, context) => {
  const from = context.any(x);
  const to = context.over(y, from);
  context.step("clamp", [from.place, to, elementsOf(x, from.layout), float(attrs.most)]);
};

export const largestMagnitude: Kernel<"largestMagnitude", Context, void> = (
  { inputs: [x], results: [y] },
  context,
) => {
  const fields = [context.plain(x), context.define(y), elementsOf(x, "plain")];
  context.step("largestMagnitude", fields, { splits: false });
};
