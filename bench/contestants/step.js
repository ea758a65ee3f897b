/** A job's step on an engine of ours. Build the library first. */

import { createModel } from "../../dist/models/index.js";
import { namedTensors } from "../../dist/nn/module.js";
import { run } from "../../dist/nn/sequential.js";
import { Trace } from "../../dist/nn/trace.js";
import { definitionOf } from "../../dist/ops/index.js";
import { nllLoss } from "../../dist/ops/loss.js";
import { dropDeadCode } from "../../dist/passes/deadCode.js";
import { gradients } from "../../dist/passes/grad.js";
import { optimize } from "../../dist/passes/pipeline.js";
import { lossOf } from "../../dist/train/graphs.js";
import { sgd } from "../../dist/train/optimizers.js";
import { logProbabilities } from "../../dist/train/outputs.js";
import { images, labels, product, tensor } from "../fill.js";
import { JOBS, MOMENTUM, WEIGHT_DECAY } from "../jobs.js";

/**
 * @param {string} job
 * @param {import("../../dist/engines/engine.js").Engine} engine
 * @param {import("../../dist/engines/engine.js").PrepareOptions} [options]
 */
export async function prepareStep(job, engine, options) {
  const { model: name, input, learningRate } = JOBS[job];
  const [batch, channels, ...size] = input;
  const model = createModel(name, { channels, size, dropout: false });
  const graph = graphOf(model, input, learningRate !== undefined);
  const program = await engine.prepare(optimize(graph), options);
  const tensors = [...namedTensors(model)];
  // One for all: what is thrown away before the first step would count as memory of the step.
  const room = new Float32Array(Math.max(...tensors.map(([, { shape }]) => product(shape))));
  for (const [path, { shape }] of tensors) program.write(path, tensor(path, shape, room));

  const inputs = { x: images(input), labels: labels(batch) };
  if (learningRate !== undefined) inputs.rate = Float32Array.of(learningRate);
  const step = async () => (await program.run(inputs)).loss[0];
  return { step, program, flops: directFlops(graph) };
}

/**
 * @param {import("../../dist/nn/classifier.js").Classifier} model
 * @param {number[]} input
 * @param {boolean} training
 */
function graphOf(model, input, training) {
  const trace = new Trace(model, { training });
  const { graph, parameters } = trace;
  const x = graph.input("x", { dtype: "f32", shape: input });
  const y = graph.input("labels", { dtype: "i32", shape: [input[0]] });
  const logp = logProbabilities[model.output](run(x, model));
  const loss = lossOf(trace, nllLoss(logp, y), (head) => nllLoss(head, y));
  graph.output("loss", loss);
  if (training) {
    const rate = graph.input("rate", { dtype: "f32", shape: [] });
    const slopes = gradients(loss, [...parameters.values()]);
    const trained = [...parameters].map(([path, w], index) => ({
      path,
      w,
      dw: slopes[index],
      rate: 1,
      decays: true,
    }));
    sgd({ momentum: MOMENTUM, weightDecay: WEIGHT_DECAY })(trained, rate);
  }
  return graph.finish();
}

/**
 * Convolutions and full connections, counted as direct sums.
 * @param {import("../../dist/ir/graph.js").Graph} graph before anything is fused
 */
function directFlops(graph) {
  return dropDeadCode(graph)
    .nodes.filter(({ op }) => /^(conv2d|linear)/.test(op))
    .reduce((sum, node) => sum + definitionOf(node).flops(node), 0);
}
