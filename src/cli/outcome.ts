import type { EpochScore } from "../train/checkpoint.ts";
import type { Evaluation } from "../train/evaluate.ts";
import type { EpochReport } from "../train/reports.ts";

/** What a training came to. */
export interface Outcome {
  readonly epochs: readonly EpochResult[];
  /** In all, and since this process began. */
  readonly steps: number;
  readonly newSteps: number;
  /** Validation included. */
  readonly seconds: number;
  readonly interrupted: boolean;
  /** Because the best epoch was long ago. */
  readonly stoppedEarly: boolean;
  /** Of all epochs, those before a resumption too. */
  readonly scores: readonly EpochScore[];
}

export type EpochResult = Omit<EpochReport, "kind" | "epochs" | "validation"> & {
  readonly validation?: Pick<Evaluation, "top1" | "top5" | "loss">;
};
