// Networks against what PyTorch computed for them: weights and input are rebuilt from a hash of their names, and
// fixtures record outputs, losses of three SGD steps, gradients, running statistics and parameters. Those of the
// larger networks are read from the folder that CONVNETS_GOLDEN names.
import { expect, test } from "vitest";
import type { Engine, Program } from "../../src/engines/engine.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { nllLoss } from "../../src/ops/loss.ts";
import { gradients } from "../../src/passes/grad.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { lossOf } from "../../src/train/graphs.ts";
import { sgd, type Trained } from "../../src/train/optimizers.ts";
import { logProbabilities } from "../../src/train/outputs.ts";
import { describeEngines } from "../conformance/engines.ts";
import { fill } from "../models/torchFill.ts";
import { type Fixture, fixtures, floatKeys, inputOf, inputType, modelOf, nameOf } from "./fixture.ts";
import { normOf, type Probe, probeError } from "./probe.ts";
import { cancelledTolerance, isLeftOut, outputTolerance, toleranceOf } from "./tolerance.ts";

const minutes = 10 * 60_000;
const all = fixtures();

await describeEngines((engine) => {
  for (const fixture of all) {
    const name = nameOf(fixture);
    const run = test.skipIf(isLeftOut(engine.name, fixture));
    test(`${name}: names and shapes of the weights`, () => {
      const named = [...namedTensors(modelOf(fixture))].map(([path, { shape }]) => [path, [...shape]]);
      expect(named).toEqual(floatKeys(fixture));
    });
    run(`${name}: output in evaluation`, () => evaluates(engine, fixture), minutes);
    // Plain loops have one algorithm.
    for (const kind of engine.name === "reference" ? (["exact"] as const) : (["exact", "measured"] as const))
      run(
        `${name}, ${kind}: losses, gradients, statistics and parameters of three SGD steps`,
        () => trains(engine, fixture, kind),
        minutes,
      );
  }
});

async function evaluates(engine: Engine, fixture: Fixture): Promise<void> {
  const model = modelOf(fixture);
  const graph = optimize(trace(model, inputType(fixture)));
  const expected = fixture.eval_output.flat();
  const largest = Math.max(...expected.map(Math.abs));
  for (const [kind, tolerance] of Object.entries(outputTolerance)) {
    const program = await engine.prepare(graph, { exact: kind === "exact" });
    write(program, model, fixture);
    const { y } = await program.run({ x: inputOf(fixture) });
    expect(y?.length).toBe(expected.length);
    const errors = expected.map((value, i) => Math.abs((y?.[i] ?? Number.NaN) - value) / largest);
    expect(Math.max(...errors), kind).toBeLessThan(tolerance);
  }
}

async function trains(engine: Engine, fixture: Fixture, kind: "exact" | "measured"): Promise<void> {
  const { lr, losses } = fixture.sgd;
  const model = modelOf(fixture);
  const program = await engine.prepare(stepOf(model, fixture), { exact: kind === "exact" });
  write(program, model, fixture);
  const inputs = { x: inputOf(fixture), labels: Int32Array.from(fixture.labels), rate: Float32Array.of(lr) };
  const tolerance = toleranceOf(fixture, kind, engine.name);
  const wrong: string[] = [];
  const check = (what: string, error: number, allowed: number) => {
    if (!(error <= allowed)) wrong.push(`${what}: ${error.toExponential(2)}, allowed ${allowed}`);
  };
  const probe = (what: string, probes: Readonly<Record<string, Probe>> = {}, allowed: number) => {
    for (const [path, expected] of Object.entries(probes))
      check(`${what} ${path}`, probeError(program.read(path), expected), allowed);
  };
  for (const [step, expected] of losses.entries()) {
    const { loss } = await program.run(inputs);
    const error = Math.abs((loss?.[0] ?? Number.NaN) - expected) / expected;
    check(`loss ${step + 1}`, error, tolerance.losses[step] ?? 0);
    if (step > 0) continue;
    const errors: number[] = [];
    for (const [path, expected] of Object.entries(fixture.gradients)) {
      const gradient = program.read(gradientOf(path));
      if (isCancelled(path, fixture)) {
        const weight = fixture.gradients[path.replace(/bias$/, "weight")]?.l2 ?? 0;
        check(`gradient ${path}`, normOf(gradient) / weight, cancelledTolerance);
      } else {
        errors.push(probeError(gradient, expected));
        check(`gradient ${path}`, errors.at(-1) ?? Number.NaN, tolerance.gradient);
      }
    }
    errors.sort((a, b) => a - b);
    check("half of the gradients", errors[errors.length >> 1] ?? Number.NaN, tolerance.medianGradient);
    probe("statistic", fixture.running_stats_after_1, tolerance.statistic);
  }
  probe("parameter", fixture.parameters_after_3, tolerance.parameter);
  expect(wrong).toEqual([]);
}

/** Whether `path` is the bias of a convolution that batch norm follows, which takes any constant off again. */
function isCancelled(path: string, { state_dict: shapes }: Fixture): boolean {
  const [, sequence, index] = /^(.*\.)(\d+)\.bias$/.exec(path) ?? [];
  const next = `${sequence}${Number(index) + 1}.running_mean`;
  return next in shapes && !(path.replace(/bias$/, "running_mean") in shapes);
}

/** A step of training that keeps each gradient as a state: one is read out at a time, however large the network. */
function stepOf(model: Classifier, fixture: Fixture): Graph {
  const { momentum, weight_decay: weightDecay } = fixture.sgd;
  const walk = new Trace(model, { training: true });
  const { graph, parameters } = walk;
  const x = graph.input("x", inputType(fixture));
  const labels = graph.input("labels", { dtype: "i32", shape: [fixture.labels.length] });
  const rate = graph.input("rate", f32());
  const logp = logProbabilities[model.output](run(x, model));
  const loss = lossOf(walk, nllLoss(logp, labels), (aux) => nllLoss(aux, labels));
  graph.output("loss", loss);
  const trained: Trained[] = [];
  const found = gradients(loss, [...parameters.values()]);
  for (const [index, [path, parameter]] of [...parameters].entries()) {
    const gradient = found[index];
    if (gradient === undefined) continue;
    graph.update(graph.state(gradientOf(path), parameter.type), gradient);
    trained.push({ path, w: parameter, dw: gradient, rate: 1, decays: true });
  }
  sgd({ momentum, weightDecay })(trained, rate);
  return optimize(graph.finish());
}

function gradientOf(path: string): string {
  return `gradient/${path}`;
}

function write(program: Program, model: Classifier, { salt }: Fixture): void {
  for (const [path, { shape }] of namedTensors(model)) program.write(path, fill(path, shape, salt));
}
