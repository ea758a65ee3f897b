import { type Command, Option } from "commander";
import { dataForms } from "../data/source.ts";
import { checkEngine, loadEngine } from "../engines/auto.ts";
import { createModel } from "../models/registry.ts";
import { sgd } from "../train/optimizers.ts";
import { createRun } from "../train/runFolder.ts";
import { schedules } from "../train/schedules.ts";
import { Trainer } from "../train/trainer.ts";
import { type EngineFlags, engineOption, real, threadsOption, whole } from "./flags.ts";
import { type Io, note, print, printJson, roomOf } from "./io.ts";
import { expectClasses, open } from "./network.ts";
import { byOp, profileText } from "./profile.ts";
import { progress } from "./progress.ts";
import { type Recipe, recipeOf } from "./recipes.ts";
import { newRunFolder } from "./runs.ts";
import { fit } from "./training.ts";
import { ending, heading } from "./trainText.ts";

interface TrainFlags extends EngineFlags, Partial<Omit<Recipe, "size">> {
  readonly data: string;
  readonly seed: number;
  readonly size?: number;
  readonly classes?: number;
  readonly steps?: number;
  readonly out?: string;
  readonly profile?: boolean;
  readonly exact?: boolean;
  readonly quiet?: boolean;
}

/** What a shell expects of a program that Ctrl-C has ended. */
const interruptedCode = 130;

export function addTrain(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command("train")
    .summary("train a model on a data set")
    .description("Trains a model and writes a run folder: weights, training state, configuration, metrics.")
    .argument("<model>", "a name from `convnets models`")
    .option("--data <data>", dataForms.join(", "), "digits")
    .option("--epochs <n>", "how often it sees every picture (default: 10)", whole(1))
    .option("--steps <n>", "stop after so many steps", whole(1))
    .option("--batch <n>", "pictures a step (default: by model, mostly 64)", whole(1))
    .option("--rate <x>", "learning rate at its peak (default: by model)", real(0))
    .option("--momentum <x>", "of stochastic gradient descent (default: 0.9)", real(0, 1))
    .option("--weight-decay <x>", "added to the gradient, times the weight (default: 0.0005)", real(0))
    .addOption(
      new Option("--schedule <name>", "the rate over time (default: cosine)").choices(Object.keys(schedules)),
    )
    .option("--warmup <part>", "part of the training in which the rate grows (default: 0.05)", real(0, 1))
    .option("--seed <n>", "decides start values, order and dropout", whole(0, 2 ** 31 - 1), 1)
    .option("--size <n>", "side of the network's input (default: by model)", whole(1))
    .option("--classes <n>", "more outputs than the data has classes", whole(1))
    .option("--out <folder>", "the run folder (default: the next free runs/MODEL-N)")
    .addOption(engineOption())
    .addOption(threadsOption())
    .option("--exact", "compute convolutions as direct sums only")
    .option("--profile", "print where the time goes, by op")
    .option("--quiet", "print the result only")
    .action(async (name: string, flags: TrainFlags) => exit(await train(name, flags, io)));
}

async function train(name: string, flags: TrainFlags, io: Io): Promise<number> {
  const { data, seed, steps, exact = false, profile = false, quiet = false, json = false } = flags;
  const recipe = recipeOf(name, flags);
  const { batch, rate, epochs, schedule, warmup, size } = recipe;
  // Before the data is read: a wrong name or folder should show at once.
  createModel(name, size === undefined ? {} : { size });
  checkEngine(flags.engine);
  const folder = await newRunFolder(name, flags.out);
  const splits = await open(data, io);
  const { train, test } = splits;
  const options = {
    classes: flags.classes ?? train.classes.length,
    channels: train.shape[0],
    ...(size !== undefined && { size }),
  };
  const model = createModel(name, options);
  expectClasses({ name, model }, train);
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const lines = json ? io.stderr : io.stdout;
  if (!quiet) for (const line of heading(name, model, engine, splits)) print(lines, line);
  const image = { shape: train.shape, normalization: train.normalization };
  const trainer = await Trainer.create(model, engine, {
    image,
    batch,
    optimizer: sgd(recipe),
    rate,
    schedule: schedules[schedule](schedule === "onecycle" ? {} : { warmup: { part: warmup } }),
    seed,
    profile,
    exact,
  });
  const { momentum, weightDecay } = recipe;
  const run = await createRun(folder, {
    version: 1,
    model: name,
    options,
    data,
    image,
    classes: Array.from({ length: options.classes }, (_, index) => train.classes[index] ?? `${index}`),
    training: {
      ...{ engine: engine.name, on: engine.description, exact, seed, epochs, batch, rate },
      ...{ momentum, weightDecay, schedule, warmup },
      ...(steps !== undefined && { steps }),
    },
  });
  const stepsAnEpoch = Math.floor(train.count / batch);
  const shown = progress({
    lines,
    bar: io.stderr,
    epochs: Math.min(epochs, Math.ceil((steps ?? Number.POSITIVE_INFINITY) / stepsAnEpoch)),
    stepsAnEpoch,
    quiet,
  });
  const fitting = { epochs, ...(steps !== undefined && { steps }) };
  const outcome = await fit(trainer, splits, fitting, { run, shown, io });
  const peak = profile ? engine.peak?.() : undefined;
  const times = profile ? byOp(trainer.profile(), peak) : [];
  if (json)
    printJson(io, { run: folder, model: name, data, ...outcome, ...(profile && { peak, profile: times }) });
  else {
    if (profile) for (const line of ["", ...profileText(times, peak, roomOf(lines))]) print(lines, line);
    for (const line of ending(folder, test.name, outcome)) print(lines, line);
  }
  return outcome.interrupted ? interruptedCode : 0;
}
