import type { Pictures } from "../data/pictures.ts";
import type { Engine } from "../engines/engine.ts";
import { present, UsageError } from "../ir/errors.ts";
import { GraphBuilder } from "../ir/graph.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
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

/** The filters of the convolution at `path`: `[filters, channels, height, width]`. */
export function filters({ weights }: Pick<Subject, "weights">, path: string): TensorData {
  const found = weights.get(`${path}.weight`);
  if (found?.shape.length === 4) return found;
  const convolutions = [...weights]
    .filter(([name, { shape }]) => name.endsWith(".weight") && shape.length === 4)
    .map(([name]) => name.slice(0, -".weight".length));
  const some = `${convolutions.slice(0, 8).join(", ")}${convolutions.length > 8 ? ", ..." : ""}`;
  throw new UsageError(`${path} is no convolution with filters; the network has ${some || "none"}`);
}

/** A place where a filter answers. */
export interface Patch {
  /** Which picture of the data set, in its order. */
  readonly index: number;
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
  { count = 9, batch = 16 }: PatchOptions = {},
): Promise<readonly Patch[]> {
  const { model, engine } = subject;
  const shape = layerOf(walk(model), layer).type.shape.slice(1);
  const [channels = 1, , width = 1] = shape;
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
    throw new UsageError(`${layer} has no channel ${channel}, expected 0 to ${channels - 1}`);
  const area = size(shape.slice(1));
  const stride = size(model.input);
  const probe = await Probe.create(subject, { values: [layer], batch });
  const input = await inputProgram(model, engine, pictures, batch);
  let best: (Omit<Patch, "region"> & { readonly at: number })[] = [];
  let first = 0;
  for await (const { images, count: real } of pictures.batches({ size: batch, seed: 0, epoch: 0 })) {
    const xs = await input(images);
    const values = present((await probe.run(xs)).values.get(layer), "it was asked for");
    for (let slot = 0; slot < real; slot++) {
      const start = (slot * channels + channel) * area;
      const at = indexOfLargest(values.subarray(start, start + area));
      const activation = values[start + at] ?? 0;
      const picture = xs.slice(slot * stride, (slot + 1) * stride);
      best.push({
        index: first + slot,
        activation,
        row: Math.floor(at / width),
        column: at % width,
        picture,
        at,
      });
    }
    best = best.sort((a, b) => b.activation - a.activation).slice(0, count);
    first += real;
  }
  const gaze = await measureReceptiveField(model, engine, layer);
  const patches: Patch[] = [];
  for (const { at, ...patch } of best)
    patches.push({ ...patch, region: await gaze.region(channel * area + at) });
  return patches;
}

async function inputProgram(
  model: Classifier,
  engine: Engine,
  { shape, normalization }: ImageForm,
  batch: number,
): Promise<(images: Uint8Array) => Promise<Float32Array>> {
  const graph = new GraphBuilder();
  const input = graph.input("images", { dtype: "u8", shape: [batch, ...shape] });
  graph.output("x", networkInput(input, model, { shape, normalization }));
  const program = await engine.prepare(optimize(graph.finish()));
  return async (images) => Float32Array.from(present((await program.run({ images })).x, "an output"));
}

function indexOfLargest(numbers: Float32Array): number {
  return numbers.reduce((best, value, index) => (value > (numbers[best] ?? 0) ? index : best), 0);
}
