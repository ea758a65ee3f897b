import type { Dataset } from "../../src/data/dataset.ts";
import { inMemory } from "../../src/data/pictures.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { networkPictures, type Subject } from "../../src/explain/index.ts";
import type { ModelOptions } from "../../src/models/options.ts";
import { createModel } from "../../src/models/registry.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { constantRate } from "../../src/train/schedules.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { fill } from "../models/torchFill.ts";

/** A network whose tensors are filled from a hash of their names. */
export function filled(engine: Engine, name: string, options: ModelOptions, salt = ""): Subject {
  const model = createModel(name, options);
  const weights = new Map(
    [...namedTensors(model)].map(([path, { shape }]) => [path, { shape, data: fill(path, shape, salt) }]),
  );
  return { model, weights, engine };
}

/** A LeNet-5 after two passes through `digits`. */
export async function trainedLenet(engine: Engine, digits: Dataset): Promise<Subject> {
  const model = createModel("lenet5");
  const { shape, normalization } = digits;
  const trainer = await Trainer.create(model, engine, {
    image: { shape, normalization },
    batch: 50,
    optimizer: sgd({ momentum: 0.9 }),
    rate: 0.02,
    schedule: constantRate(),
    seed: 1,
  });
  for await (const _ of trainer.fit({ train: inMemory(digits) }, { epochs: 2 }));
  return { model, weights: trainer.weights(), engine };
}

/** Digit `index` as the network reads it. */
export function digit({ model, engine }: Subject, digits: Dataset, index: number): Promise<Float32Array> {
  return networkPictures(model, engine, digits, digits.images.slice(784 * index, 784 * (index + 1)));
}
