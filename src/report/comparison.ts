import type { Scores } from "./metrics.ts";
import { bestEpoch, type RunRecord } from "./record.ts";

/** What one run came to. What it has not got to is undefined. Fractions are of one. */
export interface RunResult {
  readonly run: string;
  readonly model: string;
  readonly data: string;
  readonly epochs: number;
  /** Of the best epoch: that with the highest top-1 on the test pictures and, of equals, the smallest loss. */
  readonly best?: Scores & { readonly epoch: number };
  /** Of training, in the last epoch. */
  readonly trainingLoss?: number;
  /** The median over the epochs, of training alone. */
  readonly secondsPerEpoch?: number;
  readonly parameters: number;
}

export interface Comparison {
  readonly runs: readonly RunResult[];
  /** The settings that are not the same in all runs, each with its value in every run; undefined where that lacks it. */
  readonly differences: readonly { readonly setting: string; readonly values: readonly unknown[] }[];
}

export function compareRuns(records: readonly RunRecord[]): Comparison {
  const settings = records.map(settingsOf);
  const names = [...new Set(settings.flatMap((each) => Object.keys(each)))];
  const differences = names
    .map((setting) => ({ setting, values: settings.map((each) => each[setting]) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
  return { runs: records.map(resultOf), differences };
}

function resultOf({ folder, config, epochs, summary }: RunRecord): RunResult {
  const best = bestEpoch(epochs);
  const trainingLoss = epochs.at(-1)?.loss;
  const secondsPerEpoch = median(epochs.flatMap(({ seconds }) => seconds ?? []));
  return {
    ...{ run: folder, model: config.model, data: config.data, epochs: epochs.length },
    ...(best && { best: { epoch: best.epoch, ...best.validation } }),
    ...(trainingLoss !== undefined && { trainingLoss }),
    ...(secondsPerEpoch !== undefined && { secondsPerEpoch }),
    parameters: summary.parameters,
  };
}

/** All that decides what a run comes to, but for its model and data. */
function settingsOf({ config: { training, options, image } }: RunRecord): Readonly<Record<string, unknown>> {
  return { ...training, ...options, pictures: image.shape.join("x"), normalization: image.normalization };
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Names for runs that tell them apart: their own, or where two have the same, their folders. */
export function namesOf(records: readonly RunRecord[]): readonly string[] {
  const names = records.map(({ name }) => name);
  return new Set(names).size === names.length ? names : records.map(({ folder }) => folder);
}
