import type { Row, Summary } from "convnets/models";

/** What the layers of one size of maps cost together. */
export interface Stage {
  /** How many layers with weights. */
  readonly layers: number;
  readonly parameters: number;
  readonly macs: number;
  readonly activations: number;
  /** The size of the maps, `56 × 56`; several where padding lets them differ. Empty without maps. */
  readonly sizes: readonly string[];
}

/** Two networks at the same resolution; undefined where one has no layer of it. */
export interface AlignedStage {
  /** `1/4` of the picture's side, or `Without maps`. */
  readonly title: string;
  readonly first: Stage | undefined;
  readonly second: Stage | undefined;
}

const none: Stage = { layers: 0, parameters: 0, macs: 0, activations: 0, sizes: [] };
/** After every resolution. */
const withoutMaps = 99;

/** Where two networks spend what they do: layers that put out maps of the same part of the picture's side, beside each other. */
export function alignStages(first: Summary, second: Summary): readonly AlignedStage[] {
  const [one, other] = [stages(first), stages(second)];
  const places = [...new Set([...one.keys(), ...other.keys()])].sort((a, b) => a - b);
  return places.map((place) => ({
    title: titleOf(place),
    first: one.get(place),
    second: other.get(place),
  }));
}

/** Costs by how often the side of the maps was halved. Every number of a network is in one of its stages. */
export function stages({ rows, input }: Summary): ReadonlyMap<number, Stage> {
  const found = new Map<number, Stage>();
  for (const row of rows) {
    const parameters = row.tensors.reduce(
      (sum, [, shape]) => sum + shape.reduce((n, extent) => n * extent, 1),
      0,
    );
    if (parameters === 0 && row.products.length === 0) continue;
    const place = halvings(row, input);
    const stage = found.get(place) ?? none;
    const size = place === withoutMaps ? [] : [row.output.slice(2).join(" × ")];
    const multiplies = row.products.length > 0;
    found.set(place, {
      layers: stage.layers + row.products.length,
      parameters: stage.parameters + parameters,
      macs: stage.macs + (multiplies ? row.macs : 0),
      activations: stage.activations + (multiplies ? row.activations : 0),
      sizes: [...new Set([...stage.sizes, ...size])],
    });
  }
  return found;
}

function halvings({ output }: Row, [, , side = 1]: Summary["input"]): number {
  const [, , height = 1, width = 1] = output;
  if (height * width === 1) return withoutMaps;
  return Math.max(0, Math.round(Math.log2(side / height)));
}

function titleOf(place: number): string {
  if (place === withoutMaps) return "Without maps";
  return place === 0 ? "As large as the picture" : `1/${2 ** place} of the picture's side`;
}
