import { appendFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { readFile } from "../files/readFile.ts";
import { parseSafetensors, serializeSafetensors } from "../formats/safetensors.ts";
import { FormatError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import type { Normalization } from "../nn/classifier.ts";
import type { Trainer } from "./trainer.ts";

/** Everything that says what a run is: enough to build the network again, and to train it again. */
export interface RunConfig {
  readonly version: 1;
  readonly model: string;
  readonly options: { readonly classes: number; readonly channels: number; readonly size?: number };
  readonly data: string;
  readonly image: {
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly normalization: Normalization;
  };
  readonly classes: readonly string[];
  readonly training: Readonly<Record<string, string | number | boolean>>;
}

/** A folder that takes what a training makes: `config.json`, `metrics.jsonl`, `weights.safetensors`, `training.safetensors`. */
export interface Run {
  readonly folder: string;
  /** Appends a line to `metrics.jsonl`. */
  record(metrics: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes the weights and the state of the training, each aside and then renamed. */
  save(trainer: Trainer): Promise<void>;
}

const files = {
  config: "config.json",
  metrics: "metrics.jsonl",
  weights: "weights.safetensors",
  training: "training.safetensors",
  choices: "choices.json",
} as const;

/** Makes the folder, if need be, and writes the configuration. */
export async function createRun(folder: string, config: RunConfig): Promise<Run> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, 0, error);
  });
  await writeFileAtomically(join(folder, files.config), encode(JSON.stringify(config, null, 2)));
  return {
    folder,
    record: async (metrics) => {
      const path = join(folder, files.metrics);
      const line = `${JSON.stringify(metrics)}\n`;
      await appendFile(path, line).catch((error: unknown) => {
        throw writeError(path, line.length, error);
      });
    },
    save: async (trainer) => {
      const { tensors, epoch, step } = trainer.state();
      const training = serializeSafetensors(tensors, { epoch: `${epoch}`, step: `${step}` });
      await writeFileAtomically(
        join(folder, files.choices),
        encode(JSON.stringify(trainer.choices, null, 1)),
      );
      await writeFileAtomically(join(folder, files.training), training);
      await writeFileAtomically(join(folder, files.weights), serializeSafetensors(trainer.weights()));
    },
  };
}

/** Whether `path` is a folder that a training has written. */
export async function isRun(path: string): Promise<boolean> {
  return stat(join(path, files.config)).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** What a run trained, and the weights it ended with. Throws `FormatError` when the folder holds something else. */
export async function openRun(
  folder: string,
): Promise<{ readonly config: RunConfig; readonly weights: ReadonlyMap<string, TensorData> }> {
  const configPath = join(folder, files.config);
  const config = parseConfig(new TextDecoder().decode(await readFile(configPath, 1 << 20)), configPath);
  const weightsPath = join(folder, files.weights);
  return { config, weights: parseSafetensors(await readFile(weightsPath), weightsPath).tensors };
}

/** Checks what this version reads, so that what follows may trust it. */
export function parseConfig(text: string, path: string): RunConfig {
  const refuse = (what: string): never => {
    throw new FormatError(`${path}: ${what}; expected the config.json of a run`);
  };
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return refuse("is no JSON");
  }
  const top = record(found);
  if (top?.version !== 1) return refuse(`\`version\` is ${JSON.stringify(top?.version)}, not 1`);
  const options = record(top.options);
  const image = record(top.image);
  const normalization = record(image?.normalization);
  const shape = numbers(image?.shape);
  const [channels, height, width] = shape ?? [];
  const mean = numbers(normalization?.mean);
  const std = numbers(normalization?.std);
  if (typeof top.model !== "string" || typeof top.data !== "string")
    return refuse("`model` or `data` is no text");
  if (!isCount(options?.classes) || !isCount(options.channels))
    return refuse("`options` lacks classes or channels");
  if (options.size !== undefined && !isCount(options.size)) return refuse("`options.size` is no size");
  if (!isCount(channels) || !isCount(height) || !isCount(width) || shape?.length !== 3)
    return refuse("`image.shape` is no [channels, height, width]");
  if (!mean || !std || mean.length === 0 || mean.length !== std.length)
    return refuse("`image.normalization` lacks mean or std");
  const classes = Array.isArray(top.classes) ? top.classes.filter((name) => typeof name === "string") : [];
  if (classes.length !== options.classes) return refuse("`classes` does not name every class");
  return {
    version: 1,
    model: top.model,
    options: {
      classes: options.classes,
      channels: options.channels,
      ...(options.size !== undefined && { size: options.size }),
    },
    data: top.data,
    image: { shape: [channels, height, width], normalization: { mean, std } },
    classes,
    training: plain(record(top.training) ?? {}),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  // An object that is no array has string keys.
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function numbers(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry)) ? value : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1 << 20;
}

function plain(entries: Readonly<Record<string, unknown>>): RunConfig["training"] {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(entries))
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      kept[key] = value;
  return kept;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
