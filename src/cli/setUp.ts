import type { Choices, Engine } from "../engines/engine.ts";
import { UsageError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { newHead } from "../train/head.ts";
import type { ImageForm } from "../train/images.ts";
import { adam, adamw, type Optimizer, rmsprop, sgd } from "../train/optimizers.ts";
import { createSchedule, type Schedule, type ScheduleConfig } from "../train/schedules.ts";
import { Trainer } from "../train/trainer.ts";
import { isMixed } from "./augment.ts";
import { openWeights } from "./fit.ts";
import { type Io, note } from "./io.ts";
import type { Effective } from "./settings.ts";

/** A trainer as the settings want it. */
export function trainerFor(
  model: Classifier,
  engine: Engine,
  settings: Effective,
  image: ImageForm,
  {
    profile = false,
    choices = {},
    schedule = createSchedule(scheduleOf(settings)),
  }: { readonly profile?: boolean; readonly choices?: Choices; readonly schedule?: Schedule } = {},
): Promise<Trainer> {
  const { batch, rate, seed, exact = false } = settings;
  return Trainer.create(model, engine, {
    image,
    batch,
    optimizer: optimizerOf(settings),
    rate,
    schedule,
    seed,
    profile,
    exact,
    choices,
    softTargets: isMixed(settings),
    ...(settings.labelSmoothing !== undefined && { labelSmoothing: settings.labelSmoothing }),
    ...(settings.checkNumerics !== undefined && { checkNumerics: settings.checkNumerics }),
    ...(settings.clipNorm !== undefined && { clipNorm: settings.clipNorm }),
    ...(settings.clipValue !== undefined && { clipValue: settings.clipValue }),
    ...(settings.ema !== undefined && { ema: { decay: settings.ema, warmup: true } }),
    ...(settings.accumulate !== undefined && { accumulate: settings.accumulate }),
    ...(settings.freeze !== undefined && { freeze: settings.freeze }),
    ...(settings.freezeBatchNorm !== undefined && { freezeNorm: settings.freezeBatchNorm }),
    ...(settings.noDecayNormBias === true && { decayNormAndBias: false }),
    ...(settings.layerDecay !== undefined && { firstLayerRate: settings.layerDecay }),
  });
}

function optimizerOf({ optimizer = "sgd", momentum, weightDecay, nesterov = false }: Effective): Optimizer {
  switch (optimizer) {
    case "sgd":
      return sgd({ momentum, weightDecay, nesterov });
    case "adam":
      return adam({ weightDecay });
    case "adamw":
      return adamw({ weightDecay });
    case "rmsprop":
      return rmsprop({ momentum, weightDecay });
  }
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
  { model: name, weights, finetune, seed }: Effective,
  io: Io,
): Promise<ReadonlyMap<string, Float32Array> | undefined> {
  if (weights !== undefined && finetune !== undefined)
    throw new UsageError("train: give --weights or --finetune, not both");
  if (finetune !== undefined) {
    let head: ReadonlyMap<string, TensorData> = new Map();
    const complete = (found: ReadonlyMap<string, TensorData>) => {
      head = newHead(model, found, seed);
      return new Map([...found, ...head]);
    };
    const { matched } = await openWeights({ name, make: () => model, complete }, finetune, io);
    if (head.size > 0)
      note(io, `${finetune}: new for ${model.classes} classes: ${[...head.keys()].join(", ")}`);
    return matched;
  }
  if (weights === undefined) return undefined;
  return (await openWeights({ name, make: () => model }, weights, io)).matched;
}
