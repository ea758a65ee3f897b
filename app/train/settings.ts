import { isModelName, type ModelName, type OptimizerName } from "convnets";
import { recipeOf } from "./recipes.ts";

export type DataSource = "digits" | "pictures";
export type ScheduleChoice = "constant" | "cosine" | "onecycle" | "multistep";
export type Augmentation = "none" | "digits" | "cifar";

/** All that decides what a training comes to, as the reader sets it, as its address has it and as runs keep it. */
export interface Settings {
  readonly model: ModelName;
  readonly data: DataSource;
  /** A network whose weights it starts from, by its id; empty to start from the seed. */
  readonly start: string;
  /** Pictures to train on, the first ones; 0 for all. */
  readonly pictures: number;
  /** The side of the network's input in pixels; 0 for the pictures' own. */
  readonly size: number;
  readonly optimizer: OptimizerName;
  /** The learning rate at its peak. */
  readonly rate: number;
  readonly batch: number;
  readonly epochs: number;
  readonly weightDecay: number;
  readonly schedule: ScheduleChoice;
  readonly labelSmoothing: number;
  readonly augment: Augmentation;
  readonly seed: number;
  /** Of the engine; 0 leaves the page a core. Decides how long it takes, and nothing else. */
  readonly threads: number;
}

export const optimizerNames: Readonly<Record<OptimizerName, string>> = {
  sgd: "SGD with momentum",
  adam: "Adam",
  adamw: "AdamW",
  rmsprop: "RMSProp",
};

export const scheduleNames: Readonly<Record<ScheduleChoice, string>> = {
  cosine: "Cosine, with warm-up",
  constant: "Constant, with warm-up",
  onecycle: "One cycle",
  multistep: "Steps: a tenth after 1/2 and 3/4",
};

export const augmentNames: Readonly<Record<Augmentation, string>> = {
  none: "None",
  digits: "Turned and moved a little",
  cifar: "Moved, and half of them mirrored",
};

/** What each is called, in the order in which they are listed. */
export const settingNames: Readonly<Record<keyof Settings, string>> = {
  model: "Network",
  data: "Data",
  start: "Started from",
  pictures: "Training pictures",
  size: "Input size",
  optimizer: "Optimizer",
  rate: "Learning rate",
  batch: "Batch",
  epochs: "Epochs",
  weightDecay: "Weight decay",
  schedule: "Schedule",
  labelSmoothing: "Label smoothing",
  augment: "Augmentation",
  seed: "Seed",
  threads: "Threads",
};

/** What each number may be. */
export const limits: Readonly<Record<NumberSetting, Limit>> = {
  pictures: { least: 0, most: 1_000_000, whole: true },
  size: { least: 0, most: 512, whole: true },
  rate: { least: 1e-6, most: 10, whole: false },
  batch: { least: 1, most: 1024, whole: true },
  epochs: { least: 1, most: 1000, whole: true },
  weightDecay: { least: 0, most: 1, whole: false },
  labelSmoothing: { least: 0, most: 0.9, whole: false },
  seed: { least: 0, most: 2 ** 31 - 1, whole: true },
  threads: { least: 0, most: 64, whole: true },
};

export type NumberSetting =
  | "pictures"
  | "size"
  | "rate"
  | "batch"
  | "epochs"
  | "weightDecay"
  | "labelSmoothing"
  | "seed"
  | "threads";

export interface Limit {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/** Whether `value` is one that the setting takes. */
export function fits(name: NumberSetting, value: number): boolean {
  const { least, most, whole } = limits[name];
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}

/** What a reader who chose no more than network and data trains with. */
export function usualSettings(model: ModelName = "lenet5", data: DataSource = "digits"): Settings {
  return {
    ...{ model, data, start: "", schedule: "cosine", labelSmoothing: 0, augment: "none" },
    ...{ seed: 1, threads: 0 },
    ...recipeOf(model, "sgd", data),
  };
}

/** After another choice: what belongs to a network, its data or its optimiser has its usual value for that again. */
export function changed(settings: Settings, change: Partial<Settings>): Settings {
  const other = change.model !== undefined && change.model !== settings.model;
  const next = { ...settings, ...(other && { start: "" }), ...change };
  const recipe = recipeOf(next.model, next.optimizer, next.data);
  if (next.model !== settings.model || next.data !== settings.data) return { ...next, ...recipe, ...change };
  const { optimizer, rate, weightDecay } = recipe;
  if (next.optimizer === settings.optimizer) return next;
  return { ...next, ...{ optimizer, rate, weightDecay }, ...change };
}

/** What of `settings` is not usual, as an address has it. The network and its data are always there. */
export function toQuery(settings: Settings): Record<string, string> {
  // What else is usual follows from these three.
  const usual = { ...usualOf(settings), model: "", data: "digits", optimizer: "sgd" };
  // The names are those of the object itself.
  const names = Object.keys(settings) as (keyof Settings)[];
  const told = names.filter((name) => settings[name] !== usual[name]);
  return Object.fromEntries(told.map((name) => [name, `${settings[name]}`]));
}

/** The settings of an address, which anyone may have written: what makes no sense has its usual value. */
export function fromQuery(query: URLSearchParams): Settings {
  const named = query.get("model") ?? "";
  const model = isModelName(named) ? named : "lenet5";
  const data = oneOf(query.get("data"), { digits: 1, pictures: 1 }) ?? "digits";
  const optimizer = oneOf(query.get("optimizer"), optimizerNames) ?? "sgd";
  const usual = usualOf({ model, data, optimizer });
  const numbers = Object.entries(limits).flatMap(([name]) => {
    // The entries are those of the table.
    const setting = name as NumberSetting;
    const text = query.get(setting);
    return text !== null && text.trim() !== "" && fits(setting, Number(text))
      ? [[setting, Number(text)] as const]
      : [];
  });
  return {
    ...usual,
    ...Object.fromEntries(numbers),
    start: query.get("start") ?? "",
    schedule: oneOf(query.get("schedule"), scheduleNames) ?? usual.schedule,
    augment: oneOf(query.get("augment"), augmentNames) ?? usual.augment,
  };
}

function usualOf({ model, data, optimizer }: Pick<Settings, "model" | "data" | "optimizer">): Settings {
  return { ...usualSettings(model, data), ...recipeOf(model, optimizer, data) };
}

/** `text` where it is a name of `names`. */
export function oneOf<Name extends string>(
  text: string | null,
  names: Readonly<Record<Name, unknown>>,
): Name | undefined {
  // Object.hasOwn says that it is one of them.
  return text !== null && Object.hasOwn(names, text) ? (text as Name) : undefined;
}
