import type { ModelName } from "../models/registry.ts";
import type { schedules } from "../train/schedules.ts";

/** How a model is trained unless told otherwise. */
export interface Recipe {
  readonly epochs: number;
  readonly batch: number;
  /** The learning rate at its peak. */
  readonly rate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: keyof typeof schedules;
  /** The part of the training in which the rate grows. */
  readonly warmup: number;
  /** The side of its input, where its own is not the best one for small pictures. */
  readonly size?: number;
}

const usual: Recipe = {
  epochs: 10,
  batch: 64,
  rate: 0.03,
  momentum: 0.9,
  weightDecay: 5e-4,
  schedule: "cosine",
  warmup: 0.05,
};

const special: Partial<Readonly<Record<string, Partial<Recipe>>>> = {
  // Distances to patterns grow with the square of the output and their gradients with it: 0.01 already diverges.
  lenet5_paper: { rate: 0.002, batch: 32 },
  // 96 is enough for pictures of 28x28 and takes a fifth of the arithmetic of 224. 0.02 does not start well.
  googlenet_article: { rate: 0.01, batch: 32, weightDecay: 2e-4, size: 96 },
} satisfies Partial<Record<ModelName, Partial<Recipe>>>;

/** The recipe of a model, with what `chosen` says in its place. */
export function recipeOf(model: string, chosen: Partial<Recipe>): Recipe {
  return { ...usual, ...special[model], ...chosen };
}
