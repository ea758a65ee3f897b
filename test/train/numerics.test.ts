import { expect, it } from "vitest";
import type { Program } from "../../src/engines/engine.ts";
import { size } from "../../src/ir/type.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trainingGraph } from "../../src/train/graphs.ts";
import { watchNumerics } from "../../src/train/numerics.ts";
import { adamw } from "../../src/train/optimizers.ts";
import { describeEngines } from "../conformance/engines.ts";

const model = createModel("lenet5");
const form = { batch: 4, shape: [1, 28, 28] as const, normalization: { mean: [0.5], std: [0.5] } };
const options = { ema: { decay: 0.9 }, clipNorm: 1 };

function start(program: Program): void {
  for (const [path, { init, shape }] of namedTensors(model))
    program.write(path, initialize(init, shape, path, 1));
}

function run(program: Program, rate = 0.1) {
  const images = new Uint8Array(4 * size(form.shape)).map((_, i) => (i * 37) % 256);
  return program.run({ images, labels: Int32Array.of(1, 2, 3, 4), rate: Float32Array.of(rate) });
}

await describeEngines((engine) => {
  it("a watched step computes what the step does, and finds nothing where all is well", async () => {
    const graph = trainingGraph(model, form, adamw(), options);
    const { graph: watched, firstNonFinite } = watchNumerics(graph);
    const [plain, watching] = [
      await engine.prepare(graph, { exact: true }),
      await engine.prepare(watched, { exact: true }),
    ];
    start(plain);
    start(watching);
    for (let step = 0; step < 2; step++) {
      const { loss } = await run(plain);
      const outputs = await run(watching);
      expect(outputs.loss).toEqual(loss);
      expect(firstNonFinite(outputs)).toBeUndefined();
    }
    expect(watching.read("fc3.weight")).toEqual(plain.read("fc3.weight"));
  });

  it("names the layer and the op that made the first number that is none", async () => {
    const { graph, firstNonFinite } = watchNumerics(trainingGraph(model, form, adamw(), options));
    const program = await engine.prepare(graph);
    start(program);
    program.write("fc2.bias", new Float32Array(84).fill(3.4e38));
    program.write("fc2.weight", new Float32Array(84 * 120).fill(3.4e38));
    expect(firstNonFinite(await run(program))).toMatchObject({ op: "linearBias", scope: "fc2" });
    start(program);
    program.write("fc2.bias", new Float32Array(84).fill(Number.NaN));
    expect(firstNonFinite(await run(program))).toMatchObject({
      op: "state",
      scope: "fc2.bias",
      found: "NaN",
    });
  });
});
