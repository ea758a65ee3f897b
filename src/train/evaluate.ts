import type { Batch } from "../data/batches.ts";
import type { Pictures } from "../data/pictures.ts";
import type { Choices, Engine, Program } from "../engines/engine.ts";
import { present, UsageError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "../nn/classifier.ts";
import { namedTensors } from "../nn/module.ts";
import type { Views } from "../transforms/views.ts";
import { evaluationGraph } from "./graphs.ts";
import type { ImageForm } from "./images.ts";
import { averageOfViews } from "./views.ts";

/** How well a network does on a data set. Fractions are of one, the loss is the mean over the samples. */
export interface Evaluation {
  readonly count: number;
  readonly top1: number;
  readonly top5: number;
  readonly loss: number;
  readonly perClass: readonly { readonly name: string; readonly count: number; readonly correct: number }[];
  /** Samples by their class (row) and the class the network chose (column). */
  readonly confusion: readonly (readonly number[])[];
}

export interface EvaluatorOptions {
  readonly image: ImageForm;
  /** Pictures a run. */
  readonly batch: number;
  readonly exact?: boolean;
  readonly choices?: Choices;
}

/** A network in evaluation mode, ready on an engine. */
export class Evaluator {
  readonly #model: Classifier;
  readonly #program: Program;
  readonly #options: EvaluatorOptions;

  private constructor(model: Classifier, program: Program, options: EvaluatorOptions) {
    this.#model = model;
    this.#program = program;
    this.#options = options;
  }

  static async create(model: Classifier, engine: Engine, options: EvaluatorOptions): Promise<Evaluator> {
    const graph = evaluationGraph(model, { ...options.image, batch: options.batch });
    const { exact = false, choices = {} } = options;
    return new Evaluator(model, await engine.prepare(graph, { exact, choices }), options);
  }

  /** What was chosen by measuring. */
  get choices(): Choices {
    return this.#program.choices;
  }

  /** Takes the network's parameters and buffers by path; those of heads for training are not needed. */
  load(weights: ReadonlyMap<string, TensorData>): void {
    for (const [path] of namedTensors(this.#model)) {
      if (isTrainingOnly(this.#model, path)) continue;
      const tensor = weights.get(path);
      if (tensor === undefined) throw new UsageError(`the weights lack ${path}`);
      this.#program.write(path, tensor.data);
    }
  }

  /** With `views`, the probabilities are the means over the views of each picture. */
  async evaluate(pictures: Pictures, { views }: { readonly views?: Views } = {}): Promise<Evaluation> {
    const classes = this.#model.classes;
    const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    let top5 = 0;
    let loss = 0;
    for await (const batch of pictures.batches({ size: this.#options.batch, seed: 0, epoch: 0 })) {
      if (batch.count === 0) continue;
      const logp = await this.#answers(batch, pictures, views);
      const columns = logp.length / this.#options.batch;
      for (let sample = 0; sample < batch.count; sample++) {
        const row = logp.subarray(sample * columns, sample * columns + classes);
        const label = batch.labels[sample] ?? 0;
        const rank = rankOf(row, label);
        if (rank < 5) top5++;
        loss -= row[label] ?? Number.NaN;
        const counts = present(confusion[label], "labels are classes");
        const chosen = rank === 0 ? label : largest(row);
        counts[chosen] = (counts[chosen] ?? 0) + 1;
      }
    }
    const perClass = confusion.map((row, label) => ({
      name: pictures.classes[label] ?? `${label}`,
      count: row.reduce((sum, n) => sum + n, 0),
      correct: row[label] ?? 0,
    }));
    const total = perClass.reduce((sum, { count }) => sum + count, 0);
    const top1 = perClass.reduce((sum, { correct }) => sum + correct, 0);
    return { count: total, top1: top1 / total, top5: top5 / total, loss: loss / total, perClass, confusion };
  }

  /**
   * The probability of each class, for each of `pictures` u8 pictures that lie one behind the other. With `views`, their
   * means over the views of each picture, which is of `shape`: by default that of the evaluator.
   */
  async probabilities(
    images: Uint8Array,
    pictures: number,
    options: { readonly views?: Views; readonly shape?: Pictures["shape"] } = {},
  ): Promise<Float32Array[]> {
    const { batch, image } = this.#options;
    const { views, shape = image.shape } = options;
    const labels = new Int32Array(batch);
    const stride = images.length / pictures;
    const input = new Uint8Array(batch * stride);
    const result: Float32Array[] = [];
    for (let start = 0; start < pictures; start += batch) {
      const length = Math.min(batch, pictures - start);
      input.set(images.subarray(start * stride, (start + length) * stride));
      const logp = await this.#answers({ images: input, labels, count: length }, { shape }, views);
      const columns = logp.length / batch;
      for (let i = 0; i < length; i++)
        result.push(logp.slice(i * columns, i * columns + this.#model.classes).map(Math.exp));
    }
    return result;
  }

  #answers(batch: Batch, pictures: Pick<Pictures, "shape">, views?: Views): Promise<Float32Array> {
    if (!views) return this.#run(batch.images);
    return averageOfViews(batch, pictures, views, this.#options.image.shape, (images) => this.#run(images));
  }

  async #run(images: Uint8Array): Promise<Float32Array> {
    const { logProbabilities } = await this.#program.run({ images });
    if (!(logProbabilities instanceof Float32Array))
      throw new Error("bug in this library: an output is missing");
    return logProbabilities;
  }
}

/** How many classes the row prefers to `label`; of equals, the first counts as preferred. NaN prefers all others. */
export function rankOf(row: Float32Array, label: number): number {
  const own = row[label] ?? Number.NaN;
  let rank = 0;
  for (let i = 0; i < row.length; i++) {
    const other = row[i] ?? Number.NaN;
    if (i !== label && !(other < own || (other === own && i > label))) rank++;
  }
  return rank;
}

function largest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}
