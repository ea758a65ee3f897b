import { present } from "../../ir/errors.ts";
import { size } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import { channelShape } from "./channels.ts";
import { type Context, elementsOf, float } from "./lowering.ts";

/** Two or three operands at a time. */
export const add: Kernel<"add", Context, void> = ({ inputs, results: [y] }, context) => {
  const { places, layout } = context.together(inputs);
  const [first, ...rest] = places;
  const place = present(first, "add has an operand");
  const count = elementsOf(y, layout);
  // An operand that comes again must still be there for the steps after the first.
  const to = rest.includes(place) ? context.define(y, layout) : context.over(y, { place, layout });
  let sum = place;
  while (rest.length > 0) {
    const terms = rest.splice(0, 2);
    context.step(terms.length === 2 ? "add3" : "add", [sum, ...terms, to, count]);
    sum = to;
  }
  if (places.length === 1 && to !== place) context.step("copy", [place, to, count]);
};

export const mul: Kernel<"mul", Context, void> = ({ inputs, results: [y] }, context) => {
  const { places, layout } = context.together(inputs);
  const to = context.over(y, { place: present(places[0], "mul has operands"), layout });
  context.step("mul", [...places, to, elementsOf(y, layout)]);
};

export const fill: Kernel<"fill", Context, void> = ({ results: [y], attrs }, context) => {
  context.step("fill", [context.define(y), float(attrs.value), elementsOf(y, "plain")]);
};

/** Bytes become numbers, so they are not written over. */
export const affine: Kernel<"affine", Context, void> = ({ inputs: [x], results: [y], attrs }, context) => {
  const from = context.any(x);
  const bytes = x.type.dtype === "u8";
  const to = bytes ? context.define(y) : context.over(y, from);
  const [scale = 0] = attrs.scale;
  const [shift = 0] = attrs.shift;
  if (attrs.scale.length === 1 && attrs.shift.length === 1) {
    const count = bytes ? size(x.type.shape) : elementsOf(x, from.layout);
    context.step(bytes ? "affineBytes" : "affine", [from.place, to, float(scale), float(shift), count]);
    return;
  }
  const { channels } = channelShape(x, from.layout);
  const perChannel = (list: readonly number[]) =>
    context.data(Float32Array.from({ length: channels }, (_, c) => list[list.length === 1 ? 0 : c] ?? 0));
  const vectors = [perChannel(attrs.scale), perChannel(attrs.shift)];
  const { fields } = channelShape(x, from.layout);
  context.step(bytes ? "affineBytesChannels" : "affineChannels", [from.place, ...vectors, to, ...fields]);
};
