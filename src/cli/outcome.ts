import type { Evaluation } from "../train/evaluate.ts";
import type { EpochReport } from "../train/trainer.ts";

/** What a training came to. */
export interface Outcome {
  readonly epochs: readonly EpochResult[];
  readonly steps: number;
  /** Validation included. */
  readonly seconds: number;
  readonly interrupted: boolean;
}

export type EpochResult = Omit<EpochReport, "kind" | "epochs" | "validation"> & {
  readonly validation?: Pick<Evaluation, "top1" | "top5" | "loss">;
};
