import type { Value } from "../../ir/graph.ts";
import { size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { KernelName } from "./binaries/names.ts";
import { blocksOf, type Field, type Layout } from "./draft.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

export const addChannels: Kernel<"addChannels", Context, void> = spread("addChannels");
export const scaleChannels: Kernel<"scaleChannels", Context, void> = spread("scaleChannels");

export const sumChannels: Kernel<"sumChannels", Context, void> = ({ inputs: [x], results }, context) => {
  const { place, layout } = context.any(x);
  reduceChannels("sumChannels", [place, place], x, layout, context.define(results[0]), context);
};

export const dotChannels: Kernel<"dotChannels", Context, void> = ({ inputs, results }, context) => {
  const { places, layout } = context.together(inputs);
  reduceChannels("dotChannels", places, inputs[0], layout, context.define(results[0]), context);
};

interface Spread {
  readonly inputs: readonly [x: Value, vector: Value];
  readonly results: readonly [y: Value];
}

function spread(kernel: KernelName): (node: Spread, context: Context) => void {
  return ({ inputs: [x, vector], results: [y] }, context) => {
    const from = context.any(x);
    const of = context.plain(vector);
    const to = context.over(y, from);
    context.step(kernel, [from.place, of, of, to, ...channelShape(x, from.layout).fields]);
  };
}

/** sums[c] = the sum of the operands' products over all axes but 1; `of` has their shape. */
export function reduceChannels(
  kernel: "sumChannels" | "dotChannels",
  operands: readonly Place[],
  of: Value,
  layout: Layout,
  sums: Place,
  context: Context,
): void {
  const { fields, n, channels } = channelShape(of, layout);
  const blocks = blocksOf(channels);
  // With few channels there is work for several threads only in parts of the samples, added up afterwards.
  const pieces = blocks < 8 ? Math.min(n, 8) : 1;
  const parts = pieces === 1 ? sums : context.scratch(pieces * blocks * 32);
  context.step(kernel, [...operands, parts, ...fields, pieces], { main: true });
  if (pieces > 1) context.step("addPieces", [parts, sums, pieces, channels]);
}

/** A value as channels see it; `fields` are n, c, pixels and whether it is blocked. */
export function channelShape(
  { type: { shape } }: Value,
  layout: Layout,
): { readonly fields: readonly Field[]; readonly n: number; readonly channels: number } {
  const [n = 1, channels = 1, ...rest] = shape;
  return { fields: [n, channels, size(rest), layout === "blocked" ? 1 : 0], n, channels };
}
