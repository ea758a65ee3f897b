// The same work for a page and for Node.
import {
  constantRate,
  type Engine,
  Evaluator,
  init,
  inMemory,
  lenet5,
  namedTensors,
  resnet18,
  sgd,
  Trainer,
} from "convnets";

const normalization = { mean: [0.5], std: [0.25] };

/** What ResNet-18 with random weights makes of three pictures. */
export async function probabilities(engine: Engine): Promise<readonly number[]> {
  const model = resnet18({ classes: 10, size: 64 });
  const shape = model.input;
  const evaluator = await Evaluator.create(model, engine, { image: { shape, normalization }, batch: 2 });
  const weights = [...namedTensors(model)].map(([path, { init: how, shape }]) => {
    return [path, { shape, data: init.initialize(how, shape, path, 1) }] as const;
  });
  evaluator.load(new Map(weights));
  const pictures = 3;
  const images = noise(pictures * shape[0] * shape[1] * shape[2]);
  return (await evaluator.probabilities(images, pictures)).flatMap((row) => [...row]);
}

/** Trains LeNet-5 for so many steps and calls `tenth` whenever a tenth is over. Returns the last loss. */
export async function train(engine: Engine, steps: number, tenth: () => Promise<void>): Promise<number> {
  const [pictures, batch] = [40, 4];
  const data = {
    name: "noise",
    images: noise(pictures * 28 * 28),
    labels: Uint8Array.from({ length: pictures }, (_, i) => i % 10),
    shape: [1, 28, 28],
    classes: [..."0123456789"],
    normalization,
  } as const;
  const trainer = await Trainer.create(lenet5(), engine, {
    image: data,
    batch,
    optimizer: sgd({ momentum: 0.9 }),
    rate: 0.01,
    schedule: constantRate(),
    seed: 1,
  });
  let loss = Number.NaN;
  for await (const report of trainer.fit(
    { train: inMemory(data) },
    { epochs: Number.POSITIVE_INFINITY, steps },
  ))
    if (report.kind === "step") {
      loss = report.loss;
      if (report.step % (steps / 10) === 0) await tenth();
    }
  return loss;
}

/** Pixels without a pattern, always the same ones. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
}
