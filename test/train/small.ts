import { type Dataset, subset } from "../../src/data/dataset.ts";
import { loadDigits } from "../../src/data/loadDigits.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { type Mlp, mlp } from "../../src/models/mlp.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { constantRate } from "../../src/train/schedules.ts";
import { Trainer, type TrainerOptions } from "../../src/train/trainer.ts";

/** The first `count` digits of the training set. */
export async function someDigits(count: number): Promise<Dataset> {
  const { train } = await loadDigits();
  return subset(
    train,
    Array.from({ length: count }, (_, index) => index),
  );
}

export function smallMlp(): Mlp {
  return mlp({ hidden: [16] });
}

/** A trainer of a small network in batches of 20. */
export function trainerOf(
  engine: Engine,
  { shape, normalization }: Dataset,
  options: Partial<TrainerOptions> = {},
): Promise<Trainer> {
  return Trainer.create(smallMlp(), engine, {
    image: { shape, normalization },
    batch: 20,
    optimizer: sgd({ momentum: 0.9 }),
    rate: 0.02,
    schedule: constantRate(),
    seed: 7,
    ...options,
  });
}
