import type { DrawnBox } from "convnets/diagram";
import type { Summary } from "convnets/models";
import { amount, type Colouring, formatShare, type Measure, total } from "./costs.ts";

/** How much of the colour a box has, 0 to 1, and what stands below its title. */
export interface Heat {
  readonly share: number;
  readonly text: string;
}

/** The colour of each box; undefined where kinds are coloured. */
export function heats(summary: Summary, colouring: Colouring): (box: DrawnBox) => Heat | undefined {
  if (colouring === "kind") return () => undefined;
  const all = total(summary, colouring);
  const amountOf = amounts(summary, colouring);
  return (box) => {
    const value = amountOf(box);
    if (value === 0) return { share: 0, text: "" };
    // By the root: a box of 1 % is still told from one of none.
    return { share: Math.sqrt(value / all), text: formatShare(value, all, colouring) };
  };
}

/** How much of a measure all layers of a box have, or how far the one sees that sees farthest. */
export function amounts({ rows }: Summary, measure: Measure): (box: Pick<DrawnBox, "layers">) => number {
  const known = new Map(rows.map((row) => [row.path, amount(row, measure)]));
  return ({ layers }) => {
    const some = layers.map((layer) => known.get(layer) ?? 0);
    return measure === "field" ? Math.max(0, ...some) : some.reduce((sum, n) => sum + n, 0);
  };
}
