import type { Module } from "./module.ts";

/**
 * What the numbers a network puts out mean, and with it which loss trains it and which class it chooses:
 * - `logits`: the softmax of them is the probabilities; trained by cross-entropy
 * - `logProbabilities`: log-softmax is part of the network; trained by the negative log-likelihood
 * - `distances`: the smallest wins (LeNet-5's RBF units); trained by the paper's maximum a posteriori criterion
 */
export type OutputKind = "logits" | "logProbabilities" | "distances";

/** How pixels, 0 to 255, become the network's input: `(pixel / 255 - mean) / std`, one entry for all or one a channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** How a picture of another size becomes the input: as it is, amid background (pixels of 0), or resampled. */
export type Placement = "centre" | "scale";

/** A network that tells pictures apart. */
export interface Classifier extends Module {
  readonly classes: number;
  /** The input it is made for, without the batch. */
  readonly input: readonly [channels: number, height: number, width: number];
  readonly output: OutputKind;
  /**
   * The paths of modules that take part in training only: auxiliary heads. Evaluation does without their weights. They
   * are named even where the network is built without them: weights that have them are still this network's.
   */
  readonly trainingOnly?: readonly string[];
  /** The input range the network was published with, where that is part of it; else the dataset's own is used. */
  readonly normalization?: Normalization;
  /** Where that is part of the network; "scale" unless told otherwise. Pictures larger than the input are scaled. */
  readonly placement?: Placement;
}

/** Whether the tensor at `path` takes part in training only. */
export function isTrainingOnly(
  { trainingOnly = [] }: Pick<Classifier, "trainingOnly">,
  path: string,
): boolean {
  return trainingOnly.some((head) => path.startsWith(`${head}.`));
}
