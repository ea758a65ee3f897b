import { expect, it } from "vitest";
import { inMemory } from "../../src/data/pictures.ts";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { exportOnnx } from "../../src/onnx/export.ts";
import { importOnnx } from "../../src/onnx/network.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { constantRate } from "../../src/train/schedules.ts";
import { Trainer } from "../../src/train/trainer.ts";

it("a network that was read trains from the weights of its file", async () => {
  const model = createModel("lenet5");
  const weights = new Map(
    [...namedTensors(model)].map(([path, { init, shape }]) => [
      path,
      { shape, data: initialize(init, shape, path, 5) },
    ]),
  );
  const network = importOnnx(await exportOnnx(model, weights, { softmax: true }), { logits: true });
  const images = new Uint8Array(40 * 784).map((_, i) => ((i * 7) % 256) * (Math.floor(i / 784) % 2));
  const labels = new Uint8Array(40).map((_, i) => i % 2);
  const classes = Array.from({ length: 10 }, (_, i) => `${i}`);
  const normalization = { mean: [0.5], std: [0.5] };
  const train = inMemory({ name: "two kinds", shape: [1, 28, 28], images, labels, classes, normalization });
  const trainer = await Trainer.create(network, await loadWasm({ threads: 1 }), {
    image: { shape: [1, 28, 28], normalization },
    ...{ batch: 10, rate: 0.05, seed: 1, schedule: constantRate(), optimizer: sgd({ momentum: 0.9 }) },
  });
  expect(trainer.weights().get("conv1.weight")?.data).toEqual(weights.get("conv1.weight")?.data);
  const losses: number[] = [];
  for await (const report of trainer.fit({ train }, { epochs: 10 }))
    if (report.kind === "step") losses.push(report.loss);
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 4);
});
