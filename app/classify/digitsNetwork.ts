import {
  cosine,
  digitTraining,
  inMemory,
  type LoadedEngine,
  lenet5,
  serializeSafetensors,
  sgd,
  Trainer,
  transformed,
} from "convnets";
import { loadDigits } from "../digits/load.ts";
import { type Network, newId } from "../networks/network.ts";

/** How far a training is. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** Of the test digits after the last pass, 0 to 1. */
  readonly accuracy: number | undefined;
}

const epochs = 4;

/** LeNet-5, trained on the digits that come with the page, a little turned and moved, since readers draw as they like. */
export async function trainOnDigits(
  engine: LoadedEngine,
  tell: (progress: Progress) => void,
): Promise<Network> {
  const [train, test] = await Promise.all([loadDigits("train"), loadDigits("test")]);
  const model = lenet5();
  const trainer = await Trainer.create(model, engine, {
    image: train,
    batch: 50,
    optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4 }),
    rate: 0.02,
    schedule: cosine({ warmup: { part: 0.05 } }),
    seed: 1,
  });
  const pictures = { train: transformed(inMemory(train), digitTraining()), validate: inMemory(test) };
  let accuracy: number | undefined;
  for await (const report of trainer.fit(pictures, { epochs }))
    if (report.kind === "epoch") accuracy = report.validation?.top1;
    else if (report.step % 5 === 0 || report.step === report.steps)
      tell({ step: report.step, steps: report.steps, loss: report.loss, accuracy });
  return {
    id: newId(),
    name: "LeNet-5",
    form: { kind: "zoo", model: "lenet5", options: {} },
    weights: Uint8Array.from(serializeSafetensors(trainer.weights())),
    classes: train.classes,
    normalization: train.normalization,
    digits: true,
    origin: `trained here on digits, ${(100 * (accuracy ?? 0)).toFixed(1)} %`,
  };
}
