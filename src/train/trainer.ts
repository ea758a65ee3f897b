import { type Pictures, timed } from "../data/pictures.ts";
import { permutation } from "../data/shuffle.ts";
import type { Choices, Engine, Program, StepTime } from "../engines/engine.ts";
import { ConvnetsError, UsageError } from "../ir/errors.ts";
import type { Graph } from "../ir/graph.ts";
import type { TensorData } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { initialize } from "../nn/init.ts";
import { namedTensors } from "../nn/module.ts";
import { type Evaluation, Evaluator, rankOf } from "./evaluate.ts";
import { trainingGraph } from "./graphs.ts";
import type { ImageForm } from "./images.ts";
import { type Optimizer, optimizerPrefix } from "./optimizers.ts";
import type { Schedule } from "./schedules.ts";

export interface TrainerOptions {
  readonly image: ImageForm;
  /** Pictures a step. */
  readonly batch: number;
  readonly optimizer: Optimizer;
  /** The learning rate at its peak. */
  readonly rate: number;
  readonly schedule: Schedule;
  /** Decides the initial weights, the order of the pictures and what drops out. */
  readonly seed: number;
  readonly profile?: boolean;
  readonly exact?: boolean;
  readonly choices?: Choices;
}

export interface FitOptions {
  readonly epochs: number;
  /** Stops after so many steps, whatever the epochs say. */
  readonly steps?: number;
}

export type Report = StepReport | EpochReport;

export interface StepReport {
  readonly kind: "step";
  /** Counted from 1, as is `step`, within all epochs. */
  readonly epoch: number;
  readonly step: number;
  /** Steps in all. */
  readonly steps: number;
  /** Of this step's batch, before its update. */
  readonly loss: number;
  /** The share of the batch that was classified rightly. */
  readonly accuracy: number;
  readonly rate: number;
  readonly imagesPerSecond: number;
}

export interface EpochReport {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly epochs: number;
  /** Means over the epoch's steps. */
  readonly loss: number;
  readonly accuracy: number;
  /** Of training alone. */
  readonly seconds: number;
  /** Seconds of these in which training waited for its pictures. */
  readonly waiting: number;
  readonly imagesPerSecond: number;
  readonly validation?: Evaluation;
}

/** Trains one network on one engine: a step is one call of one program. */
export class Trainer {
  readonly #model: Classifier;
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #graph: Graph;
  readonly #program: Program;
  #evaluator: Evaluator | undefined;
  #epoch = 0;
  #step = 0;
  readonly #validations: Evaluation[] = [];

  private constructor(
    model: Classifier,
    engine: Engine,
    options: TrainerOptions,
    graph: Graph,
    program: Program,
  ) {
    this.#model = model;
    this.#engine = engine;
    this.#options = options;
    this.#graph = graph;
    this.#program = program;
    for (const [path, { init, shape }] of namedTensors(model))
      program.write(path, initialize(init, shape, path, options.seed));
  }

  /** Compiles the training step and starts the weights from the seed. */
  static async create(model: Classifier, engine: Engine, options: TrainerOptions): Promise<Trainer> {
    if (!Number.isInteger(options.batch) || options.batch < 1)
      throw new UsageError(`the batch is ${options.batch}, expected a whole number of 1 or more`);
    const graph = trainingGraph(model, { ...options.image, batch: options.batch }, options.optimizer);
    const { profile = false, exact = false, choices = {} } = options;
    const program = await engine.prepare(graph, { profile, exact, choices });
    return new Trainer(model, engine, options, graph, program);
  }

  /**
   * Goes through `train` in a new order each epoch, leaving out a last batch that is not full, and reports every step
   * and every epoch. Stop it by breaking the loop. Throws `ConvnetsError` when the loss is no longer a number.
   */
  async *fit(
    { train, validate }: { readonly train: Pictures; readonly validate?: Pictures },
    options: FitOptions,
  ): AsyncGenerator<Report, void, void> {
    const { batch, seed, schedule } = this.#options;
    const perEpoch = Math.floor(train.count / batch);
    if (perEpoch < 1)
      throw new UsageError(`${train.name} has ${train.count} pictures, less than a batch of ${batch}`);
    const steps = Math.min(options.epochs * perEpoch, options.steps ?? Number.POSITIVE_INFINITY);
    const epochs = Math.ceil(steps / perEpoch);
    const rate = new Float32Array(1);
    const random = Int32Array.of(seed, 0);
    const progress = { steps, stepsPerEpoch: perEpoch, validations: this.#validations };
    while (this.#step < steps) {
      const start = performance.now();
      let loss = 0;
      let correct = 0;
      let done = 0;
      let waiting = 0;
      const order = permutation(train.count, seed, this.#epoch);
      const pass = { size: batch, order, dropLast: true, seed, epoch: this.#epoch };
      const given = timed(train.batches(pass), (seconds) => {
        waiting += seconds;
      });
      for await (const { images, labels } of given) {
        if (this.#step >= steps) break;
        rate[0] = this.#options.rate * schedule({ ...progress, step: this.#step });
        random[1] = this.#step;
        const outputs = await this.#program.run(this.#inputs(images, labels, rate, random));
        this.#step++;
        done++;
        const stepLoss = outputs.loss?.[0] ?? Number.NaN;
        if (!Number.isFinite(stepLoss))
          throw new ConvnetsError(
            `the loss is ${stepLoss} at step ${this.#step}: training has diverged; a smaller learning rate than ${this.#options.rate} may help`,
          );
        const stepCorrect = hits(outputs.logProbabilities, labels, this.#model.classes);
        loss += stepLoss;
        correct += stepCorrect;
        yield {
          kind: "step",
          epoch: this.#epoch + 1,
          step: this.#step,
          steps,
          loss: stepLoss,
          accuracy: stepCorrect / batch,
          rate: rate[0],
          imagesPerSecond: (done * batch * 1000) / (performance.now() - start),
        };
      }
      const seconds = (performance.now() - start) / 1000;
      this.#epoch++;
      const validation = validate && (await this.#validate(validate));
      if (validation) this.#validations.push(validation);
      yield {
        kind: "epoch",
        epoch: this.#epoch,
        epochs,
        loss: loss / done,
        accuracy: correct / (done * batch),
        seconds,
        waiting,
        imagesPerSecond: (done * batch) / seconds,
        ...(validation && { validation }),
      };
    }
  }

  /** The network's parameters and buffers by path. */
  weights(): ReadonlyMap<string, TensorData> {
    return new Map(
      [...namedTensors(this.#model)].map(([path, { shape }]) => [
        path,
        { shape, data: this.#program.read(path) },
      ]),
    );
  }

  /** What training needs beside the weights to go on: the optimiser's states, and where it is. */
  state(): {
    readonly tensors: ReadonlyMap<string, TensorData>;
    readonly epoch: number;
    readonly step: number;
  } {
    const tensors = new Map<string, TensorData>();
    for (const { source, type } of this.#graph.states)
      if (source.kind === "state" && source.name.startsWith(optimizerPrefix))
        tensors.set(source.name, { shape: type.shape, data: this.#program.read(source.name) });
    return { tensors, epoch: this.#epoch, step: this.#step };
  }

  get choices(): Choices {
    return this.#program.choices;
  }

  get memory(): Program["memory"] {
    return this.#program.memory;
  }

  profile(): readonly StepTime[] {
    return this.#program.profile();
  }

  #inputs(images: Uint8Array, labels: Int32Array, rate: Float32Array, random: Int32Array) {
    const inputs = { images, labels, rate };
    return this.#graph.inputs.length > 3 ? { ...inputs, random } : inputs;
  }

  async #validate(pictures: Pictures): Promise<Evaluation> {
    const { image, batch, exact = false, choices = {} } = this.#options;
    this.#evaluator ??= await Evaluator.create(this.#model, this.#engine, { image, batch, exact, choices });
    this.#evaluator.load(this.weights());
    return this.#evaluator.evaluate(pictures);
  }
}

/** How many rows have their largest number at their label. */
function hits(logp: unknown, labels: Int32Array, classes: number): number {
  if (!(logp instanceof Float32Array)) return 0;
  const columns = logp.length / labels.length;
  let correct = 0;
  labels.forEach((label, sample) => {
    // `distances` have a column more than classes: "none of them" is no answer.
    const row = logp.subarray(sample * columns, sample * columns + classes);
    if (rankOf(row, label) === 0) correct++;
  });
  return correct;
}
