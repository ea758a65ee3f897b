import { type Evaluation, rankOf } from "./evaluate.ts";

export type Report = StepReport | EpochReport;

export interface StepReport {
  readonly kind: "step";
  /** Counted from 1, as is `step`, within all epochs. */
  readonly epoch: number;
  readonly step: number;
  /** Steps in all. */
  readonly steps: number;
  /** Of this step's batch, before its update. */
  readonly loss: number;
  /** The share of the batch that was classified rightly. */
  readonly accuracy: number;
  readonly rate: number;
  /** Of all gradients, before it is clipped: with `clipNorm`. */
  readonly gradientNorm?: number;
  readonly imagesPerSecond: number;
}

export interface EpochReport {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly epochs: number;
  /** Steps in all so far. */
  readonly step: number;
  /** Means over the epoch's steps. */
  readonly loss: number;
  readonly accuracy: number;
  /** Of training alone. */
  readonly seconds: number;
  /** Seconds of these in which training waited for its pictures. */
  readonly waiting: number;
  readonly imagesPerSecond: number;
  readonly validation?: Evaluation;
}

/** How many rows have their largest number at their label. */
export function hits(logp: unknown, labels: Int32Array, classes: number): number {
  if (!(logp instanceof Float32Array)) return 0;
  const columns = logp.length / labels.length;
  let correct = 0;
  labels.forEach((label, sample) => {
    // `distances` have a column more than classes: "none of them" is no answer.
    const row = logp.subarray(sample * columns, sample * columns + classes);
    if (rankOf(row, label) === 0) correct++;
  });
  return correct;
}
