import { basename, join, resolve } from "node:path";
import { readFile } from "../files/readFile.ts";
import { UsageError } from "../ir/errors.ts";
import { createModel } from "../models/registry.ts";
import { type Summary, summarize } from "../models/summary.ts";
import { parseConfig, type RunConfig } from "../train/runConfig.ts";
import { isRun } from "../train/runFolder.ts";
import { type MetricsLine, parseMetrics, type RunMetrics } from "./metrics.ts";

/** What a run's folder says of it, its weights aside. */
export interface RunRecord extends RunMetrics {
  /** The last part of the folder's path. */
  readonly name: string;
  readonly folder: string;
  readonly config: RunConfig;
  readonly summary: Summary;
}

const maxMetricsBytes = 2 ** 28;

/** Reads a run that may still go on. Throws `UsageError` where the folder holds none, `FormatError` where it is damaged. */
export async function readRecord(folder: string): Promise<RunRecord> {
  if (!(await isRun(folder)))
    throw new UsageError(`${folder}: holds no run, expected a folder that \`convnets train\` has written`);
  const read = async (name: string, most: number) => {
    const path = join(folder, name);
    return [new TextDecoder().decode(await readFile(path, most)), path] as const;
  };
  const config = parseConfig(...(await read("config.json", 1 << 20)));
  const metrics = parseMetrics(...(await read("metrics.jsonl", maxMetricsBytes)));
  const summary = summarize(createModel(config.model, config.options));
  return { name: basename(resolve(folder)), folder, config, summary, ...metrics };
}

/** The epoch with the highest top-1 and, of equals, the smallest loss; undefined where none was tested. */
export function bestEpoch(epochs: readonly MetricsLine[]): MetricsLine | undefined {
  const top1 = (line: MetricsLine) => line.validation?.top1 ?? Number.NEGATIVE_INFINITY;
  const loss = (line: MetricsLine) => line.validation?.loss ?? Number.POSITIVE_INFINITY;
  const [best] = epochs
    .filter(({ validation }) => validation?.top1 !== undefined)
    .toSorted((a, b) => top1(b) - top1(a) || loss(a) - loss(b));
  return best;
}
