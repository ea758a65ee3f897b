import { present, UsageError } from "../ir/errors.ts";
import type { Graph, Value } from "../ir/graph.ts";
import { f32 } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { namedModules } from "../nn/module.ts";
import { run } from "../nn/sequential.ts";
import { Trace } from "../nn/trace.ts";
import { add, affine } from "../ops/arithmetic.ts";
import { logSoftmax, nllLoss, softCrossEntropy } from "../ops/loss.ts";
import { pad } from "../ops/shape.ts";
import { gradients } from "../passes/grad.ts";
import { optimize } from "../passes/pipeline.ts";
import { accumulate } from "./accumulate.ts";
import { type ClipOptions, clipped } from "./clip.ts";
import { addAverages, type EmaOptions } from "./ema.ts";
import { type GroupOptions, matcher, treatments } from "./groups.ts";
import { type ImageForm, networkInput } from "./images.ts";
import type { Optimizer } from "./optimizers.ts";
import { logProbabilities } from "./outputs.ts";

export interface BatchForm extends ImageForm {
  readonly batch: number;
}

export interface TrainingOptions extends GroupOptions, ClipOptions {
  /** Averages of the weights over training, in states of their own: see `addAverages`. Default: none. */
  readonly ema?: EmaOptions;
  /**
   * Goes through the batch in so many equal shares and updates once: the memory of a share, the step of a batch. The
   * same to rounding for networks without batch norm. Default 1.
   */
  readonly accumulate?: number;
  /** The share of each target that is spread evenly over all classes (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
  /**
   * The graph has the input `targets`, f32 `[batch, classes]`, in place of `labels`: distributions, as mixup and cutmix
   * make them. Default false.
   */
  readonly softTargets?: boolean;
}

/**
 * One step of training: inputs `images` u8 `[batch, c, h, w]`, `labels` i32 `[batch]` (or `targets`), `rate` f32 `[]`, and `random`
 * where dropout needs it; outputs `loss`, `logProbabilities`, and
 * `gradientNorm` with `clipNorm`; every parameter and what the optimiser keeps of it
 * is a state with an update.
 */
export function trainingGraph(
  model: Classifier,
  form: BatchForm,
  optimizer: Optimizer,
  options: TrainingOptions = {},
): Graph {
  const { accumulate: shares = 1, freezeNorm = [], labelSmoothing = 0, softTargets = false } = options;
  if (!Number.isInteger(shares) || shares < 1 || form.batch % shares !== 0)
    throw new UsageError(
      `accumulate is ${shares}, expected a whole number that divides the batch of ${form.batch}`,
    );
  const modules = [...namedModules(model)].map(([path]) => path);
  const trace = new Trace(model, { training: true, frozenNorm: matcher("freezeNorm", freezeNorm, modules) });
  const { graph, parameters } = trace;
  const batch = form.batch / shares;
  const images = graph.input("images", { dtype: "u8", shape: [batch, ...form.shape] });
  const targets = softTargets
    ? graph.input("targets", f32(batch, model.classes))
    : graph.input("labels", { dtype: "i32", shape: [batch] });
  const rate = graph.input("rate", { dtype: "f32", shape: [] });
  const logp = logProbabilities[model.output](run(networkInput(images, model, form), model));
  const lossFrom = (logp: Value) =>
    softTargets || labelSmoothing > 0
      ? softCrossEntropy(logp, widened(targets, logp), { smoothing: labelSmoothing })
      : nllLoss(logp, targets);
  const mean = lossOf(trace, lossFrom(logp), lossFrom);
  const loss = shares === 1 ? mean : affine(mean, { scale: [1 / shares], shift: [0] });
  const shapes = new Map([...parameters].map(([path, { type }]) => [path, type]));
  const treated = [...treatments(shapes, options)];
  const wrt = treated.map(([path]) => present(parameters.get(path), "a parameter by its path"));
  const one = { graph, rate, loss, logProbabilities: logp, parameters: wrt, gradients: gradients(loss, wrt) };
  const step = accumulate(one, [images, targets], shares);
  step.graph.output("loss", step.loss);
  step.graph.output("logProbabilities", step.logProbabilities);
  const found = clipped(step.gradients, options);
  if (found.norm) step.graph.output("gradientNorm", found.norm);
  const trained = treated.map(([path, treatment], index) => ({
    ...treatment,
    path,
    w: present(step.parameters[index], "a value a parameter"),
    dw: present(found.gradients[index], "a gradient a parameter"),
  }));
  optimizer(trained, step.rate);
  if (options.ema) addAverages(step.graph, options.ema);
  return optimize(step.graph.finish());
}

/** The loss of the network's output and, by their weights, of its auxiliary heads, whose own `lossFrom` makes of log-probabilities. */
export function lossOf(trace: Trace, main: Value, lossFrom: (logp: Value) => Value): Value {
  const others = trace.auxiliaries.map(({ logits, weight }) =>
    affine(lossFrom(logSoftmax(logits)), { scale: [weight], shift: [0] }),
  );
  return add(main, ...others);
}

/** Distributions over classes as distributions over the columns of `logp`: `distances` have one more, never a target. */
function widened(targets: Value, logp: Value): Value {
  const [, classes = 0] = targets.type.shape;
  const [, columns = 0] = logp.type.shape;
  if (targets.type.dtype === "i32" || columns === classes) return targets;
  return pad(targets, { before: [0, 0], after: [0, columns - classes], value: 0 });
}

/** The network in evaluation: input `images` u8 `[batch, c, h, w]`, output `logProbabilities`. */
export function evaluationGraph(model: Classifier, form: BatchForm): Graph {
  const trace = new Trace(model, { training: false });
  const images = trace.graph.input("images", { dtype: "u8", shape: [form.batch, ...form.shape] });
  const output = run(networkInput(images, model, form), model);
  trace.graph.output("logProbabilities", logProbabilities[model.output](output));
  return optimize(trace.graph.finish());
}
