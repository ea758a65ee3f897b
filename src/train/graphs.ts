import type { Graph, Value } from "../ir/graph.ts";
import type { Classifier } from "../nn/classifier.ts";
import { run } from "../nn/sequential.ts";
import { Trace } from "../nn/trace.ts";
import { add, affine } from "../ops/arithmetic.ts";
import { logSoftmax, nllLoss } from "../ops/loss.ts";
import { gradients } from "../passes/grad.ts";
import { optimize } from "../passes/pipeline.ts";
import { type ImageForm, networkInput } from "./images.ts";
import type { Optimizer } from "./optimizers.ts";
import { logProbabilities } from "./outputs.ts";

export interface BatchForm extends ImageForm {
  readonly batch: number;
}

/**
 * One step of training: inputs `images` u8 `[batch, c, h, w]`, `labels` i32 `[batch]`, `rate` f32 `[]`, and `random`
 * where dropout needs it; outputs `loss` and `logProbabilities`; every parameter and what the optimiser keeps of it
 * is a state with an update.
 */
export function trainingGraph(model: Classifier, form: BatchForm, optimizer: Optimizer): Graph {
  const trace = new Trace(model, { training: true });
  const { graph, parameters } = trace;
  const images = graph.input("images", { dtype: "u8", shape: [form.batch, ...form.shape] });
  const labels = graph.input("labels", { dtype: "i32", shape: [form.batch] });
  const rate = graph.input("rate", { dtype: "f32", shape: [] });
  const logp = logProbabilities[model.output](run(networkInput(images, model, form), model));
  const loss = lossOf(trace, nllLoss(logp, labels), labels);
  graph.output("loss", loss);
  graph.output("logProbabilities", logp);
  const paths = [...parameters.keys()];
  gradients(loss, [...parameters.values()]).forEach((gradient, index) => {
    const path = paths[index] ?? "";
    const parameter = parameters.get(path);
    if (parameter) optimizer(path, parameter, gradient, rate);
  });
  return optimize(graph.finish());
}

/** The loss of the network's output and, by their weights, of its auxiliary heads. */
export function lossOf(trace: Trace, main: Value, labels: Value): Value {
  const others = trace.auxiliaries.map(({ logits, weight }) =>
    affine(nllLoss(logSoftmax(logits), labels), { scale: [weight], shift: [0] }),
  );
  return add(main, ...others);
}

/** The network in evaluation: input `images` u8 `[batch, c, h, w]`, output `logProbabilities`. */
export function evaluationGraph(model: Classifier, form: BatchForm): Graph {
  const trace = new Trace(model, { training: false });
  const images = trace.graph.input("images", { dtype: "u8", shape: [form.batch, ...form.shape] });
  const output = run(networkInput(images, model, form), model);
  trace.graph.output("logProbabilities", logProbabilities[model.output](output));
  return optimize(trace.graph.finish());
}
