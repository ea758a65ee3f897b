import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { type TrainingOptions, trainingGraph } from "../../src/train/graphs.ts";
import { sgd } from "../../src/train/optimizers.ts";

const form = { batch: 2, shape: [1, 28, 28] as const, normalization: { mean: [0.5], std: [0.5] } };

/** The first loss of a network on two pictures of classes 1 and 3 of 4. */
async function lossOf(name: string, options: TrainingOptions, targets?: Float32Array): Promise<number> {
  const model = createModel(name, { classes: 4 });
  const program = await referenceEngine.prepare(trainingGraph(model, form, sgd(), options));
  for (const [path, { init, shape }] of namedTensors(model))
    program.write(path, initialize(init, shape, path, 1));
  const images = new Uint8Array(2 * 28 * 28).map((_, i) => (i * 31) % 256);
  const answers = targets ? { targets } : { labels: Int32Array.of(1, 3) };
  const { loss } = await program.run({ images, rate: Float32Array.of(0), ...answers });
  return loss?.[0] ?? Number.NaN;
}

const certain = Float32Array.of(0, 1, 0, 0, 0, 0, 0, 1);

it.each(["lenet5", "lenet5_paper"])("%s: distributions that are certain are labels", async (name) => {
  const labelled = await lossOf(name, {});
  expect(await lossOf(name, { softTargets: true }, certain)).toBeCloseTo(labelled, 5);
  const smooth = { labelSmoothing: 0.1 };
  expect(await lossOf(name, smooth)).not.toBeCloseTo(labelled, 5);
  expect(await lossOf(name, { ...smooth, softTargets: true }, certain)).toBeCloseTo(
    await lossOf(name, smooth),
    5,
  );
});
