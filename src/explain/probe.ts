import type { Engine, Program } from "../engines/engine.ts";
import { present, ShapeError, UsageError } from "../ir/errors.ts";
import type { Graph, Value } from "../ir/graph.ts";
import { size, type TensorData } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "../nn/classifier.ts";
import { namedTensors } from "../nn/module.ts";
import { affine } from "../ops/arithmetic.ts";
import { nllLoss } from "../ops/loss.ts";
import { flatten } from "../ops/shape.ts";
import { gradients } from "../passes/grad.ts";
import { optimize } from "../passes/pipeline.ts";
import { logProbabilities } from "../train/outputs.ts";
import { layerOf, type Walk, walk } from "./layers.ts";

/** A trained network, and the engine it runs on. */
export interface Subject {
  readonly model: Classifier;
  /** Parameters and buffers by path; those of heads for training are not needed. */
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly engine: Engine;
  /** Probes that methods share; `sharing` makes them. */
  readonly shared?: SharedProbes;
}

/** What is asked of a network beside its scores. Layers go by the names of `layerShapes`. */
export interface Question {
  /** Layers whose values are read. */
  readonly values?: readonly string[];
  /** Layers, or `picture`, towards which gradients are taken. */
  readonly towards?: readonly string[];
  /** The layer whose units the gradients are of. Default: the scores, whose units are the classes. */
  readonly of?: string;
  /** Pictures a run. Default 1. */
  readonly batch?: number;
  /** Rewrites the graph, gradients included, before it is optimised. */
  readonly pass?: (graph: Graph) => Graph;
}

/** Rows for each picture, one behind the other. */
export interface Answer {
  /** `[n, classes]`, the larger the likelier: logits, log-probabilities, or distances with their sign turned. */
  readonly scores: Float32Array;
  /** `[n, classes]` */
  readonly probabilities: Float32Array;
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** One graph that answers a question, ready on an engine. */
export class Probe {
  readonly #subject: Subject;
  readonly #program: Program;
  readonly #batch: number;
  readonly #names: readonly string[];
  readonly #differentiates: boolean;

  private constructor(subject: Subject, program: Program, graph: Graph, batch: number) {
    this.#subject = subject;
    this.#program = program;
    this.#batch = batch;
    this.#names = [...graph.outputs.keys()];
    this.#differentiates = graph.inputs.length > 1;
  }

  /** A probe of its own, or one of the subject's shared ones. */
  static async create(subject: Subject, question: Question = {}): Promise<Probe> {
    return (await subject.shared?.find(question)) ?? Probe.prepare(subject, question);
  }

  /** A probe of its own. */
  static async prepare(subject: Subject, question: Question): Promise<Probe> {
    const { model, weights, engine } = subject;
    const { pass = (graph) => graph } = question;
    const { walked, batch } = walkBatch(model, question.batch ?? 1);
    const graph = optimize(pass(graphOf(walked, model, batch, question)));
    const program = await engine.prepare(graph);
    const probe = new Probe(subject, program, graph, batch);
    probe.load(weights);
    return probe;
  }

  /** Takes other weights, as of a network that goes on learning: nothing is prepared anew. */
  load(weights: Subject["weights"]): void {
    const { model } = this.#subject;
    for (const [path] of namedTensors(model)) {
      if (isTrainingOnly(model, path)) continue;
      const tensor = weights.get(path);
      if (tensor === undefined) throw new UsageError(`the weights lack ${path}`);
      this.#program.write(path, tensor.data);
    }
  }

  /**
   * The answer for pictures f32 `[n, c, h, w]`, normalised, as the network reads them. Gradients are those of the unit
   * `unit`, an index into one picture's values of the question's layer, or `unit[i]` for picture i.
   */
  async run(pictures: Float32Array, unit: number | readonly number[] = 0): Promise<Answer> {
    const { model } = this.#subject;
    const stride = size(model.input);
    const count = pictures.length / stride;
    if (!Number.isInteger(count) || count === 0)
      throw new UsageError(
        `a picture of ${pictures.length} numbers, the network reads ${model.input.join("x")}, which are ${stride}`,
      );
    const rows = new Map<string, Float32Array>();
    for (let start = 0; start < count; start += this.#batch) {
      const length = Math.min(this.#batch, count - start);
      const picture = new Float32Array(this.#batch * stride);
      picture.set(pictures.subarray(start * stride, (start + length) * stride));
      const unitOf = (slot: number) => (typeof unit === "number" ? unit : (unit[start + slot] ?? 0));
      const units = Int32Array.from({ length: this.#batch }, (_, slot) => unitOf(slot));
      const outputs = await this.#program.run(this.#differentiates ? { picture, units } : { picture });
      for (const name of this.#names) {
        const output = present(outputs[name], "an output of the graph");
        const each = output.length / this.#batch;
        const all = rows.get(name) ?? new Float32Array(count * each);
        all.set(output.subarray(0, length * each), start * each);
        rows.set(name, all);
      }
    }
    return answerOf(rows, model.classes, count);
  }

  /** The class that the network prefers for one picture. */
  async best(picture: Float32Array): Promise<number> {
    const { scores } = await this.run(picture);
    return scores.indexOf(Math.max(...scores));
  }
}

/** Probes for questions that several methods ask; each is prepared when the first of them does. */
export class SharedProbes {
  readonly #subject: Subject;
  readonly #questions: readonly Question[];
  readonly #made = new Map<Question, Promise<Probe>>();

  constructor(subject: Subject, questions: readonly Question[]) {
    this.#subject = subject;
    this.#questions = questions;
  }

  /** A probe that answers the question and maybe more, if there is to be one. */
  find(question: Question): Promise<Probe> | undefined {
    const wider = this.#questions.find((other) => covers(other, question));
    if (wider === undefined) return undefined;
    const made = this.#made.get(wider) ?? Probe.prepare(this.#subject, wider);
    this.#made.set(wider, made);
    return made;
  }
}

/**
 * The subject with probes for `questions`, so that a network is prepared, and its weights are held, once for all methods
 * whose questions are among them.
 */
export function sharing(subject: Subject, ...questions: readonly Question[]): Subject {
  return { ...subject, shared: new SharedProbes(subject, questions) };
}

function covers(wider: Question, { values = [], towards = [], of, batch = 1, pass }: Question): boolean {
  const among = (some: readonly string[], all: readonly string[] = []) =>
    some.every((name) => all.includes(name));
  if (wider.of !== of || wider.pass !== pass || (wider.batch ?? 1) !== batch) return false;
  // Gradients nobody asks for cost little for one picture, and much for the hundreds of an occlusion map.
  if (batch > 1 && towards.length === 0 && wider.towards !== undefined) return false;
  return among(values, wider.values) && among(towards, wider.towards);
}

/** With `batch` pictures a run, or one where the network takes no more, as some from ONNX do. */
function walkBatch(model: Classifier, batch: number): { readonly walked: Walk; readonly batch: number } {
  try {
    return { walked: walk(model, batch), batch };
  } catch (error) {
    if (!(error instanceof ShapeError) || batch === 1) throw error;
    return { walked: walk(model), batch: 1 };
  }
}

function graphOf(
  walked: Walk,
  model: Classifier,
  batch: number,
  { values = [], towards = [], of }: Question,
): Graph {
  const { x, y } = walked;
  const scores = model.output === "distances" ? affine(y, { scale: [-1], shift: [0] }) : y;
  x.graph.output("scores", scores);
  x.graph.output("logProbabilities", logProbabilities[model.output](y));
  for (const name of values) x.graph.output(`value ${name}`, layerOf(walked, name));
  if (towards.length > 0) {
    const units = x.graph.input("units", { dtype: "i32", shape: [batch] });
    const wrt = towards.map((name) => layerOf(walked, name));
    const score = sumOfUnits(of === undefined ? scores : layerOf(walked, of), units);
    gradients(score, wrt).forEach((gradient, index) => {
      x.graph.output(`gradient ${towards[index]}`, gradient);
    });
  }
  return x.graph.finish();
}

/**
 * The sum over pictures of one element of each, the `units[i]`-th of picture i's, as a scalar. In evaluation pictures do
 * not see each other, so its gradient is each picture's own. value `[n, ...]`, units i32 `[n]`.
 */
export function sumOfUnits(value: Value, units: Value): Value {
  const n = value.type.shape[0] ?? 1;
  // The negative log-likelihood picks an element a row, and is the mean of them with the sign turned.
  return affine(nllLoss(flatten(value), units), { scale: [-n], shift: [0] });
}

function answerOf(rows: ReadonlyMap<string, Float32Array>, classes: number, count: number): Answer {
  const logp = present(rows.get("logProbabilities"), "every graph has it");
  // LeNet-5's loss has one more class, "none of them", which is no answer.
  const columns = logp.length / count;
  const named = (kind: string) =>
    new Map(
      [...rows].flatMap(([name, data]) =>
        name.startsWith(`${kind} `) ? [[name.slice(kind.length + 1), data] as const] : [],
      ),
    );
  return {
    scores: present(rows.get("scores"), "every graph has it"),
    probabilities: logp.filter((_, index) => index % columns < classes).map(Math.exp),
    values: named("value"),
    gradients: named("gradient"),
  };
}
