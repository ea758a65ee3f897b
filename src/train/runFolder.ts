import { appendFile, mkdir, open, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { readFile } from "../files/readFile.ts";
import { parseSafetensors } from "../formats/safetensors.ts";
import { FormatError, UsageError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { type Checkpoint, evaluationWeights, parseCheckpoint, serializeCheckpoint } from "./checkpoint.ts";
import { eventFileStart, scalarEvent } from "./eventFile.ts";
import { lock } from "./lock.ts";
import { parseConfig, type RunConfig } from "./runConfig.ts";

/** A line of `metrics.jsonl`. `step` counts all steps so far; lines of epochs have a `validation`, if there is one. */
export interface Metrics {
  readonly kind: "step" | "epoch";
  readonly epoch: number;
  readonly step: number;
  readonly [name: string]: number | string | Readonly<Record<string, number>> | undefined;
}

/** The folder of a training: `config.json`, `metrics.jsonl`, an event file for TensorBoard, `last` and `best` checkpoints. */
export interface Run {
  readonly folder: string;
  /** Adds a line to `metrics.jsonl`, and its numbers to the event file. */
  record(metrics: Metrics): Promise<void>;
  /** Replaces the last checkpoint, and the best one too where this is it. Whenever the process ends, a whole one is left. */
  save(checkpoint: Checkpoint, isBest: boolean): Promise<void>;
  /** Lets other processes work in the folder. */
  close(): void;
}

/** Which of a run's checkpoints: after the last step that was saved, or after the epoch that did best. */
export type Which = "last" | "best";

const files = {
  config: "config.json",
  metrics: "metrics.jsonl",
  events: "events.out.tfevents.1.convnets",
  last: "last.safetensors",
  best: "best.safetensors",
  lock: "lock",
} as const;

/** What the first version wrote instead of checkpoints. */
const oldWeights = "weights.safetensors";

/** Makes the folder, if need be, and writes the configuration. Throws `UsageError` where another process trains. */
export async function createRun(folder: string, config: RunConfig): Promise<Run> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, 0, error);
  });
  const unlock = await lock(join(folder, files.lock));
  try {
    if (await isRun(folder)) throw new UsageError(`${folder}: holds a run already`);
    await writeFileAtomically(
      join(folder, files.config),
      new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
    );
    return new Folder(folder, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Takes up a run where its last checkpoint was taken: what was recorded after that is cut off. No checkpoint means that
 * it had got to none. Throws `UsageError` where another process trains.
 */
export async function resumeRun(
  folder: string,
): Promise<{ readonly run: Run; readonly config: RunConfig; readonly checkpoint?: Checkpoint }> {
  await expectRun(folder);
  const unlock = await lock(join(folder, files.lock));
  try {
    const config = await readConfig(folder);
    if (config.version === 1)
      throw new UsageError(
        `${folder}: was written by a version that could not resume; start anew: convnets train ${config.model} --weights ${folder}`,
      );
    const path = join(folder, files.last);
    const found = (await isFile(path)) ? parseCheckpoint(await readFile(path), path) : undefined;
    for (const name of [files.metrics, files.events])
      await cut(join(folder, name), lengthOf(found?.metadata[name]));
    return { run: new Folder(folder, unlock), config, ...(found && { checkpoint: found }) };
  } catch (error) {
    unlock();
    throw error;
  }
}

class Folder implements Run {
  readonly folder: string;
  readonly close: () => void;

  constructor(folder: string, unlock: () => void) {
    this.folder = folder;
    this.close = unlock;
  }

  async record(metrics: Metrics): Promise<void> {
    const line = new TextEncoder().encode(`${JSON.stringify(metrics)}\n`);
    await append(join(this.folder, files.metrics), line);
    const now = Date.now() / 1000;
    const events = join(this.folder, files.events);
    if ((await sizeOf(events)) === 0) await append(events, eventFileStart(now));
    await append(events, scalarEvent(now, metrics.step, scalars(metrics)));
  }

  async save(checkpoint: Checkpoint, isBest: boolean): Promise<void> {
    const lengths: [string, string][] = [];
    for (const name of [files.metrics, files.events])
      lengths.push([name, `${await settle(join(this.folder, name))}`]);
    const bytes = serializeCheckpoint(checkpoint, Object.fromEntries(lengths));
    // The best first: should the process end in between, the epoch is trained again and is the best again.
    if (isBest) await writeFileAtomically(join(this.folder, files.best), bytes);
    await writeFileAtomically(join(this.folder, files.last), bytes);
  }
}

/** Tags for TensorBoard: `train/loss` of steps, `epoch/loss` and `validation/top1` of epochs. */
function scalars({ kind, epoch: _, step: __, ...rest }: Metrics): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries(rest)) {
    const group = kind === "step" ? "train" : "epoch";
    if (typeof value === "number") found[`${group}/${name}`] = value;
    else if (typeof value === "object")
      for (const [part, number] of Object.entries(value)) found[`${name}/${part}`] = number;
  }
  return found;
}

/** Whether `path` is a folder that a training has written. */
export function isRun(path: string): Promise<boolean> {
  return isFile(join(path, files.config));
}

/** The file of a run's weights in `folder`, where `name` is one: `last.safetensors`, `best.safetensors`. */
export function checkpointNamed(name: string): Which | undefined {
  if (name === files.last || name === oldWeights) return "last";
  return name === files.best ? "best" : undefined;
}

/**
 * What a run trained, and the weights of one of its checkpoints; the best one unless `which` says otherwise. Throws
 * `FormatError` when the folder holds something else, and `UsageError` when it has no checkpoint yet.
 */
export async function openRun(
  folder: string,
  which?: Which,
): Promise<{
  readonly config: RunConfig;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly checkpoint: Which;
  /** The file of the weights. */
  readonly path: string;
}> {
  await expectRun(folder);
  const config = await readConfig(folder);
  const wanted: readonly Which[] = which === undefined ? ["best", "last"] : [which];
  for (const checkpoint of wanted) {
    const path = join(folder, config.version === 1 ? oldWeights : files[checkpoint]);
    if (!(await isFile(path)) || (config.version === 1 && checkpoint === "best")) continue;
    const { tensors } = parseSafetensors(await readFile(path), path);
    return { config, weights: evaluationWeights(tensors), checkpoint, path };
  }
  throw new UsageError(`${folder}: has no ${which ?? ""} checkpoint yet`.replace("  ", " "));
}

async function expectRun(folder: string): Promise<void> {
  if (!(await isRun(folder)))
    throw new UsageError(`${folder}: holds no run, expected a folder that \`convnets train\` has written`);
}

async function readConfig(folder: string): Promise<RunConfig> {
  const path = join(folder, files.config);
  return parseConfig(new TextDecoder().decode(await readFile(path, 1 << 20)), path);
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** 0 where there is no file. */
function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function append(path: string, bytes: Uint8Array): Promise<void> {
  await appendFile(path, bytes).catch((error: unknown) => {
    throw writeError(path, bytes.length, error);
  });
}

/** Has what was appended to a file on the disk, and says how long it is. */
async function settle(path: string): Promise<number> {
  const file = await open(path, "a");
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function cut(path: string, length: number): Promise<void> {
  const size = await sizeOf(path);
  if (size < length)
    throw new FormatError(`${path}: ${size} bytes, expected the ${length} that the last checkpoint counts`);
  if (size > length)
    await truncate(path, length).catch((error: unknown) => {
      throw writeError(path, length, error);
    });
}

function lengthOf(text = "0"): number {
  const length = Number(text);
  return Number.isSafeInteger(length) && length >= 0 ? length : 0;
}
