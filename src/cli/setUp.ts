import type { Choices, Engine } from "../engines/engine.ts";
import type { Classifier } from "../nn/classifier.ts";
import type { ImageForm } from "../train/images.ts";
import { sgd } from "../train/optimizers.ts";
import { createSchedule, type ScheduleConfig } from "../train/schedules.ts";
import { Trainer } from "../train/trainer.ts";
import { matchWeights } from "../train/weights.ts";
import type { Io } from "./io.ts";
import type { Effective } from "./settings.ts";
import { readWeights } from "./weights.ts";

/** A trainer as the settings want it. */
export function trainerFor(
  model: Classifier,
  engine: Engine,
  settings: Effective,
  image: ImageForm,
  { profile, choices }: { readonly profile: boolean; readonly choices: Choices },
): Promise<Trainer> {
  const { batch, rate, seed, momentum, weightDecay, nesterov = false, exact = false } = settings;
  return Trainer.create(model, engine, {
    image,
    batch,
    optimizer: sgd({ momentum, weightDecay, nesterov }),
    rate,
    schedule: createSchedule(scheduleOf(settings)),
    seed,
    profile,
    exact,
    choices,
    ...(settings.accumulate !== undefined && { accumulate: settings.accumulate }),
    ...(settings.freeze !== undefined && { freeze: settings.freeze }),
    ...(settings.freezeBatchNorm !== undefined && { freezeNorm: settings.freezeBatchNorm }),
    ...(settings.noDecayNormBias === true && { decayNormAndBias: false }),
    ...(settings.layerDecay !== undefined && { firstLayerRate: settings.layerDecay }),
  });
}

/** The schedule with those of its options that are set. */
function scheduleOf(settings: Effective): ScheduleConfig {
  const { schedule: name, warmup, milestones, gamma, power, decayEvery, endRate, patience } = settings;
  const end = endRate === undefined ? {} : { end: endRate / settings.rate };
  const falling = gamma === undefined ? {} : { gamma };
  if (name === "onecycle") return warmup === 0 ? { name } : { name, rise: warmup };
  const rising = { warmup: { part: warmup } };
  switch (name) {
    case "constant":
      return { name, ...rising };
    case "step":
      return { name, ...rising, ...falling, ...(decayEvery !== undefined && { every: decayEvery }) };
    case "multistep":
      return { name, ...rising, ...falling, ...(milestones && { milestones }) };
    case "exponential":
      return { name, ...rising, ...falling, ...(decayEvery !== undefined && { per: decayEvery }) };
    case "cosine":
      return { name, ...rising, ...end };
    case "polynomial":
      return { name, ...rising, ...end, ...(power !== undefined && { power }) };
    case "plateau":
      return {
        name,
        ...rising,
        ...(gamma !== undefined && { factor: gamma }),
        ...(patience !== undefined && { patience }),
      };
  }
}

/** What training starts from, where that is not the seed. */
export async function startWeights(
  model: Classifier,
  { weights }: Effective,
  io: Io,
): Promise<ReadonlyMap<string, Float32Array> | undefined> {
  if (weights === undefined) return undefined;
  return matchWeights(model, await readWeights(weights, io), weights);
}
