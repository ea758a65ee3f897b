import { FormatError } from "../ir/errors.ts";
import type { Normalization } from "../nn/classifier.ts";

/** Everything that says what a run is: enough to build the network again, and to train it again. */
export interface RunConfig {
  /** 1 is that of the first versions, whose runs can't be resumed. */
  readonly version: 1 | 2;
  readonly model: string;
  readonly options: { readonly classes: number; readonly channels: number; readonly size?: number };
  readonly data: string;
  readonly image: {
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly normalization: Normalization;
  };
  readonly classes: readonly string[];
  /** How it is trained: settings of `convnets train` by name, and what it ran on. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** Checks what this version reads, so that what follows may trust it. */
export function parseConfig(text: string, path: string): RunConfig {
  const refuse = (what: string): never => {
    throw new FormatError(`${path}: ${what}; expected the config.json of a run`);
  };
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return refuse("is no JSON");
  }
  const top = record(found);
  if (top?.version !== 1 && top?.version !== 2)
    return refuse(`\`version\` is ${JSON.stringify(top?.version)}, not 1 or 2`);
  const options = record(top.options);
  const image = record(top.image);
  const normalization = record(image?.normalization);
  const shape = numbers(image?.shape);
  const [channels, height, width] = shape ?? [];
  const mean = numbers(normalization?.mean);
  const std = numbers(normalization?.std);
  if (typeof top.model !== "string" || typeof top.data !== "string")
    return refuse("`model` or `data` is no text");
  if (!isCount(options?.classes) || !isCount(options.channels))
    return refuse("`options` lacks classes or channels");
  if (options.size !== undefined && !isCount(options.size)) return refuse("`options.size` is no size");
  if (!isCount(channels) || !isCount(height) || !isCount(width) || shape?.length !== 3)
    return refuse("`image.shape` is no [channels, height, width]");
  if (!mean || !std || mean.length === 0 || mean.length !== std.length)
    return refuse("`image.normalization` lacks mean or std");
  const classes = Array.isArray(top.classes) ? top.classes.filter((name) => typeof name === "string") : [];
  if (classes.length !== options.classes) return refuse("`classes` does not name every class");
  return {
    version: top.version,
    model: top.model,
    options: {
      classes: options.classes,
      channels: options.channels,
      ...(options.size !== undefined && { size: options.size }),
    },
    data: top.data,
    image: { shape: [channels, height, width], normalization: { mean, std } },
    classes,
    training: record(top.training) ?? {},
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  // An object that is no array has string keys.
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function numbers(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry)) ? value : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1 << 20;
}
