import { z } from "zod";
import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";

/** A line of `metrics.jsonl`. What it does not say, or what was NaN, is undefined. Fractions are of one. */
export interface MetricsLine {
  readonly kind: "step" | "epoch";
  readonly epoch: number;
  readonly step?: number | undefined;
  readonly loss?: number | undefined;
  readonly accuracy?: number | undefined;
  readonly rate?: number | undefined;
  /** Of training alone. */
  readonly seconds?: number | undefined;
  readonly imagesPerSecond?: number | undefined;
  readonly validation?: Scores | undefined;
}

export interface Scores {
  readonly loss?: number | undefined;
  readonly top1?: number | undefined;
  readonly top5?: number | undefined;
}

// JSON has no NaN: JSON.stringify writes null for it.
const number = z
  .number({ error: "a number" })
  .nullish()
  .transform((value) => value ?? undefined);
const count = z
  .int({ error: "a whole number of 1 or more" })
  .min(1, { error: "a whole number of 1 or more" });

const schema: z.ZodType<MetricsLine> = z.object(
  {
    // Runs of the first version wrote epochs only.
    kind: z.enum(["step", "epoch"], { error: "step or epoch" }).default("epoch"),
    epoch: count,
    step: count.optional(),
    loss: number,
    accuracy: number,
    rate: number,
    seconds: number,
    imagesPerSecond: number,
    validation: z.object({ loss: number, top1: number, top5: number }, { error: "an object" }).optional(),
  },
  { error: "a JSON object a line" },
);

export interface RunMetrics {
  /** By their number, from the first to the last. */
  readonly epochs: readonly MetricsLine[];
  /** Those steps that were recorded, likewise. */
  readonly steps: readonly (MetricsLine & { readonly step: number })[];
}

/**
 * Reads a `metrics.jsonl`. Of two lines for one step or epoch the later counts; a last line without its end is passed
 * over: what wrote it was stopped. Throws `FormatError` at any other line that a run does not write.
 */
export function parseMetrics(text: string, path: string): RunMetrics {
  const epochs = new Map<number, MetricsLine>();
  const steps = new Map<number, MetricsLine & { readonly step: number }>();
  for (const [index, source] of text.split("\n").slice(0, -1).entries()) {
    const { success, data: line, error } = schema.safeParse(fromJson(source));
    if (!success) {
      const [issue] = error.issues;
      const where = issue === undefined || issue.path.length === 0 ? "" : `\`${issue.path.join(".")}\`: `;
      throw new FormatError(
        `${path}: line ${index + 1}: ${where}expected ${issue?.message}, found ${quote(source)}; delete the line to go on without it`,
      );
    }
    const { step } = line;
    if (line.kind === "epoch") epochs.set(line.epoch, line);
    else if (step !== undefined) steps.set(step, { ...line, step });
  }
  return {
    epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
    steps: [...steps.values()].sort((a, b) => a.step - b.step),
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
