/** convnets on its oneDNN engine as a contestant: `convnets.js JOB THREADS`. Build the library first. */

import { readFileSync } from "node:fs";
import { loadOnednn } from "../../dist/engines/onednn/engine.js";
import { createModel } from "../../dist/models/index.js";
import { namedTensors } from "../../dist/nn/module.js";
import { run } from "../../dist/nn/sequential.js";
import { Trace } from "../../dist/nn/trace.js";
import { nllLoss } from "../../dist/ops/loss.js";
import { gradients } from "../../dist/passes/grad.js";
import { optimize } from "../../dist/passes/pipeline.js";
import { sgd } from "../../dist/train/optimizers.js";
import { logProbabilities } from "../../dist/train/outputs.js";
import { compete } from "../contest.js";
import { images, labels, parameter } from "../fill.js";
import { JOBS, MOMENTUM, WEIGHT_DECAY } from "../jobs.js";

const [job, threads] = process.argv.slice(2);
const { input, learningRate } = JOBS[job];
const training = learningRate !== undefined;
const model = job.startsWith("lenet5")
  ? createModel("lenet5")
  : createModel("googlenet_article", { size: input[2] });

const trace = new Trace(model, { training });
const { graph, parameters } = trace;
const x = graph.input("x", { dtype: "f32", shape: input });
const y = graph.input("labels", { dtype: "i32", shape: [input[0]] });
const loss = nllLoss(logProbabilities[model.output](run(x, model)), y);
graph.output("loss", loss);
if (training) {
  const rate = graph.input("rate", { dtype: "f32", shape: [] });
  const step = sgd({ momentum: MOMENTUM, weightDecay: WEIGHT_DECAY });
  const paths = [...parameters.keys()];
  gradients(loss, [...parameters.values()]).forEach((gradient, index) => {
    step(paths[index], parameters.get(paths[index]), gradient, rate);
  });
}
const engine = await loadOnednn({ threads: Number(threads) });
const program = await engine.prepare(optimize(graph.finish()));
for (const [path, { shape }] of namedTensors(model)) program.write(path, parameter(path, shape));

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const inputs = { x: images(input), labels: labels(input[0]) };
if (training) inputs.rate = Float32Array.of(learningRate);
await compete({ version, threads: Number(threads), peakGflops: engine.peak() }, async () => {
  const outputs = await program.run(inputs);
  return outputs.loss[0];
});
