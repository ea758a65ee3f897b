import type { Engine } from "../engines/engine.ts";
import { present } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { type ReceptiveField, receptiveFields } from "../models/receptiveField.ts";
import type { Classifier } from "../nn/classifier.ts";
import { layerOf, walk } from "./layers.ts";
import { alike, type Influence, LinearNetwork, type Units } from "./linearNetwork.ts";

/** A part of a picture: rows `top` to `bottom` and columns `left` to `right`, the last ones included. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What one unit of a layer sees, by the formula: the extent, and the distance between neighbours' regions. */
export function receptiveField(model: Classifier, layer: string): ReceptiveField {
  const [field] = formulas(model, [layer]);
  return present(field, "a field a layer");
}

/** Where the units of a layer look, measured. */
export interface Gaze {
  /** The layer's values for one picture: `[c, h, w]` or `[c]`. */
  readonly shape: readonly number[];
  /** Pixels of the picture that the units depend on. */
  region(units: Units): Promise<Region>;
  /** How much each pixel has to do with the units, as far as that follows from the windows: `[h, w]`. */
  influence(units: Units): Promise<Influence>;
}

/** Measures receptive fields by gradient, that of a `LinearNetwork`. */
export async function measureReceptiveField(model: Classifier, engine: Engine, layer: string): Promise<Gaze> {
  const linear = await LinearNetwork.create(model, engine, [layer]);
  const influence = async (units: Units) => {
    const found = await linear.influences(new Map([[layer, units]]));
    return present(found.get(layer), "it was asked for");
  };
  const region = async (units: Units) => regionOf(await influence(units));
  return { shape: linear.shapeOf(layer), influence, region };
}

/** Row and column; between two pixels where an extent is even. */
type Point = readonly [row: number, column: number];

/** What the units in the middle of a layer's maps see: by the formula, and measured by gradient. */
export interface FieldRow {
  readonly layer: string;
  /** The layer's values for one picture: `[c, h, w]` or `[c]`. */
  readonly shape: readonly number[];
  readonly formula: {
    readonly size: readonly [height: number, width: number];
    readonly step: readonly [vertical: number, horizontal: number];
    readonly centre: Point;
    /** The part of it that lies within the picture. */
    readonly region: Region;
  };
  readonly measured: {
    readonly size: readonly [height: number, width: number];
    readonly centre: Point;
    readonly region: Region;
  };
}

/** The middle of a layer's maps; of a vector its only place. */
export function middle([, height = 1, width = 1]: readonly number[]): { row: number; column: number } {
  return { row: Math.floor(height / 2), column: Math.floor(width / 2) };
}

/** Layers a graph: more of them share the weights, fewer take less memory on the way. */
const together = 16;

/** Receptive fields by both ways. Default: of all layers, each value under the first of its names. */
export async function compareFields(
  model: Classifier,
  engine: Engine,
  layers: readonly string[] = distinctLayers(model),
): Promise<readonly FieldRow[]> {
  const fields = formulas(model, layers);
  const shapes = shapesOf(model, layers);
  const regions = new Map<string, Region>();
  const groups = alike(model, layers);
  for (let start = 0; start < groups.length; start += together) {
    const some = groups.slice(start, start + together);
    const firsts = some.map(([first = ""]) => first);
    const linear = await LinearNetwork.create(model, engine, firsts);
    const middles = new Map(firsts.map((layer) => [layer, middle(linear.shapeOf(layer))]));
    const influences = await linear.influences(middles);
    for (const group of some) {
      const region = regionOf(present(influences.get(group[0] ?? ""), "it was asked for"));
      for (const layer of group) regions.set(layer, region);
    }
  }
  return layers.map((layer, index) => {
    const { size, step, start } = present(fields[index], "a field a layer");
    const shape = present(shapes[index], "a shape a layer");
    const { row, column } = middle(shape);
    const top = start[0] + row * step[0];
    const left = start[1] + column * step[1];
    const whole: Region = { top, left, bottom: top + size[0] - 1, right: left + size[1] - 1 };
    const region = present(regions.get(layer), "every layer is of a group");
    return {
      ...{ layer, shape },
      formula: { size, step, centre: centreOf(whole), region: within(whole, model.input) },
      measured: { size: sizeOf(region), centre: centreOf(region), region },
    };
  });
}

function formulas(model: Classifier, layers: readonly string[]): readonly ReceptiveField[] {
  const walked = walk(model);
  const values = layers.map((layer) => layerOf(walked, layer));
  values.forEach((value, index) => {
    walked.x.graph.output(`${index}`, value);
  });
  const fields = receptiveFields(walked.x.graph.finish());
  return values.map((value) => present(fields.get(value), "layers depend on the picture"));
}

function shapesOf(model: Classifier, layers: readonly string[]): readonly (readonly number[])[] {
  const walked = walk(model);
  return layers.map((layer) => layerOf(walked, layer).type.shape.slice(1));
}

function distinctLayers(model: Classifier): readonly string[] {
  const names = new Map<Value, string>();
  for (const [name, value] of walk(model).layers) if (!names.has(value)) names.set(value, name);
  return [...names.values()];
}

function sizeOf({ top, left, bottom, right }: Region): readonly [height: number, width: number] {
  return [bottom - top + 1, right - left + 1];
}

function centreOf({ top, left, bottom, right }: Region): Point {
  return [(top + bottom) / 2, (left + right) / 2];
}

function within({ top, left, bottom, right }: Region, [, height, width]: Classifier["input"]): Region {
  return {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(height - 1, bottom),
    right: Math.min(width - 1, right),
  };
}

function regionOf({ shape: [height = 1, width = 1], data }: Influence): Region {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    const row = Math.floor(at / width);
    const column = at % width;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    left = Math.min(left, column);
    right = Math.max(right, column);
  }
  return { top, left, bottom, right };
}
