import { present } from "../../ir/errors.ts";
import type { Kernel } from "../engine.ts";
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
