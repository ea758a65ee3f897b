import type { Pictures } from "../data/pictures.ts";
import type { Engine } from "../engines/engine.ts";
import { present, UsageError } from "../ir/errors.ts";
import { GraphBuilder, type Value } from "../ir/graph.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { addChannels } from "../ops/channels.ts";
import { conv2d } from "../ops/conv.ts";
import { optimize } from "../passes/pipeline.ts";
import { type ImageForm, networkInput } from "../train/images.ts";
import { measureReceptiveField, type Region } from "./field.ts";
import { layerOf, walk } from "./layers.ts";
import { Probe, type Subject } from "./probe.ts";

/** Pictures u8 `[n, c, h, w]` as `model` reads them: placed, scaled and normalised, f32. */
export async function networkPictures(
  model: Classifier,
  engine: Engine,
  form: ImageForm,
  images: Uint8Array,
): Promise<Float32Array> {
  return (await inputProgram(model, engine, form, images.length / size(form.shape)))(images);
}

/** What layers put out for one picture f32 `[c, h, w]`, by their names: `[c, h, w]` or `[c]`. */
export async function activations(
  subject: Subject,
  picture: Float32Array,
  layers: readonly string[],
): Promise<ReadonlyMap<string, TensorData>> {
  const walked = walk(subject.model);
  const shapes = layers.map((name) => layerOf(walked, name).type.shape.slice(1));
  const { values } = await (await Probe.create(subject, { values: layers })).run(picture);
  return new Map(
    layers.map((name, index) => [
      name,
      {
        shape: present(shapes[index], "a shape a layer"),
        data: present(values.get(name), "it was asked for"),
      },
    ]),
  );
}

/** The filters of the convolution `layer`: `[filters, channels, height, width]`. */
export function filters({ model, weights }: Pick<Subject, "model" | "weights">, layer: string): TensorData {
  const walked = walk(model);
  const state = filterState(layerOf(walked, layer));
  const found = state === undefined ? undefined : weights.get(state);
  if (found !== undefined) return found;
  const convolutions = new Map<string, string>();
  for (const [name, value] of walked.layers) {
    const own = filterState(value);
    if (own !== undefined && !convolutions.has(own)) convolutions.set(own, name);
  }
  const names = [...convolutions.values()];
  const some = `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""}`;
  throw new UsageError(`${layer} is no convolution with filters; the network has ${some || "none"}`);
}

/** Whether the layer is a convolution, with or without bias. */
export function hasFilters(value: Value): boolean {
  return filterState(value) !== undefined;
}

/** The name of the state that holds the filters of a convolution. */
function filterState({ source }: Value): string | undefined {
  if (source.kind !== "node") return undefined;
  const { op, inputs } = source.node;
  const [x, weight] = inputs;
  if (op === addChannels.opName && x) return filterState(x);
  if (op !== conv2d.opName || weight?.source.kind !== "state") return undefined;
  return weight.source.name;
}

/** A place where a filter answers. */
export interface Patch {
  /** Which picture of the data set, in its order. */
  readonly index: number;
  /** What the picture shows, as a number of its classes. */
  readonly label: number;
  readonly activation: number;
  readonly row: number;
  readonly column: number;
  /** The pixels of the network's input that the unit sees. */
  readonly region: Region;
  /** The whole picture as the network reads it, f32 `[c, h, w]`. */
  readonly picture: Float32Array;
}

export interface PatchOptions {
  /** How many. Default 9. */
  readonly count?: number;
  /** Pictures a run. Default 16. */
  readonly batch?: number;
  /** How the network reads the pictures. Default: as their data set says. */
  readonly form?: ImageForm;
}

/**
 * Where in `pictures` filter `channel` of `layer` answers most, at most one place a picture, the strongest first.
 * Zeiler and Fergus 2013, https://arxiv.org/abs/1311.2901, section 4.1.
 */
export async function mostActivating(
  subject: Subject,
  pictures: Pictures,
  layer: string,
  channel: number,
  options: PatchOptions = {},
): Promise<readonly Patch[]> {
  const found = await mostActivatingOf(subject, pictures, layer, [channel], options);
  return present(found.get(channel), "it was asked for");
}

/** The same for several filters, in one pass through the pictures. */
export async function mostActivatingOf(
  subject: Subject,
  pictures: Pictures,
  layer: string,
  asked: readonly number[],
  { count = 9, batch = 16, form = pictures }: PatchOptions = {},
): Promise<ReadonlyMap<number, readonly Patch[]>> {
  const { model, engine } = subject;
  const shape = layerOf(walk(model), layer).type.shape.slice(1);
  const [channels = 1, , width = 1] = shape;
  for (const channel of asked)
    if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
      throw new UsageError(`${layer} has no channel ${channel}, expected 0 to ${channels - 1}`);
  const area = size(shape.slice(1));
  const stride = size(model.input);
  const probe = await Probe.create(subject, { values: [layer], batch });
  const input = await inputProgram(model, engine, form, batch);
  const best = new Map<number, Found[]>(asked.map((channel) => [channel, []]));
  let first = 0;
  for await (const { images, labels, count: real } of pictures.batches({ size: batch, seed: 0, epoch: 0 })) {
    const xs = await input(images);
    const values = present((await probe.run(xs)).values.get(layer), "it was asked for");
    for (let slot = 0; slot < real; slot++) {
      // One copy for all filters that keep it.
      let picture: Float32Array | undefined;
      for (const [channel, kept] of best) {
        const start = (slot * channels + channel) * area;
        const at = indexOfLargest(values.subarray(start, start + area));
        const activation = values[start + at] ?? 0;
        if (kept.length === count && activation <= (kept.at(-1)?.activation ?? 0)) continue;
        picture ??= xs.slice(slot * stride, (slot + 1) * stride);
        const place = { row: Math.floor(at / width), column: at % width };
        kept.push({ index: first + slot, label: labels[slot] ?? 0, activation, ...place, picture, at });
        kept.sort((a, b) => b.activation - a.activation).splice(count);
      }
    }
    first += real;
  }
  const gaze = await measureReceptiveField(model, engine, layer);
  const patches = new Map<number, readonly Patch[]>();
  for (const [channel, kept] of best) {
    const own: Patch[] = [];
    for (const { at, ...patch } of kept)
      own.push({ ...patch, region: await gaze.region(channel * area + at) });
    patches.set(channel, own);
  }
  return patches;
}

/** A patch whose region is not measured yet, and its place in the filter's map. */
type Found = Omit<Patch, "region"> & { readonly at: number };

async function inputProgram(
  model: Classifier,
  engine: Engine,
  form: ImageForm,
  batch: number,
): Promise<(images: Uint8Array) => Promise<Float32Array>> {
  const graph = new GraphBuilder();
  const input = graph.input("images", { dtype: "u8", shape: [batch, ...form.shape] });
  graph.output("x", networkInput(input, model, form));
  const program = await engine.prepare(optimize(graph.finish()));
  return async (images) => Float32Array.from(present((await program.run({ images })).x, "an output"));
}

function indexOfLargest(numbers: Float32Array): number {
  return numbers.reduce((best, value, index) => (value > (numbers[best] ?? 0) ? index : best), 0);
}
