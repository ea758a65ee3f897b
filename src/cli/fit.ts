import { WeightError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { applyMap, describeMap, type KeyMap, keyMaps } from "../models/keyMaps.ts";
import type { ModelOptions } from "../models/options.ts";
import { createModel } from "../models/registry.ts";
import type { Classifier } from "../nn/classifier.ts";
import { matchWeights } from "../train/weights.ts";
import { type Io, note } from "./io.ts";
import { classesOf, readWeights, type WeightFile } from "./weights.ts";

/** A network, and the tensors of a file as its own. */
export interface Fit<T extends TensorData = TensorData> {
  readonly model: Classifier;
  readonly tensors: ReadonlyMap<string, T>;
  readonly matched: ReadonlyMap<string, Float32Array>;
  /** Undefined where the file has them just so. */
  readonly map?: KeyMap;
}

/** What is asked of a fit. */
interface Asked<T extends TensorData> {
  readonly name: string;
  /** Builds the network, with what a map asks for in `options`. */
  make(options: ModelOptions): Classifier;
  /** Adds to the tensors what the file need not have. */
  complete?(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T>;
}

/**
 * The file's tensors as the network's own: as they are, or by the first of the known maps with which they fit. Throws
 * `WeightError` where none does.
 */
export function fitWeights<T extends TensorData>(
  { name, make, complete = (tensors) => tensors }: Asked<T>,
  file: WeightFile<T>,
  path: string,
): Fit<T> {
  const attempt = (map?: KeyMap): Fit<T> => {
    const model = make(map?.options ?? {});
    const tensors = complete(map ? applyMap(map, file.tensors) : file.tensors);
    return { model, tensors, matched: matchWeights(model, tensors, path), ...(map && { map }) };
  };
  const own = keyMaps.filter(({ model }) => model === name);
  const traits = { torch: file.torch, names: [...file.tensors.keys()] };
  const sure = own.filter(({ when }) => when?.(traits));
  for (const map of [...sure, undefined, ...own.filter(({ when }) => when === undefined)]) {
    const fit = unlessMismatched(() => attempt(map));
    if (fit !== undefined) return fit;
  }
  // None fits: what the names as they are lack says most.
  return attempt();
}

/** The file's tensors as those of the model `name`, for as many classes as the file has. */
export function fitModel<T extends TensorData>(name: string, file: WeightFile<T>, path: string): Fit<T> {
  const classes = classesOf(file.tensors);
  const of = (count: number) =>
    fitWeights({ name, make: (options) => createModel(name, { ...options, classes: count }) }, file, path);
  // ImageNet's classes and a background: 1,000 unless no map is for it.
  return (classes === 1001 ? unlessMismatched(() => of(1000)) : undefined) ?? of(classes);
}

/** Reads a file of weights for the model `name`. A note tells of a map that was applied. */
export async function openWeights(asked: Asked<TensorData>, path: string, io: Io): Promise<Fit> {
  const fit = fitWeights(asked, await readWeights(path, io), path);
  noteMap(fit, path, io);
  return fit;
}

export function noteMap({ map }: Pick<Fit, "map">, path: string, io: Io): void {
  if (map !== undefined) note(io, `${path}: ${describeMap(map)}`);
}

/** What `fit` gives; undefined where weights are not the network's. */
export function unlessMismatched<T>(fit: () => T): T | undefined {
  try {
    return fit();
  } catch (error) {
    if (error instanceof WeightError) return undefined;
    throw error;
  }
}
