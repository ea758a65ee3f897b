// Networks against what PyTorch computed for them: `generate.py` of the fixtures rebuilds weights and input from a
// hash of their names, and records outputs, losses of three SGD steps, gradients and parameters.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Engine } from "../../src/engines/engine.ts";
import { f32, type Shape, size } from "../../src/ir/type.ts";
import { createModel } from "../../src/models/index.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { nllLoss } from "../../src/ops/loss.ts";
import { gradients } from "../../src/passes/grad.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { logProbabilities } from "../../src/train/outputs.ts";
import { describeEngines } from "../conformance/engines.ts";
import { fill, hashUniform } from "../models/torchFill.ts";

interface Probe {
  readonly at: readonly number[];
  readonly value: readonly number[];
  readonly sum: number;
  readonly l2: number;
}

interface Fixture {
  readonly model: string;
  readonly salt: string;
  readonly input_shape: readonly [n: number, c: number, h: number, w: number];
  readonly num_classes: number;
  readonly labels: readonly number[];
  readonly state_dict: Readonly<Record<string, Shape>>;
  readonly eval_output: readonly (readonly number[])[];
  readonly sgd: {
    readonly lr: number;
    readonly momentum: number;
    readonly weight_decay: number;
    readonly losses: readonly number[];
  };
  readonly gradients: Readonly<Record<string, Probe>>;
  readonly parameters_after_3: Readonly<Record<string, Probe>>;
}

const folder = process.env.CONVNETS_GOLDEN ?? import.meta.dirname;
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, fixture: JSON.parse(readFileSync(join(folder, name), "utf8")) as Fixture }));

const minutes = 10 * 60_000;

await describeEngines((engine) => {
  for (const { name, fixture } of fixtures) {
    test(`${name}: names, evaluation output`, () => evaluates(engine, fixture), minutes);
    test(
      `${name}: losses, gradients and parameters of three SGD steps`,
      () => trains(engine, fixture),
      minutes,
    );
  }
});

function modelOf(fixture: Fixture): Classifier {
  const {
    model,
    num_classes: classes,
    input_shape: [, channels, height, width],
  } = fixture;
  const bare = model.replace(/^torchvision_/, "");
  const name = bare === "article_googlenet" ? "googlenet_article" : bare;
  return createModel(name, { classes, channels, size: [height, width] });
}

async function evaluates(engine: Engine, fixture: Fixture): Promise<void> {
  const model = modelOf(fixture);
  const named = [...namedTensors(model)].map(([path, { shape }]) => [path, [...shape]]);
  const published = Object.entries(fixture.state_dict).filter(
    ([key]) => !key.endsWith("num_batches_tracked"),
  );
  expect(named).toEqual(published);
  const program = await engine.prepare(optimize(trace(model, f32(...fixture.input_shape))));
  for (const [path, { shape }] of namedTensors(model)) program.write(path, fill(path, shape, fixture.salt));
  const { y } = await program.run({ x: inputOf(fixture) });
  const expected = fixture.eval_output.flat();
  const largest = Math.max(...expected.map(Math.abs));
  expect(y?.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((y?.[i] ?? Number.NaN) - value) / largest).toBeLessThan(1e-4);
  });
}

async function trains(engine: Engine, fixture: Fixture): Promise<void> {
  const model = modelOf(fixture);
  const { lr, momentum, weight_decay: weightDecay, losses } = fixture.sgd;
  const walk = new Trace(model, { training: true });
  const { graph, parameters } = walk;
  const x = graph.input("x", f32(...fixture.input_shape));
  const labels = graph.input("labels", { dtype: "i32", shape: [fixture.labels.length] });
  const rate = graph.input("rate", f32());
  const loss = nllLoss(logProbabilities[model.output](run(x, model)), labels);
  graph.output("loss", loss);
  const step = sgd({ momentum, weightDecay });
  const paths = [...parameters.keys()];
  gradients(loss, [...parameters.values()]).forEach((gradient, index) => {
    const path = paths[index] ?? "";
    const parameter = parameters.get(path);
    graph.output(`gradient ${path}`, gradient);
    if (parameter) step(path, parameter, gradient, rate);
  });
  const program = await engine.prepare(optimize(graph.finish()));
  for (const [path, { shape }] of namedTensors(model)) program.write(path, fill(path, shape, fixture.salt));
  const inputs = {
    x: inputOf(fixture),
    labels: Int32Array.from(fixture.labels),
    rate: Float32Array.of(lr),
    // Only networks that drop out draw numbers, and the fixtures' drop nothing.
    ...(graph.finish().inputs.length > 3 && { random: Int32Array.of(0, 0) }),
  };
  for (const [index, expected] of losses.entries()) {
    const outputs = await program.run(inputs);
    expect(Math.abs((outputs.loss?.[0] ?? Number.NaN) - expected) / Math.abs(expected)).toBeLessThan(1e-4);
    if (index === 0)
      for (const [path, probe] of Object.entries(fixture.gradients))
        expectProbe(path, outputs[`gradient ${path}`] ?? [], probe);
  }
  for (const [path, probe] of Object.entries(fixture.parameters_after_3))
    expectProbe(path, program.read(path), probe);
}

/** Eight elements within 1e-3 relative L2 of theirs, the norm within 1e-3, the sum too (of the norm, where it cancels). */
function expectProbe(path: string, given: ArrayLike<number>, { at, value, sum, l2 }: Probe): void {
  let squares = 0;
  let total = 0;
  for (let i = 0; i < given.length; i++) {
    squares += (given[i] ?? 0) ** 2;
    total += given[i] ?? 0;
  }
  const allowed = 1e-3 * Math.max(Math.abs(sum), l2) + 1e-12;
  expect(Math.abs(total - sum), `${path}: sum`).toBeLessThanOrEqual(allowed);
  expect(Math.abs(Math.sqrt(squares) - l2), `${path}: L2`).toBeLessThanOrEqual(1e-3 * l2 + 1e-12);
  const distance = Math.hypot(...at.map((index, i) => (given[index] ?? Number.NaN) - (value[i] ?? 0)));
  const scale = Math.max(Math.hypot(...value), (l2 / Math.sqrt(given.length)) * Math.sqrt(at.length));
  expect(distance, `${path}: elements`).toBeLessThanOrEqual(1e-3 * scale + 1e-12);
}

function inputOf({ salt, input_shape: shape }: Fixture): Float32Array {
  return hashUniform(`${salt}input`, size(shape)).map((value) => 2 * value);
}
