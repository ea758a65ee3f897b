import { expect, it } from "vitest";
import type { Engine } from "../../src/engines/engine.ts";
import { UsageError } from "../../src/ir/errors.ts";
import { size } from "../../src/ir/type.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trainingGraph } from "../../src/train/graphs.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { expectClose } from "../conformance/compare.ts";
import { describeEngines } from "../conformance/engines.ts";

const normalization = { mean: [0.5], std: [0.5] };

/** What three steps of training make of a network, with the memory of a run. */
async function trained(
  engine: Engine,
  name: string,
  shape: readonly [number, number, number],
  accumulate: number,
) {
  const batch = 12;
  const model = createModel(name, { classes: 4, channels: shape[0] });
  const graph = trainingGraph(model, { batch, shape, normalization }, sgd({ momentum: 0.9 }), { accumulate });
  const program = await engine.prepare(graph, { exact: true });
  for (const [path, { init, shape: extents }] of namedTensors(model))
    program.write(path, initialize(init, extents, path, 1));
  const images = new Uint8Array(batch * size(shape)).map((_, i) => (i * 97 + (i >> 4) * 31) % 256);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 4);
  const random = graph.inputs.length > 3 ? { random: Int32Array.of(1, 2) } : {};
  let loss = 0;
  for (let step = 0; step < 3; step++) {
    const outputs = await program.run({ images, labels, rate: Float32Array.of(0.05), ...random });
    loss = outputs.loss?.[0] ?? Number.NaN;
    expect(outputs.logProbabilities?.length).toBe(4 * batch);
  }
  const weights = Object.fromEntries([...namedTensors(model)].map(([path]) => [path, program.read(path)]));
  return { loss, weights, arena: program.memory.arena };
}

await describeEngines((engine) => {
  it("shares of a batch give the step of the batch where there is no batch norm", async () => {
    const whole = await trained(engine, "lenet5", [1, 28, 28], 1);
    const shares = await trained(engine, "lenet5", [1, 28, 28], 3);
    expect(shares.loss).toBeCloseTo(whole.loss, 5);
    expectClose(shares.weights, whole.weights, 1e-4);
  });
});

it("activations take the memory of a share", async () => {
  const { loadWasm } = await import("../../src/engines/wasm/engine.ts");
  const engine = await loadWasm({ threads: 1 });
  const whole = await trained(engine, "resnet20_cifar", [1, 32, 32], 1);
  const shares = await trained(engine, "resnet20_cifar", [1, 32, 32], 4);
  expect(shares.arena / whole.arena).toBeLessThan(0.5);
});

it("a number of shares that does not divide the batch is refused", () => {
  const model = createModel("lenet5");
  expect(() =>
    trainingGraph(model, { batch: 10, shape: [1, 28, 28], normalization }, sgd(), { accumulate: 3 }),
  ).toThrow(new UsageError("accumulate is 3, expected a whole number that divides the batch of 10"));
});
