import type { Batch } from "../data/batches.ts";
import { UsageError } from "../ir/errors.ts";
import type { TrainingOptions } from "./graphs.ts";

/** What a training graph reads of a batch. Throws `UsageError` where the batch is mixed and the graph is not for that, or the other way. */
export function batchInputs(
  { images, labels, targets }: Batch,
  { softTargets = false }: Pick<TrainingOptions, "softTargets">,
): Record<string, Uint8Array | Int32Array | Float32Array> {
  if (softTargets !== (targets !== undefined))
    throw new UsageError(
      softTargets
        ? "train: `softTargets` is set and the pictures have labels only; `mixed` gives them targets"
        : "train: the pictures are mixed, and their labels are not what to train on; set `softTargets`",
    );
  return targets ? { images, targets } : { images, labels };
}
