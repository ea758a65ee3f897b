import { parseSafetensors, serializeSafetensors } from "../formats/safetensors.ts";
import { FormatError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { emaPrefix } from "./ema.ts";
import { optimizerPrefix } from "./optimizers.ts";

/** Sums over the steps of the epoch under way. */
export interface EpochSums {
  readonly steps: number;
  readonly loss: number;
  /** Pictures classified rightly. */
  readonly correct: number;
  readonly seconds: number;
  /** Seconds of these that went by until data was there. */
  readonly waiting: number;
}

/** What an epoch came to; without a validation set by its training alone. */
export interface EpochScore {
  readonly loss: number;
  readonly top1: number;
}

/**
 * Where a training is. All randomness is counted from seed, epoch and step, so that with the tensors this is all it
 * takes to go on as if it had never stopped.
 */
export interface TrainingState {
  /** Whole epochs that are done, and steps in all. */
  readonly epoch: number;
  readonly step: number;
  /** Of the epoch under way: its steps are the place in the data. */
  readonly sums: EpochSums;
  /** A score for each epoch that is done. */
  readonly scores: readonly EpochScore[];
}

export interface Checkpoint {
  /** Every state of the training step by name: parameters and buffers by path, and what the optimiser keeps. */
  readonly tensors: ReadonlyMap<string, TensorData>;
  readonly state: TrainingState;
  /** Algorithms that were chosen by measuring: with them the same bits come out again. */
  readonly choices: Readonly<Record<string, string>>;
}

export const nothingYet: EpochSums = { steps: 0, loss: 0, correct: 0, seconds: 0, waiting: 0 };

/** One safetensors file: the state is in its metadata, as JSON, with what `extra` adds. */
export function serializeCheckpoint(
  { tensors, state, choices }: Checkpoint,
  extra: Readonly<Record<string, string>> = {},
): Uint8Array {
  return serializeSafetensors(tensors, {
    ...extra,
    convnets: "checkpoint 1",
    state: JSON.stringify(state),
    choices: JSON.stringify(choices),
  });
}

export function parseCheckpoint(
  bytes: Uint8Array,
  file: string,
): Checkpoint & { readonly metadata: Readonly<Record<string, string>> } {
  const { tensors, metadata } = parseSafetensors(bytes, file);
  if (metadata.convnets !== "checkpoint 1")
    throw new FormatError(`${file}: has weights alone, expected a checkpoint of a training`);
  const state = readState(json(metadata.state));
  const choices = texts(json(metadata.choices));
  if (state === undefined || choices === undefined)
    throw new FormatError(`${file}: its metadata does not say where the training was`);
  return { tensors, state, choices, metadata };
}

/** Whether a tensor of a checkpoint is the network's own, and not a state of its training. */
export function isWeight(name: string): boolean {
  return !name.startsWith(optimizerPrefix);
}

/** What evaluation takes of a checkpoint: the averages of the weights where training kept them, else the weights. */
export function evaluationWeights(tensors: Checkpoint["tensors"]): Checkpoint["tensors"] {
  const weights = [...tensors].filter(([name]) => isWeight(name));
  return new Map(weights.map(([name, tensor]) => [name, tensors.get(`${emaPrefix}${name}`) ?? tensor]));
}

function readState(found: unknown): TrainingState | undefined {
  if (!isRecord(found) || !isRecord(found.sums) || !Array.isArray(found.scores)) return undefined;
  const [epoch, step] = [number(found.epoch), number(found.step)];
  const { steps, loss, correct, seconds, waiting } = found.sums;
  const sums = {
    steps: number(steps),
    loss: number(loss),
    correct: number(correct),
    seconds: number(seconds),
    waiting: number(waiting),
  };
  const scores = found.scores
    .filter(isRecord)
    .map((score) => ({ loss: number(score.loss), top1: number(score.top1) }));
  const counts = [epoch, step, sums.steps, ...Object.values(sums)];
  if (counts.some(Number.isNaN) || scores.length !== epoch || scores.some(({ top1 }) => Number.isNaN(top1)))
    return undefined;
  return { epoch, step, sums, scores };
}

function number(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

function texts(found: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(found)) return undefined;
  const entries = Object.entries(found).flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
