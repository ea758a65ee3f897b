import { InvalidArgumentError, Option } from "commander";
import { variants as cifar } from "../data/cifarVariants.ts";
import { digitNormalization } from "../data/mnistVariants.ts";
import { UsageError } from "../ir/errors.ts";
import { imagenet, plusMinusOne } from "../models/imagenet.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { type Io, note } from "./io.ts";

/** The input ranges that people train for, by name. */
const presets: Readonly<Record<string, Normalization>> = {
  imagenet,
  cifar10: cifar.cifar10.normalization,
  mnist: digitNormalization,
  inception: plusMinusOne,
  none: { mean: [0], std: [1 / 255] },
};

export function normalizationOption(): Option {
  return new Option(
    "--normalization <how>",
    `input range of weights from a file: ${Object.keys(presets).join(", ")} (0 to 255), or MEAN/STD of 0..1, as 0.5/0.5 or 0.5,0.4,0.4/0.2,0.2,0.2 (default: the model's own or the data's)`,
  ).argParser(readNormalization);
}

function readNormalization(text: string): Normalization {
  if (Object.hasOwn(presets, text) && presets[text] !== undefined) return presets[text];
  const [mean = [], std = [], ...more] = text
    .split("/")
    .map((list) => list.split(",").map((number) => (number.trim() === "" ? Number.NaN : Number(number))));
  const isMean = mean.length > 0 && mean.every(Number.isFinite);
  const isStd = std.length > 0 && std.every((number) => Number.isFinite(number) && number > 0);
  const sameLength = mean.length === std.length || std.length === 1;
  if (isMean && isStd && sameLength && more.length === 0) return { mean, std };
  throw new InvalidArgumentError(
    `Expected ${Object.keys(presets).join(", ")}, or means and deviations of 0..1 with a slash between, for example 0.1307/0.3081.`,
  );
}

/**
 * How a network reads pictures when no data set says so: as it was asked, as the network was published, or as is usual
 * for its channels, which a note tells.
 */
export function normalizationWithoutData(
  { input, normalization }: Pick<Classifier, "input" | "normalization">,
  asked: Normalization | undefined,
  path: string,
  io: Io,
): Normalization {
  const [channels] = input;
  if (asked !== undefined) {
    expectChannelsOf(asked, channels);
    return asked;
  }
  if (normalization !== undefined) return normalization;
  const usual = channels === 3 ? "imagenet" : channels === 1 ? "mnist" : undefined;
  const assumed = usual && presets[usual];
  if (assumed === undefined)
    throw new UsageError(
      `${path}: nothing says how pictures of ${channels} channels are normalised: --normalization MEAN/STD`,
    );
  const { mean, std } = assumed;
  note(
    io,
    `${path}: nothing says how its pictures are normalised; taken is ${usual}, ${mean.join(",")}/${std.join(",")}: --normalization tells another`,
  );
  return assumed;
}

/** Throws `UsageError` unless there is a number for all channels, or one for each. */
export function expectChannelsOf({ mean, std }: Normalization, channels: number): void {
  for (const list of [mean, std])
    if (list.length !== 1 && list.length !== channels)
      throw new UsageError(
        `--normalization has ${list.length} numbers (${list.join(",")}), expected 1 or ${channels}, as many as the pictures have channels`,
      );
}
