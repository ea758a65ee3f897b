import type { Evaluation, ModelOptions, Normalization } from "convnets";
import type { Look } from "./look.ts";
import type { Tiles } from "./tiles.ts";

/** What is known of a training before its first step. */
export interface Prepared {
  readonly parameters: number;
  /** Multiply-adds of one picture, in evaluation. */
  readonly macs: number;
  /** Of the program of a training step, in bytes. */
  readonly memory: number;
  readonly layers: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly classes: readonly string[];
  /** Pictures to train on, and held out. */
  readonly pictures: number;
  readonly heldOut: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** What the engine says of itself. */
  readonly engine: string;
  readonly options: ModelOptions;
  /** How the network reads pixels. */
  readonly normalization: Normalization;
  /** Layers that started anew, where weights of other classes were given. */
  readonly head: readonly string[];
}

/** Steps since the last news, and where the training is now. */
export interface Progress {
  readonly step: number;
  /** The epoch under way, from 1. */
  readonly epoch: number;
  readonly rate: number;
  readonly imagesPerSecond: number;
  readonly losses: Float32Array<ArrayBuffer>;
  readonly accuracies: Float32Array<ArrayBuffer>;
}

/** An epoch that is done. Fractions are of one. */
export interface EpochResult {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  /** Of training alone. */
  readonly seconds: number;
}

/** A test on some of the held-out pictures, within an epoch. */
export interface Test {
  readonly step: number;
  readonly count: number;
  readonly accuracy: number;
}

/** A held-out picture that the network was wrong and sure about. */
export interface Mistake {
  readonly picture: number;
  readonly label: number;
  readonly answer: number;
  readonly probability: number;
}

/** What a training came to on the held-out pictures. */
export interface Outcome {
  readonly confusion: Evaluation["confusion"];
  readonly mistakes: readonly Mistake[];
  readonly pictures: Tiles;
}

export type State = "running" | "paused" | "done" | "stopped" | "diverged" | "failed";

/** One message from a training to its page. */
export interface News {
  readonly prepared?: Prepared;
  readonly progress?: Progress;
  readonly epochs?: readonly EpochResult[];
  readonly tests?: readonly Test[];
  readonly look?: Look;
  readonly outcome?: Outcome;
  readonly state?: State;
  /** Why it is `diverged` or `failed`. */
  readonly reason?: string;
}
