import { type Command, Option } from "commander";
import { checkEngine, loadEngine } from "../engines/auto.ts";
import { UsageError } from "../ir/errors.ts";
import { createModel } from "../models/registry.ts";
import type { RunConfig } from "../train/runConfig.ts";
import { createRun, type Run, resumeRun } from "../train/runFolder.ts";
import { augmented, mixedBy, transformsFor } from "./augment.ts";
import { checkSettings, flagOf, givenSettings, ofRun, readSettings, settingOptions } from "./config.ts";
import { curves } from "./curve.ts";
import type { Flags } from "./flags.ts";
import { type Io, note, print, printJson, roomOf } from "./io.ts";
import { decodedCacheOf, expectClasses, open } from "./network.ts";
import { byOp, profileText } from "./profile.ts";
import { progress } from "./progress.ts";
import { ratesOf, ratesText } from "./rates.ts";
import { effective, recipes } from "./recipes.ts";
import { reportAtEnd } from "./report.ts";
import { newRunFolder } from "./runs.ts";
import type { Effective } from "./settings.ts";
import { startWeights, trainerFor } from "./setUp.ts";
import { fit } from "./training.ts";
import { ending, heading } from "./trainText.ts";

interface TrainFlags extends Flags {
  readonly findRate?: boolean;
  readonly config?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly profile?: boolean;
  readonly quiet?: boolean;
  readonly report: boolean;
}

/** What a shell expects of a program that Ctrl-C has ended. */
const interruptedCode = 130;

export function addTrain(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command("train")
    .summary("train a model on a data set")
    .description(
      "Trains a model and writes a run folder: checkpoints, configuration, metrics.\n" +
        "Flags go before --config, that before --recipe, and that before defaults.",
    )
    .argument("[model]", "a name from `convnets models`, if --config or --resume names none")
    .addOption(
      new Option("--config <file>", "settings as JSON or YAML, or the config.json of a run").helpGroup(
        "What:",
      ),
    )
    .addOption(
      new Option(
        "--recipe <name>",
        `settings that belong together: ${Object.keys(recipes).join(", ")}`,
      ).helpGroup("What:"),
    );
  for (const option of settingOptions()) command.addOption(option);
  command
    .optionsGroup("Run:")
    .option("--out <folder>", "the run folder (default: the next free runs/MODEL-N)")
    .option("--resume <run>", "go on where a run was stopped or killed")
    .option("--find-rate", "train no run, but tell how the loss goes as the rate grows")
    .optionsGroup("Output:")
    .option("--profile", "print where the time goes, by op")
    .option("--quiet", "print the result only")
    .option("--no-report", "leave out report.html, which is written at the end")
    .action(async (model: string | undefined, flags: TrainFlags) =>
      exit(
        await (flags.resume === undefined ? start(model, flags, io) : resume(flags.resume, model, flags, io)),
      ),
    );
}

async function start(named: string | undefined, flags: TrainFlags, io: Io): Promise<number> {
  const fromFile = flags.config === undefined ? {} : await readSettings(flags.config);
  const model = named ?? fromFile.model;
  if (model === undefined) throw new UsageError("train: which model? `convnets models` lists them");
  const settings = effective(model, { ...fromFile, ...givenSettings({ ...flags }) });
  // Before the data is read: a wrong name or folder should show at once.
  createModel(model, settings.size === undefined ? {} : { size: settings.size });
  checkEngine(settings.engine ?? "auto");
  const folder = await newRunFolder(model, flags.out);
  return train(settings, flags, io, async (config) => ({ run: await createRun(folder, config) }));
}

async function resume(folder: string, model: string | undefined, flags: TrainFlags, io: Io): Promise<number> {
  const [changed] = Object.keys(givenSettings({ ...flags }));
  const extra =
    model ?? (changed && flagOf(changed)) ?? (flags.config && "--config") ?? (flags.out && "--out");
  if (extra !== undefined)
    throw new UsageError(
      `train: --resume goes on with the settings of ${folder}; leave out ${extra}, or start another run from its weights: --config ${folder}/config.json --weights ${folder}`,
    );
  const { run, config, checkpoint } = await resumeRun(folder);
  try {
    const given = checkSettings(ofRun({ ...config }), `${folder}/config.json`);
    const settings = effective(config.model, given);
    return await train(settings, flags, io, async () => ({ run, ...(checkpoint && { checkpoint }) }), config);
  } finally {
    run.close();
  }
}

type Resumed = Pick<Awaited<ReturnType<typeof resumeRun>>, "checkpoint"> & { readonly run: Run };

async function train(
  settings: Effective,
  flags: TrainFlags,
  io: Io,
  folderFor: (config: RunConfig) => Promise<Resumed>,
  before?: RunConfig,
): Promise<number> {
  const { model: name, data, epochs, steps, batch, size } = settings;
  const { profile = false, quiet = false, json = false } = flags;
  const { seed, broken, holdOut } = settings;
  const { train: plain, test } = await open(data, io, {
    ...{ shape: createModel(name, size === undefined ? {} : { size }).input, seed },
    ...(broken !== undefined && { broken }),
    ...(holdOut !== undefined && { holdOut }),
    ...decodedCacheOf(settings),
  });
  const augment = settings.augment === undefined ? [] : await transformsFor(settings.augment, plain);
  const train = mixedBy(augmented(plain, augment), settings);
  const splits = { train, test };
  const options = {
    classes: settings.classes ?? train.classes.length,
    channels: train.shape[0],
    ...(size !== undefined && { size }),
  };
  const model = createModel(name, options);
  expectClasses({ name, model }, train);
  const { threads } = settings;
  const engine = await loadEngine(settings.engine ?? "auto", {
    ...(threads !== undefined && { threads }),
    note: (text) => note(io, text),
  });
  const on = before?.training.on;
  if (typeof on === "string" && on !== engine.description)
    note(io, `this run was on ${on} before; on ${engine.description} its last digits differ`);
  const weights = before === undefined ? await startWeights(model, settings, io) : undefined;
  const image = { shape: train.shape, normalization: train.normalization };
  if (flags.findRate) {
    const rated = await ratesOf(model, engine, settings, image, train, weights);
    if (json) printJson(io, rated);
    else for (const line of ratesText(rated)) print(io.stdout, line);
    return 0;
  }
  const { run, checkpoint } = await folderFor({
    version: 2,
    model: name,
    options,
    data,
    image,
    classes: Array.from({ length: options.classes }, (_, index) => train.classes[index] ?? `${index}`),
    training: {
      ...withoutNames(settings),
      ...(augment.length > 0 && { augment }),
      engine: engine.name,
      on: engine.description,
    },
  });
  try {
    const trainer = await trainerFor(model, engine, settings, image, {
      profile,
      choices: checkpoint?.choices ?? {},
    });
    if (weights) trainer.start(weights);
    if (checkpoint) trainer.restore(checkpoint);
    const lines = json ? io.stderr : io.stdout;
    if (!quiet) for (const line of heading(name, model, engine, splits)) print(lines, line);
    const stepsAnEpoch = Math.floor(train.count / batch);
    const shown = progress({
      lines,
      bar: io.stderr,
      epochs: Math.min(epochs, Math.ceil((steps ?? Number.POSITIVE_INFINITY) / stepsAnEpoch)),
      stepsAnEpoch,
      quiet,
    });
    const outcome = await fit(trainer, splits, settings, { run, shown, io, stepsAnEpoch });
    if (flags.report && !outcome.interrupted && outcome.newSteps > 0)
      await reportAtEnd(run.folder, { test, engine }, io);
    const peak = profile ? engine.peak?.() : undefined;
    const times = profile ? byOp(trainer.profile(), peak) : [];
    if (json)
      printJson(io, {
        run: run.folder,
        model: name,
        data,
        ...outcome,
        ...(profile && { peak, profile: times }),
      });
    else {
      if (profile) for (const line of ["", ...profileText(times, peak, roomOf(lines))]) print(lines, line);
      if (!quiet && !outcome.interrupted) for (const line of curves(outcome.scores)) print(lines, line);
      for (const line of ending(run.folder, test.name, outcome)) print(lines, line);
    }
    return outcome.interrupted ? interruptedCode : 0;
  } finally {
    run.close();
  }
}

function withoutNames({ model: _, data: __, ...rest }: Effective): Omit<Effective, "model" | "data"> {
  return rest;
}
