import type { Pictures } from "../data/pictures.ts";
import { colourMap, cropOf, pictureOf, sideBySide, tiles } from "../explain/colours.ts";
import { compareFields, type FieldRow, measureReceptiveField, middle } from "../explain/field.ts";
import { layerOf, walk } from "../explain/layers.ts";
import type { Subject } from "../explain/probe.ts";
import { filters, hasFilters, mostActivatingOf } from "../explain/units.ts";
import { UsageError } from "../ir/errors.ts";
import { normalizationFor } from "../train/images.ts";
import { suffixOf } from "./explainMaps.ts";
import type { ExplanationFiles } from "./explanationFiles.ts";
import type { Network } from "./network.ts";

// What a network's layers look for, whatever picture they are given.

/** Filters that patches are found for unless told otherwise. */
const usualFilters = 8;

/** The filters of those layers that are convolutions. */
export async function writeFilters(
  subject: Subject,
  layers: readonly string[],
  files: ExplanationFiles,
): Promise<void> {
  const walked = walk(subject.model);
  const own = layers.filter((layer) => hasFilters(layerOf(walked, layer)));
  if (own.length === 0) return;
  files.begin("Filters", [`Of ${own.join(", ")}; each by its own range, the mean over its channels.`]);
  for (const layer of own) {
    const { shape, data } = filters(subject, layer);
    const name = `filters${suffixOf(layer, layers)}`;
    await files.array(name, { shape, data });
    await files.picture(name, tiles({ shape, data: Float32Array.from(data) }));
  }
}

/** Receptive fields of all layers as a table, and where the middle units of some look as maps. */
export async function writeFields(
  { model, engine }: Subject,
  layers: readonly string[],
  files: ExplanationFiles,
): Promise<readonly FieldRow[]> {
  const rows = await compareFields(model, engine);
  const lines = [
    "Of the unit in the middle of a layer's maps: by the formula, and as the gradient of a linear network measures it",
    "that has the same windows. The edge of the picture cuts what is measured.",
  ];
  files.begin("Receptive fields", lines, {
    head: ["layer", "values", "formula", "step", "centre", "measured", "centre", "rows", "columns"],
    rows: rows.map(({ layer, shape, formula, measured }) => [
      layer,
      shape.join("x"),
      formula.size.join("x"),
      formula.step.join("x"),
      formula.centre.join(", "),
      measured.size.join("x"),
      measured.centre.join(", "),
      `${measured.region.top} to ${measured.region.bottom}`,
      `${measured.region.left} to ${measured.region.right}`,
    ]),
  });
  await files.json("fields", rows);
  for (const layer of layers) {
    const gaze = await measureReceptiveField(model, engine, layer);
    const map = await gaze.influence(middle(gaze.shape));
    const name = `field${suffixOf(layer, layers)}`;
    await files.array(name, map);
    await files.picture(name, colourMap(map));
  }
  return rows;
}

/** A layer, and which of its filters. */
export interface PatchesAsked {
  readonly layer: string;
  readonly filters: readonly number[];
}

/** Reads `LAYER` or `LAYER:FILTERS`, with filters such as `0,3,5-8`. A layer's own name may have a colon. */
export function patchesAsked(subject: Subject, text: string): PatchesAsked {
  const walked = walk(subject.model);
  const colon = text.lastIndexOf(":");
  const layer = walked.layers.has(text) || colon < 0 ? text : text.slice(0, colon);
  const [, channels = 1] = layerOf(walked, layer).type.shape;
  const all = (count: number) => Array.from({ length: count }, (_, filter) => filter);
  if (layer === text) return { layer, filters: all(Math.min(channels, usualFilters)) };
  const list = text.slice(colon + 1);
  if (list === "all") return { layer, filters: all(channels) };
  const wanted = list.split(",").flatMap((part) => {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to && to < channels))
      throw new UsageError(
        `explain: --patches ${text}: ${layer} has the filters 0 to ${channels - 1}, expected some of them, for example 0,2-4`,
      );
    return all(to - from + 1).map((filter) => from + filter);
  });
  return { layer, filters: [...new Set(wanted)] };
}

/** Where in `pictures` filters answer most: crops of what they see there, and the places. */
export async function writePatches(
  subject: Subject,
  network: Network,
  pictures: Pictures,
  { layer, filters: wanted, count }: PatchesAsked & { readonly count: number },
  files: ExplanationFiles,
): Promise<unknown> {
  const { model, image } = network;
  const form = { ...image, shape: pictures.shape };
  const found = await mostActivatingOf(subject, pictures, layer, wanted, { count, form });
  const [channels, height, width] = model.input;
  const look = normalizationFor(model, image);
  files.begin(`What filters of ${layer} answer to`, [
    `The ${count} places of ${pictures.name} where each filter answers most, at most one a picture, the strongest first.`,
  ]);
  const all = [...found.values()].flat();
  const high = Math.max(1, ...all.map(({ region }) => region.bottom - region.top + 1));
  const wide = Math.max(1, ...all.map(({ region }) => region.right - region.left + 1));
  const data = new Float32Array(found.size * count * channels * high * wide);
  [...found.values()].forEach((patches, row) => {
    patches.forEach(({ region, picture }, column) => {
      for (let channel = 0; channel < channels; channel++)
        for (let y = region.top; y <= region.bottom; y++) {
          const from = (channel * height + y) * width;
          const to = (((row * count + column) * channels + channel) * high + y - region.top) * wide;
          data.set(picture.subarray(from + region.left, from + region.right + 1), to);
        }
    });
  });
  await files.array("patches", { shape: [found.size, count, channels, high, wide], data });
  const places = [...found].map(([filter, patches]) => ({
    filter,
    patches: patches.map(({ picture, label, ...place }) => ({ ...place, label: pictures.classes[label] })),
  }));
  await files.json("patches", { layer, data: pictures.name, filters: places });
  for (const [filter, patches] of found) {
    const crops = patches.map(({ picture, region }) => cropOf(pictureOf(picture, model.input, look), region));
    await files.picture(`patches-${layer}-${filter}`, sideBySide(crops));
  }
  return { layer, filters: places };
}
