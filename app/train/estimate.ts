import {
  createModel,
  type Dataset,
  type LoadedEngine,
  type ModelOptions,
  summarize,
  trainingGraph,
} from "convnets";
import { optionsFor } from "./recipes.ts";
import type { Settings } from "./settings.ts";
import { optimizerOf } from "./trainee.ts";

/** What a training will take, from its program and this machine. */
export interface Cost {
  readonly parameters: number;
  /** Multiply-adds of one picture, in evaluation. */
  readonly macs: number;
  /** Of the training step's program, in bytes. */
  readonly memory: number;
  /** GFLOP/s that one thread can reach at most. */
  readonly peak: number;
}

/** What is to be trained, on which pictures. */
export interface Question {
  readonly settings: Settings;
  readonly shape: Dataset["shape"];
  readonly classes: number;
  /** Of the network that it starts from. */
  readonly options?: ModelOptions;
}

/** Prepares the step and measures the machine, without training anything. */
export async function costOf(
  { settings, shape, classes, options }: Question,
  engine: LoadedEngine,
): Promise<Cost> {
  const model = createModel(settings.model, optionsFor(settings, shape, classes, options));
  const { parameters, macs } = summarize(model);
  // Any normalisation takes the same.
  const form = { shape, normalization: { mean: [0], std: [1] }, batch: settings.batch };
  const { memory } = await engine.prepare(trainingGraph(model, form, optimizerOf(settings)));
  return { parameters, macs, memory: memory.arena + memory.resident, peak: engine.peak?.() ?? 1 };
}

/** The part of the peak that networks reach in training, before one was seen to. */
const usualShare = 0.5;

/**
 * Seconds of an epoch, its test included. `speed` are the GFLOP/s that the network was seen to reach, if it was. A
 * training step computes three times what an evaluation does: forward, and gradients of values and of weights.
 */
export function secondsPerEpoch(
  { macs, peak }: Pick<Cost, "macs" | "peak">,
  { pictures, heldOut, threads }: { pictures: number; heldOut: number; threads: number },
  speed: number = usualShare * peak * threads,
): number {
  return (2 * macs * (3 * pictures + heldOut)) / (speed * 1e9);
}

/** GFLOP/s of a training that sees so many pictures a second. */
export function speedOf(macs: number, imagesPerSecond: number): number {
  return (6 * macs * imagesPerSecond) / 1e9;
}
