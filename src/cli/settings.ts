import { z } from "zod";
import { dataForms } from "../data/source.ts";
import { engineNames } from "../engines/auto.ts";
import { type OptimizerName, optimizers } from "../train/optimizers.ts";
import { type ScheduleName, schedules } from "../train/schedules.ts";
import { presets } from "./augment.ts";

/** Settings as they are given: what is not there has its default. */
export interface Settings {
  readonly model?: string;
  readonly recipe?: string;
  readonly data?: string;
  readonly size?: number;
  readonly classes?: number;
  readonly seed?: number;
  readonly holdOut?: number;
  readonly broken?: "skip" | "fail";
  readonly cache?: string | boolean;
  readonly cacheSize?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly earlyStop?: number;
  readonly optimizer?: OptimizerName;
  readonly batch?: number;
  readonly rate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly noDecayNormBias?: boolean;
  readonly accumulate?: number;
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly ema?: number;
  readonly schedule?: ScheduleName;
  readonly warmup?: number;
  readonly milestones?: readonly number[];
  readonly decayEvery?: number;
  readonly gamma?: number;
  readonly power?: number;
  readonly endRate?: number;
  readonly patience?: number;
  readonly labelSmoothing?: number;
  /** A preset, a file, or transforms themselves. */
  readonly augment?: string | readonly unknown[];
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly weights?: string;
  readonly finetune?: string;
  readonly freeze?: readonly string[];
  readonly freezeBatchNorm?: readonly string[];
  readonly layerDecay?: number;
  readonly engine?: string;
  readonly threads?: number;
  readonly exact?: boolean;
  readonly checkNumerics?: boolean;
  readonly checkpointEvery?: number;
}

type Decided =
  | "model"
  | "data"
  | "seed"
  | "epochs"
  | "batch"
  | "rate"
  | "momentum"
  | "weightDecay"
  | "schedule"
  | "warmup";

/** Settings with all that a training needs to be decided. */
export type Effective = Settings & Required<Pick<Settings, Decided>>;

export type SettingName = Exclude<keyof Settings, "model" | "recipe">;

/** A setting of a training: its flag on the command line, what help says of it, and which values it takes. */
export interface Setting<T = unknown> {
  readonly flag: string;
  readonly help: string;
  readonly group: string;
  readonly schema: z.ZodType<T>;
}

// What messages and help call a kind of value, and its check.
const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> => {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  const error = `a whole number, ${range}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const real = (least: number, below: number = Number.POSITIVE_INFINITY): z.ZodType<number> => {
  const error = `a number, ${least} or more${below === Number.POSITIVE_INFINITY ? "" : ` and below ${below}`}`;
  const number = z.number({ error }).min(least, { error });
  return below === Number.POSITIVE_INFINITY ? number : number.lt(below, { error });
};
const text: z.ZodType<string> = z.string({ error: "text" }).min(1, { error: "text" });
const list = <T>(element: z.ZodType<T>, what: string): z.ZodType<readonly T[]> =>
  z.array(element, { error: what }).min(1, { error: what }).readonly();
const patterns = list(text, "paths, or patterns with *");
const yes: z.ZodType<boolean> = z.boolean({ error: "true or false" });
const place = z.union([yes, text], { error: "true, false or a folder" });
const oneOf = <const T extends string>(names: readonly T[]): z.ZodType<T> =>
  z.enum(names, { error: `one of ${names.join(", ")}` });

// The names of an object, which the type of `Object.keys` forgets.
const scheduleNames = Object.keys(schedules) as ScheduleName[];
const optimizerNames = Object.keys(optimizers) as OptimizerName[];

function within<T extends Readonly<Record<string, Omit<Setting, "group">>>>(
  group: string,
  settings: T,
): { readonly [Name in keyof T]: T[Name] & { readonly group: string } } {
  const entries = Object.entries(settings).map(([name, setting]) => [name, { ...setting, group }]);
  // The same names with a group each.
  return Object.fromEntries(entries) as { readonly [Name in keyof T]: T[Name] & { readonly group: string } };
}

/** Everything that decides what a training comes to. The names are those of configuration files, the flags those names with dashes. */
export const settings: { readonly [Name in SettingName]: Setting<NonNullable<Settings[Name]>> } = {
  ...within("What:", {
    data: { flag: "--data <data>", help: `${dataForms.join(", ")} (default: digits)`, schema: text },
    size: { flag: "--size <n>", help: "side of the network's input (default: by model)", schema: whole(1) },
    classes: { flag: "--classes <n>", help: "more outputs than the data has classes", schema: whole(1) },
    seed: {
      flag: "--seed <n>",
      help: "decides start values, order and dropout (default: 1)",
      schema: whole(0, 2 ** 31 - 1),
    },
    holdOut: {
      flag: "--hold-out <part>",
      help: "part of a folder's pictures to test with, by the seed (default: 0.2)",
      schema: real(0, 1),
    },
    broken: {
      flag: "--broken <what>",
      help: "pictures of a folder that cannot be read: skip, fail (default: skip)",
      schema: oneOf(["skip", "fail"]),
    },
    cache: { flag: "--cache [folder]", help: "keep decoded pictures on disk", schema: place },
    cacheSize: { flag: "--cache-size <GiB>", help: "limit of --cache (default: 8)", schema: real(0) },
  }),
  ...within("How long:", {
    epochs: { flag: "--epochs <n>", help: "how often it sees every picture (default: 10)", schema: whole(1) },
    steps: { flag: "--steps <n>", help: "stop after so many steps", schema: whole(1) },
    earlyStop: {
      flag: "--early-stop <n>",
      help: "stop when so many epochs in a row did not better the best top-1",
      schema: whole(1),
    },
  }),
  ...within("Optimiser:", {
    optimizer: {
      flag: "--optimizer <name>",
      help: `${optimizerNames.join(", ")} (default: sgd)`,
      schema: oneOf(optimizerNames),
    },
    batch: { flag: "--batch <n>", help: "pictures a step (default: by model, mostly 64)", schema: whole(1) },
    rate: { flag: "--rate <x>", help: "learning rate at its peak (default: by model)", schema: real(0) },
    momentum: {
      flag: "--momentum <x>",
      help: "of sgd and rmsprop (default: 0.9 for sgd)",
      schema: real(0, 1),
    },
    nesterov: { flag: "--nesterov", help: "look ahead along the momentum", schema: yes },
    weightDecay: {
      flag: "--weight-decay <x>",
      help: "added to the gradient, times the weight (default: 0.0005)",
      schema: real(0),
    },
    noDecayNormBias: {
      flag: "--no-decay-norm-bias",
      help: "no weight decay on biases and normalisation",
      schema: yes,
    },
    clipNorm: {
      flag: "--clip-norm <x>",
      help: "scale gradients so that their norm is at most this",
      schema: real(0),
    },
    clipValue: { flag: "--clip-value <x>", help: "bring gradients within -x and x", schema: real(0) },
    ema: {
      flag: "--ema <x>",
      help: "test averages of the weights, of which so much stays a step, as 0.999",
      schema: real(0, 1),
    },
    accumulate: {
      flag: "--accumulate <n>",
      help: "go through a batch in so many shares, for less memory",
      schema: whole(1),
    },
  }),
  ...within("Learning rate over time:", {
    schedule: {
      flag: "--schedule <name>",
      help: `${scheduleNames.join(", ")} (default: cosine)`,
      schema: oneOf(scheduleNames),
    },
    warmup: {
      flag: "--warmup <part>",
      help: "part of the training in which the rate grows (default: 0.05)",
      schema: real(0, 1),
    },
    milestones: {
      flag: "--milestones <list>",
      help: "multistep: epochs after which it falls, as 30,60,80 (default: 1/2 and 3/4)",
      schema: list(real(0), "epochs, such as 30,60"),
    },
    decayEvery: {
      flag: "--decay-every <epochs>",
      help: "step, exponential: how often it falls by gamma (default: 30, 2)",
      schema: real(0),
    },
    gamma: {
      flag: "--gamma <x>",
      help: "step, multistep, exponential, plateau: what it falls by",
      schema: real(0, 1),
    },
    power: { flag: "--power <x>", help: "polynomial: its exponent (default: 1)", schema: real(0) },
    endRate: {
      flag: "--end-rate <x>",
      help: "cosine, polynomial: rate at the end (default: 0)",
      schema: real(0),
    },
    patience: {
      flag: "--patience <epochs>",
      help: "plateau: epochs without a better loss (default: 10)",
      schema: whole(0),
    },
  }),
  ...within("Loss and augmentation:", {
    labelSmoothing: {
      flag: "--label-smoothing <x>",
      help: "share of a target that goes to all classes (default: 0)",
      schema: real(0, 1),
    },
    augment: {
      flag: "--augment <preset>",
      help: `${Object.keys(presets).join(", ")}, or a file of transforms as JSON or YAML`,
      schema: z.union([text, z.array(z.unknown()).readonly()], { error: "a preset, a file or transforms" }),
    },
    mixup: { flag: "--mixup <alpha>", help: "mix pictures in pairs, e.g. 0.2 (default: 0)", schema: real(0) },
    cutmix: {
      flag: "--cutmix <alpha>",
      help: "exchange parts in pairs, e.g. 1 (default: 0)",
      schema: real(0),
    },
  }),
  ...within("Start:", {
    finetune: {
      flag: "--finetune <file>",
      help: "start from these, with a new last layer where classes differ",
      schema: text,
    },
    weights: {
      flag: "--weights <file>",
      help: "start from these: a .safetensors file or a run; they have to fit",
      schema: text,
    },
    freeze: {
      flag: "--freeze <patterns>",
      help: "parameters that stay: paths with *, commas between",
      schema: patterns,
    },
    freezeBatchNorm: {
      flag: "--freeze-batch-norm <patterns>",
      help: "batch norms that keep their statistics, * for all",
      schema: patterns,
    },
    layerDecay: {
      flag: "--layer-decay <x>",
      help: "the first layer's part of the rate; others between it and 1",
      schema: real(0),
    },
  }),
  ...within("Engine:", {
    engine: {
      flag: "--engine <name>",
      help: `what computes: auto, ${engineNames.join(", ")} (default: auto)`,
      schema: text,
    },
    threads: {
      flag: "--threads <n>",
      help: "threads of the engine (default: all; reference has one)",
      schema: whole(1, 1024),
    },
    checkNumerics: {
      flag: "--check-numerics",
      help: "stop at the op that first makes NaN or infinity, and name it",
      schema: yes,
    },
    exact: { flag: "--exact", help: "compute convolutions as direct sums only", schema: yes },
  }),
  ...within("Run:", {
    checkpointEvery: {
      flag: "--checkpoint-every <n>",
      help: "save each so many steps too, not just after each epoch",
      schema: whole(1),
    },
  }),
};
