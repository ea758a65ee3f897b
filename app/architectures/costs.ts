import type { Row, Summary } from "convnets/models";
import { memory, percent, short } from "./numbers.ts";

/** What boxes are coloured by. */
export const colourings = ["kind", "parameters", "macs", "activations", "field"] as const;
export type Colouring = (typeof colourings)[number];
export type Measure = Exclude<Colouring, "kind">;

export const colouringTitles: Readonly<Record<Colouring, string>> = {
  kind: "Kind of layer",
  parameters: "Parameters",
  macs: "Multiply-adds",
  activations: "Activation memory",
  field: "Receptive field",
};

/** How much of a measure a layer has. */
export function amount(row: Row, measure: Measure): number {
  return measure === "field" ? Math.max(...row.receptiveField) : row[measure];
}

/** How much of a measure the whole network has: what amounts are shares of. */
export function total(summary: Summary, measure: Measure): number {
  if (measure === "parameters") return summary.evaluationParameters;
  if (measure === "field") return Math.max(...summary.rows.map((row) => amount(row, measure)));
  return summary[measure];
}

/** An amount as a reader wants it. */
export function formatAmount(value: number, measure: Measure): string {
  if (measure === "activations") return memory(value);
  return measure === "field" ? `sees ${value} px` : short(value);
}

/** An amount and its share: `36.9 k, 0.6 %`. */
export function formatShare(value: number, whole: number, measure: Measure): string {
  const text = formatAmount(value, measure);
  return measure === "field" || whole === 0 ? text : `${text}, ${percent(value / whole)}`;
}

/** A sum of products, with a word for each: `192·64·3·3 weight + 192 bias`. */
export interface Formula {
  readonly terms: readonly { readonly factors: readonly number[]; readonly name: string }[];
}

/** What a layer's own tensors hold; without terms where it has none of its own. */
export function parametersFormula({ tensors }: Row): Formula {
  return { terms: tensors.map(([name, factors]) => ({ factors, name })) };
}

/** Every weight once a place of every map, for one picture. */
export function macsFormula({ products }: Row): Formula {
  return {
    terms: products.map(({ weight, positions: [, ...places] }) => ({
      factors: [...weight, ...places],
      name: "",
    })),
  };
}

export function evaluate({ terms }: Formula): number {
  return terms.reduce((sum, { factors }) => sum + factors.reduce((product, n) => product * n, 1), 0);
}

export function formatFormula({ terms }: Formula): string {
  return terms
    .map(({ factors, name }) => `${factors.join(" · ")}${name === "" ? "" : ` ${name}`}`)
    .join(" + ");
}
