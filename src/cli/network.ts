import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Pictures, Splits } from "../data/pictures.ts";
import { type DataOptions, openData } from "../data/source.ts";
import { cacheFolder } from "../files/cacheFolder.ts";
import { UsageError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { fitModel, fitWeights } from "../models/fit.ts";
import type { ModelOptions } from "../models/options.ts";
import { createModel } from "../models/registry.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { matchWeights } from "../nn/weights.ts";
import { classesOf } from "../onnx/metadata.ts";
import { OnnxNetwork } from "../onnx/network.ts";
import type { ImageForm } from "../train/images.ts";
import type { RunConfig } from "../train/runConfig.ts";
import { checkpointNamed, isRun, openRun, type Which } from "../train/runFolder.ts";
import { noteMap } from "./fit.ts";
import { type Io, note } from "./io.ts";
import { expectChannelsOf, normalizationWithoutData } from "./normalization.ts";
import { isOnnx, readOnnx } from "./onnx.ts";
import type { Settings } from "./settings.ts";
import { readWeights } from "./weights.ts";

/** How a command is told which network it works with, beside the path of its weights. */
export interface NetworkFlags {
  readonly data?: string;
  readonly model?: string;
  readonly weights?: string;
  readonly size?: number;
  /** How pictures are read, where weights come from a file. */
  readonly normalization?: Normalization;
  /** Of a run; the best one unless this says otherwise. */
  readonly checkpoint?: Which;
  /** Whether a file of weights may come without `data`: then its classes have numbers for names. */
  readonly dataOptional?: boolean;
}

/** A trained network, and what its pictures and answers are. */
export interface Network {
  readonly name: string;
  readonly model: Classifier;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly image: ImageForm;
  readonly classes: readonly string[];
  /** The data set it was trained with, where that is known. */
  readonly trainedOn?: string;
  /** The data set that was asked for, or else that of the run; opened where it is needed. */
  data(): Promise<Splits>;
}

/**
 * The network of a run folder, or of a file of weights, which takes `model` and `data` to be understood. With `weights`
 * the path is the model's name.
 */
export async function openNetwork(
  path: string,
  { weights, ...flags }: NetworkFlags,
  io: Io,
): Promise<Network> {
  if (weights !== undefined) {
    if (flags.model !== undefined)
      throw new UsageError(`${path}: with --weights FILE this names the model already; leave out --model`);
    return openNetwork(weights, { ...flags, model: path }, io);
  }
  const run = await runOf(path, flags);
  if (run === undefined) return fromFile(path, flags, io);
  if (flags.normalization !== undefined)
    throw new UsageError(
      `${path}: is a run, which says itself how it reads pictures; leave out --normalization`,
    );
  return fromRun(run.folder, { ...flags, ...run }, io);
}

async function fromRun(folder: string, { data, checkpoint }: NetworkFlags, io: Io): Promise<Network> {
  const { config, weights, path } = await openRun(folder, checkpoint);
  const model = createModel(config.model, config.options);
  matchWeights(model, weights, path);
  return {
    name: config.model,
    model,
    weights,
    image: config.image,
    classes: config.classes,
    trainedOn: config.data,
    data: once(() =>
      open(data ?? config.data, io, { shape: config.image.shape, ...heldOut(config.training) }),
    ),
  };
}

async function fromFile(path: string, flags: NetworkFlags, io: Io): Promise<Network> {
  if (isOnnx(path)) return fromOnnx(path, flags, io);
  const { model: name, data, size, normalization: asked, dataOptional = false } = flags;
  const file = await readWeights(path, io);
  if (name === undefined)
    throw new UsageError(`${path}: is no run, so say which network these weights are for: --model NAME`);
  if (data === undefined && dataOptional) {
    const built = fitModel(name, file, path);
    const make = (options: ModelOptions) =>
      createModel(name, { ...built.options, ...options, ...(size !== undefined && { size }) });
    const fit = size === undefined ? built : fitWeights({ name, make }, file, path);
    noteMap(fit, path, io);
    const { model, tensors } = fit;
    return { name, weights: tensors, ...withoutData(model, asked, path, io) };
  }
  if (data === undefined)
    throw new UsageError(`${path}: is no run, so say which data set these weights are for: --data D`);
  const splits = await open(data, io, { shape: createModel(name, size === undefined ? {} : { size }).input });
  const { shape, normalization, classes } = splits.test;
  const fit = fitWeights(
    {
      name,
      make: (options) =>
        createModel(name, {
          ...options,
          ...{ classes: classes.length, channels: shape[0] },
          ...(size !== undefined && { size }),
        }),
    },
    file,
    path,
  );
  noteMap(fit, path, io);
  const { model, tensors } = fit;
  if (asked !== undefined) expectChannelsOf(asked, shape[0]);
  const image = { shape, normalization, ...(asked && { asked }) };
  return { name, model, weights: tensors, image, classes, data: async () => splits };
}

/** An ONNX file says itself what its network is, and may say how its pictures are normalised and what the classes are. */
async function fromOnnx(
  path: string,
  { data, normalization: asked, dataOptional = false }: NetworkFlags,
  io: Io,
): Promise<Network> {
  const model = await readOnnx(path, true);
  if (data === undefined && dataOptional) {
    const name = model.metadata.model ?? basename(path);
    return { name, weights: model.weights(), ...withoutData(model, asked, path, io) };
  }
  if (data === undefined) throw new UsageError(`${path}: say which data set this network is for: --data D`);
  const splits = await open(data, io, { shape: model.input });
  const { shape, normalization, classes } = splits.test;
  if (asked !== undefined) expectChannelsOf(asked, shape[0]);
  const image = { shape, normalization: model.normalization ?? normalization, ...(asked && { asked }) };
  const { metadata } = model;
  return {
    name: metadata.model ?? basename(path),
    model,
    weights: model.weights(),
    image,
    classes: classesOf(metadata) ?? classes,
    data: async () => splits,
  };
}

/** What is known of a network's pictures and answers where no data set tells more. */
function withoutData(
  model: Classifier,
  asked: Normalization | undefined,
  path: string,
  io: Io,
): Pick<Network, "model" | "image" | "classes" | "data"> {
  const normalization = normalizationWithoutData(model, asked, path, io);
  const named = model instanceof OnnxNetwork ? classesOf(model.metadata) : undefined;
  return {
    model,
    image: { shape: model.input, normalization, ...(asked && { asked }) },
    classes: named ?? Array.from({ length: model.classes }, (_, index) => `class ${index}`),
    data: async () => {
      throw new UsageError(`${path}: is no run, so say which data set is meant: --data D`);
    },
  };
}

/** The run folder that `path` is, or of whose checkpoints one; undefined for other files. */
async function runOf(
  path: string,
  { model, size, checkpoint }: NetworkFlags,
): Promise<{ readonly folder: string; readonly checkpoint?: Which } | undefined> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) {
    if (!(await isRun(path)))
      throw new UsageError(`${path}: holds no run, expected a folder that \`convnets train\` has written`);
    if (model !== undefined || size !== undefined)
      throw new UsageError(
        `${path}: is a run, which says itself what its network is; leave out --model and --size`,
      );
    return { folder: path, ...(checkpoint && { checkpoint }) };
  }
  const named = model === undefined ? checkpointNamed(basename(path)) : undefined;
  if (named === undefined || !(await isRun(dirname(path)))) return undefined;
  return { folder: dirname(path), checkpoint: named };
}

/** Opens a data set, and says so when that takes a download, and which pictures of a folder are left out. */
export function open(data: string, io: Io, options: DataOptions = {}): Promise<Splits> {
  return openData(data, {
    onRequest: (url) => note(io, `downloading ${url}`),
    onBroken: ({ message }) => note(io, `left out: ${message}`),
    ...options,
  });
}

/** Where settings have decoded pictures kept. */
export function decodedCacheOf({ cache, cacheSize }: Settings): Pick<DataOptions, "decodedCache"> {
  if (cache === undefined || cache === false) return {};
  const folder = cache === true ? join(cacheFolder(), "decoded") : cache;
  return {
    decodedCache: { folder, ...(cacheSize !== undefined && { maxBytes: cacheSize * 2 ** 30 }) },
  };
}

/** What decided which pictures of a folder a run held out. */
function heldOut({ seed, holdOut }: RunConfig["training"]): DataOptions {
  return {
    ...(typeof seed === "number" && { seed }),
    ...(typeof holdOut === "number" && { holdOut }),
  };
}

/** Throws unless the network has an answer for every class of the data set. */
export function expectClasses({ name, model }: Pick<Network, "name" | "model">, pictures: Pictures): void {
  const found = pictures.classes.length;
  if (found > model.classes)
    throw new UsageError(`${pictures.name} has ${found} classes, this ${name} tells ${model.classes} apart`);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
