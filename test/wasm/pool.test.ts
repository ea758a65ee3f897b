import { expect, it } from "vitest";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { detectFeatures } from "../../src/engines/wasm/features.ts";
import { loadModule } from "../../src/engines/wasm/module.ts";
import { startPool } from "../../src/engines/wasm/pool.ts";
import { prepareProgram } from "../../src/engines/wasm/program.ts";
import { spawnWorker, type WorkerHandle } from "../../src/engines/wasm/runtime.ts";
import { type Graph, GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { tanh } from "../../src/ops/activation.ts";
import { addChannels } from "../../src/ops/channels.ts";
import { linear } from "../../src/ops/linear.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import { sgdUpdate } from "../../src/ops/update.ts";
import { gradients } from "../../src/passes/grad.ts";
import { optimize } from "../../src/passes/pipeline.ts";

const [batch, features, hidden, classes] = [64, 150, 70, 10] as const;

it("a worker that dies ends the run with an error, and the next run too", async () => {
  const { program, workers } = await onPool(longGraph());
  const running = program.run({ x: new Float32Array(1 << 16) });
  workers[1]?.terminate();
  const message = /^the wasm engine's worker 1 died: .*; load the engine again$/;
  await expect(running).rejects.toThrow(message);
  await expect(program.run({ x: new Float32Array(1 << 16) })).rejects.toThrow(message);
});

it("a second run before the first is over is refused", async () => {
  const { program } = await onPool(longGraph());
  const x = new Float32Array(1 << 16);
  const running = program.run({ x });
  await expect(program.run({ x })).rejects.toThrow("a program runs once at a time");
  await running;
});

it("any number of threads gives the same bits, in every run", async () => {
  const traces = await Promise.all([1, 2, 3].map((threads) => train(threads, 3)));
  expect(traces[1]).toEqual(traces[0]);
  expect(traces[2]).toEqual(traces[0]);
  expect(await train(2, 3)).toEqual(traces[0]);
});

it("the calling thread is free while workers compute", async () => {
  const { program } = await onPool(longGraph());
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  });
  const started = performance.now();
  await program.run({ x: new Float32Array(1 << 16) });
  clearInterval(timer);
  if (performance.now() - started > 50) expect(turns).toBeGreaterThan(0);
});

it.each([1, 2])("2,000 steps on %i threads do not grow the memory", async (threads) => {
  const program = await (await loadWasm({ threads })).prepare(mlpStep());
  const inputs = feeds();
  const grown = async (steps: number) => {
    const before = process.memoryUsage().arrayBuffers;
    for (let step = 0; step < steps; step++) await program.run(inputs);
    return process.memoryUsage().arrayBuffers - before;
  };
  await grown(100);
  expect(await grown(2000)).toBeLessThan(1 << 16);
});

/** A program on a pool of two whose workers the test can reach. */
async function onPool(graph: Graph) {
  const workers: WorkerHandle[] = [];
  const features = { ...detectFeatures(), threads: true };
  const host = startPool(await loadModule(features), 2, (source, listener) => {
    const worker = spawnWorker(source, listener);
    workers.push(worker);
    return worker;
  });
  const program = await prepareProgram({ host, shared: true, shareFrom: 0 }, graph, {});
  return { program, workers };
}

/** A run of a hundred milliseconds or so. */
function longGraph(): Graph {
  const builder = new GraphBuilder();
  let x = builder.input("x", f32(1 << 16));
  for (let i = 0; i < 400; i++) x = tanh(x);
  builder.output("y", x);
  return builder.finish();
}

/** A training step of a perceptron with one hidden layer. */
function mlpStep(): Graph {
  const builder = new GraphBuilder();
  const x = builder.input("x", f32(batch, features));
  const labels = builder.input("labels", { dtype: "i32", shape: [batch] });
  const rate = builder.input("rate", f32());
  const shapes = { w1: [hidden, features], b1: [hidden], w2: [classes, hidden], b2: [classes] };
  const [w1, b1, w2, b2] = Object.entries(shapes).map(([name, shape]) => builder.state(name, f32(...shape)));
  if (!w1 || !b1 || !w2 || !b2) throw new Error("four parameters");
  const y = addChannels(linear(tanh(addChannels(linear(x, w1), b1)), w2), b2);
  const loss = nllLoss(logSoftmax(y), labels);
  builder.output("loss", loss);
  const parameters = [w1, b1, w2, b2];
  gradients(loss, parameters).forEach((gradient, i) => {
    const parameter = parameters[i];
    if (!gradient || !parameter) return;
    const velocity = builder.state(`v${i}`, parameter.type);
    const attrs = { momentum: 0.9, weightDecay: 1e-4, nesterov: false };
    const [next, faster] = sgdUpdate(parameter, velocity, gradient, rate, attrs);
    builder.update(parameter, next);
    builder.update(velocity, faster);
  });
  return optimize(builder.finish());
}

function feeds() {
  return {
    x: new Float32Array(batch * features).map((_, i) => Math.sin(i)),
    labels: new Int32Array(batch).map((_, i) => i % classes),
    rate: Float32Array.of(0.05),
  };
}

/** Losses of some steps, and the weights after the last. */
async function train(threads: number, steps: number) {
  const program = await (await loadWasm({ threads, shareFrom: 0 })).prepare(mlpStep());
  program.write(
    "w1",
    new Float32Array(hidden * features).map((_, i) => Math.sin(7 * i) / 12),
  );
  program.write(
    "w2",
    new Float32Array(classes * hidden).map((_, i) => Math.sin(5 * i) / 8),
  );
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await program.run(feeds())).loss?.[0] ?? Number.NaN);
  return { losses, w1: program.read("w1"), b2: program.read("b2") };
}
