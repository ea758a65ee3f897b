import {
  adam,
  adamw,
  type Classifier,
  cifarTraining,
  constantRate,
  cosine,
  createModel,
  type DataSplits,
  type Dataset,
  digitTraining,
  type Engine,
  Evaluator,
  inMemory,
  type ModelOptions,
  matchWeights,
  multiStepDecay,
  type Normalization,
  newHead,
  type Optimizer,
  oneCycle,
  type Pictures,
  parseSafetensors,
  rmsprop,
  type Schedule,
  sgd,
  Trainer,
  transformed,
  UsageError,
} from "convnets";
import { first, withChannels } from "./dataSets.ts";
import { optionsFor } from "./recipes.ts";
import type { Settings } from "./settings.ts";

/** What a training starts from, in place of the seed. */
export interface Start {
  /** A `.safetensors` file. */
  readonly weights: Uint8Array;
  readonly options: ModelOptions;
  /** How the network was used to read pixels. */
  readonly normalization: Normalization;
}

/** What a training is made of. */
export interface Trainee {
  readonly model: Classifier;
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly train: Pictures;
  readonly trainCount: number;
  readonly test: Dataset;
  readonly options: ModelOptions;
  /** How the network reads pixels. */
  readonly normalization: Normalization;
  /** Layers that start anew beside the weights that were given. */
  readonly head: readonly string[];
}

/** Builds network, step and test as `settings` say. */
export async function trainee(
  settings: Settings,
  given: DataSplits,
  engine: Engine,
  start?: Start,
): Promise<Trainee> {
  const channels = start?.options.channels ?? 1;
  const train = withChannels(first(given.train, settings.pictures), channels);
  const test = withChannels(given.test, channels);
  expectEnough(settings, train, test);
  const { shape, classes, normalization } = train;
  const options = optionsFor(settings, shape, classes.length, start?.options);
  const model = createModel(settings.model, options);
  const asked = start && fitting(start.normalization, shape[0]);
  const image = { shape, normalization, ...(asked && { asked }) };
  const { batch, rate, seed, labelSmoothing } = settings;
  const trainer = await Trainer.create(model, engine, {
    ...{ image, batch, rate, seed },
    optimizer: optimizerOf(settings),
    schedule: scheduleOf(settings),
    ...(labelSmoothing > 0 && { labelSmoothing }),
  });
  const evaluator = await Evaluator.create(model, engine, { image, batch: Math.min(batch, 50) });
  const head = start === undefined ? [] : begin(trainer, model, start.weights, seed);
  return {
    ...{ model, trainer, evaluator, test, options, head },
    normalization: asked ?? model.normalization ?? normalization,
    train: augmented(inMemory(train), settings),
    trainCount: train.labels.length,
  };
}

/** A normalisation of one number for all channels, or of one for each. */
function fitting(normalization: Normalization, channels: number): Normalization | undefined {
  return [1, channels].includes(normalization.mean.length) ? normalization : undefined;
}

function expectEnough({ batch }: Settings, train: Dataset, test: Dataset): void {
  if (test.labels.length === 0)
    throw new UsageError("there is no picture to test with: give two of a class or more");
  if (train.labels.length < batch)
    throw new UsageError(
      `a batch of ${batch} is more than the ${train.labels.length} pictures to train on; make the batch smaller`,
    );
}

export function optimizerOf({ optimizer, weightDecay }: Settings): Optimizer {
  switch (optimizer) {
    case "sgd":
      return sgd({ momentum: 0.9, weightDecay });
    case "adam":
      return adam({ weightDecay });
    case "adamw":
      return adamw({ weightDecay });
    case "rmsprop":
      return rmsprop({ weightDecay });
  }
}

function scheduleOf({ schedule }: Settings): Schedule {
  const warmup = { part: 0.05 };
  switch (schedule) {
    case "constant":
      return constantRate({ warmup });
    case "cosine":
      return cosine({ warmup });
    case "onecycle":
      return oneCycle();
    case "multistep":
      return multiStepDecay({ warmup });
  }
}

function augmented(pictures: Pictures, { augment }: Settings): Pictures {
  const [, height, width] = pictures.shape;
  if (augment === "none") return pictures;
  const preset = augment === "digits" ? digitTraining : cifarTraining;
  return transformed(pictures, preset([height, width]));
}

/** Starts from given weights, with a new last layer where they know other classes. */
function begin(trainer: Trainer, model: Classifier, file: Uint8Array, seed: number): readonly string[] {
  const name = "the weights to start from";
  const { tensors } = parseSafetensors(file, name);
  const head = newHead(model, tensors, seed);
  trainer.start(matchWeights(model, new Map([...tensors, ...head]), name));
  return [...head.keys()];
}
