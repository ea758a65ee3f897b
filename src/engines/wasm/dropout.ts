import { size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import { type Context, float } from "./lowering.ts";

/** The masks count elements in row-major order. */
export const dropout: Kernel<"dropout", Context, void> = ({ inputs, results: [y], attrs }, context) => {
  const [x, random] = inputs;
  const from = context.plain(x);
  const to = context.over(y, { place: from, layout: "plain" });
  // uniform(key, i) >= p, in units of 2^-24, where it is a whole number.
  const threshold = Math.ceil(attrs.p * 2 ** 24);
  const numbers = [size(x.type.shape), threshold, float(1 / (1 - attrs.p)), attrs.salt];
  context.step("dropout", [from, context.plain(random), to, ...numbers]);
};
