// Weights from a file as those of a network of the zoo: which network they are of, by which map, and for what pictures.

import { UsageError, WeightError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "../nn/classifier.ts";
import { namedTensors } from "../nn/module.ts";
import { matchWeights } from "../nn/weights.ts";
import { applyMap, type KeyMap, keyMaps } from "./keyMaps.ts";
import type { ModelOptions } from "./options.ts";
import { createModel, type ModelName, models } from "./registry.ts";

/** The tensors of a file of weights. */
export interface WeightFile<T extends TensorData = TensorData> {
  readonly tensors: ReadonlyMap<string, T>;
  /** Whether `torch.save` wrote it, or something like it. */
  readonly torch: boolean;
}

/** A network, and the tensors of a file as its own. */
export interface Fit<T extends TensorData = TensorData> {
  readonly model: Classifier;
  readonly tensors: ReadonlyMap<string, T>;
  readonly matched: ReadonlyMap<string, Float32Array>;
  /** Undefined where the file has them just so. */
  readonly map?: KeyMap;
}

/** A fit of a network that was built as the file's shapes say. */
export interface BuiltFit<T extends TensorData = TensorData> extends Fit<T> {
  readonly options: ModelOptions;
}

/** What is asked of a fit. */
export interface Asked<T extends TensorData> {
  readonly name: string;
  /** Builds the network, with what a map asks for in `options`. */
  make(options: ModelOptions): Classifier;
  /** Adds to the tensors what the file need not have. */
  complete?(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T>;
}

const none = ["", { shape: [] }] as const;

/** Sides of pictures that networks are trained for, for those whose weights depend on it. */
const sides = [28, 32, 48, 64, 96, 128, 224, 256];

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

/**
 * The file's tensors as those of the model `name`, for as many classes and channels as the file has, and for the side
 * that its shapes tell of. Throws `WeightError` where they are not its own.
 */
export function fitModel<T extends TensorData>(name: string, file: WeightFile<T>, path: string): BuiltFit<T> {
  const [first] = fitsOf(name, file);
  return first ?? fitBuilt(name, countsOf(name, file), file, path);
}

/** The models of the zoo whose weights these are; several ways where one model may have been built in several. */
export function fittingModels<T extends TensorData>(
  file: WeightFile<T>,
): readonly (BuiltFit<T> & { readonly name: ModelName })[] {
  // No map renames more than the last layer.
  const alike = modelNames().filter((name) => shareOf(name, file) > 0.5);
  return alike.flatMap((name) => {
    const fits = [...fitsOf(name, file)].map((fit) => ({ name, ...fit }));
    return fits.filter(({ map }, index) => fits.findIndex((fit) => fit.map === map) === index);
  });
}

/**
 * The model that has most tensors in common with the file, by name, and what it would take for them to be its weights;
 * undefined where none has any. `path` names the file in the message.
 */
export function nearestModel(
  file: WeightFile,
  path: string,
): { readonly name: ModelName; readonly problem: string } | undefined {
  const alike = modelNames().map((name) => ({ name, share: shareOf(name, file) }));
  const best = alike.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share === 0) return undefined;
  try {
    fitModel(best.name, file, path);
  } catch (error) {
    if (error instanceof WeightError) return { name: best.name, problem: error.message };
    throw error;
  }
  return undefined;
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

/** The ways in which the file's tensors are the weights of the model `name`, the likeliest first. */
function* fitsOf<T extends TensorData>(name: string, file: WeightFile<T>): Generator<BuiltFit<T>> {
  const { classes, ...counts } = countsOf(name, file);
  // ImageNet's classes and a background: 1,000 unless no map is for it. Last, what the model has unless told otherwise.
  const counted = [...(classes === 1001 ? [1000] : []), classes, undefined];
  const sized = [undefined, ...(dependsOnSide(name) ? sides : [])];
  for (const count of counted)
    for (const size of sized) {
      const options = { ...counts, ...(count && { classes: count }), ...(size && { size }) };
      const fit = unlessMismatched(() => fitBuilt(name, options, file, ""));
      if (fit !== undefined) yield fit;
    }
}

function fitBuilt<T extends TensorData>(
  name: string,
  options: ModelOptions,
  file: WeightFile<T>,
  path: string,
): BuiltFit<T> {
  const make = (more: ModelOptions) => {
    try {
      return createModel(name, { ...more, ...options });
    } catch (error) {
      // Some networks are for so many classes or such pictures alone.
      if (error instanceof UsageError) throw new WeightError(`${path}: ${error.message}`);
      throw error;
    }
  };
  const fit = fitWeights({ name, make }, file, path);
  return { ...fit, options: { ...fit.map?.options, ...options } };
}

/** The part of the names of the model and of the file that both have: 0 to 1. */
function shareOf(name: string, { tensors }: WeightFile): number {
  const model = createModel(name);
  const counts = (path: string) => !isTrainingOnly(model, path) && !path.endsWith(".num_batches_tracked");
  const wanted = [...namedTensors(model)].map(([path]) => path).filter(counts);
  const names = [...tensors.keys()].filter(counts);
  const shared = wanted.filter((path) => tensors.has(path)).length;
  return shared / (wanted.length + names.length - shared || 1);
}

/** Classes and channels, as the file's shapes have them. */
function countsOf(name: string, { tensors }: WeightFile): { classes: number; channels?: number } {
  const model = createModel(name);
  const [first, { shape }] = [...namedTensors(model)].find(([, tensor]) => tensor.shape.length === 4) ?? none;
  // Where the first is no plain convolution, it doesn't say.
  const channels = shape[1] === model.input[0] ? tensors.get(first)?.shape[1] : undefined;
  return { classes: classesOf(tensors), ...(channels !== undefined && channels > 0 && { channels }) };
}

/** How many classes a network tells apart, as the file's last vector has it: the last layer's bias. */
function classesOf(tensors: ReadonlyMap<string, TensorData>): number {
  const vectors = [...tensors.entries()].filter(
    ([name, { shape }]) => shape.length === 1 && /bias$/.test(name),
  );
  const last = vectors.findLast(([name]) =>
    /^(fc\d?|linear|last_linear|classif|classifier(\.\d)?)\.bias$/.test(name),
  );
  return (last ?? vectors.at(-1))?.[1].shape[0] || 10;
}

/** Whether the side of the pictures is in the shapes of the model's weights. */
function dependsOnSide(name: string): boolean {
  const shapes = (options: ModelOptions) =>
    [...namedTensors(createModel(name, options))].map(([, { shape }]) => shape.join()).join(" ");
  try {
    return shapes({}) !== shapes({ size: 2 * createModel(name).input[1] });
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

function modelNames(): readonly ModelName[] {
  // The keys of a record of all names are the names.
  return Object.keys(models) as ModelName[];
}
