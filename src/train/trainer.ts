import type { Batch } from "../data/batches.ts";
import { type Pictures, timed } from "../data/pictures.ts";
import { permutation } from "../data/shuffle.ts";
import type { Choices, Engine, Program, StepTime } from "../engines/engine.ts";
import { ConvnetsError, DivergedError, UsageError, WeightError } from "../ir/errors.ts";
import type { Graph } from "../ir/graph.ts";
import { formatType, type TensorData, type TensorType } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { initialize } from "../nn/init.ts";
import { namedTensors } from "../nn/module.ts";
import { batchInputs } from "./batchInputs.ts";
import { type Checkpoint, nothingYet, type TrainingState } from "./checkpoint.ts";
import { emaPrefix } from "./ema.ts";
import { type Evaluation, Evaluator } from "./evaluate.ts";
import { type TrainingOptions, trainingGraph } from "./graphs.ts";
import type { ImageForm } from "./images.ts";
import { type Watched, watchNumerics } from "./numerics.ts";
import type { Optimizer } from "./optimizers.ts";
import { type EpochReport, hits, type Report, type StepReport } from "./reports.ts";
import type { Moment, Schedule } from "./schedules.ts";

export interface TrainerOptions extends TrainingOptions {
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
  /** Looks at every value of every step, and stops with the op that first made one that is no finite number. */
  readonly checkNumerics?: boolean;
  readonly exact?: boolean;
  readonly choices?: Choices;
}

export interface FitOptions {
  readonly epochs: number;
  /** Stops after so many steps, whatever the epochs say. */
  readonly steps?: number;
}

/** Trains one network on one engine: a step is one call of one program. */
export class Trainer {
  readonly #model: Classifier;
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #graph: Graph;
  readonly #program: Program;
  #evaluator: Evaluator | undefined;
  #state: TrainingState = { epoch: 0, step: 0, sums: nothingYet, scores: [] };
  readonly #rate = new Float32Array(1);
  readonly #random: Int32Array;
  readonly #watched: Watched | undefined;

  private constructor(
    model: Classifier,
    engine: Engine,
    options: TrainerOptions,
    graph: Graph,
    program: Program,
    watched: Watched | undefined,
  ) {
    this.#watched = watched;
    this.#model = model;
    this.#engine = engine;
    this.#options = options;
    this.#graph = graph;
    this.#program = program;
    this.#random = Int32Array.of(options.seed, 0);
    for (const [path, { init, shape }] of namedTensors(model))
      program.write(path, initialize(init, shape, path, options.seed));
  }

  /** Compiles the training step and starts the weights from the seed. */
  static async create(model: Classifier, engine: Engine, options: TrainerOptions): Promise<Trainer> {
    if (!Number.isInteger(options.batch) || options.batch < 1)
      throw new UsageError(`the batch is ${options.batch}, expected a whole number of 1 or more`);
    const graph = trainingGraph(
      model,
      { ...options.image, batch: options.batch },
      options.optimizer,
      options,
    );
    const { profile = false, exact = false, choices = {} } = options;
    const watched = options.checkNumerics ? watchNumerics(graph) : undefined;
    const program = await engine.prepare(watched?.graph ?? graph, { profile, exact, choices });
    return new Trainer(model, engine, options, graph, program, watched);
  }

  /**
   * Goes through `train` in a new order each epoch, leaving out a last batch that is not full, and reports every step
   * and every epoch, from where the training is. Stop it by breaking the loop; another call goes on. Throws
   * `DivergedError` when the loss is no longer a number.
   */
  async *fit(
    { train, validate }: { readonly train: Pictures; readonly validate?: Pictures },
    options: FitOptions,
  ): AsyncGenerator<Report, void, void> {
    const { batch, seed } = this.#options;
    const perEpoch = Math.floor(train.count / batch);
    if (perEpoch < 1)
      throw new UsageError(`${train.name} has ${train.count} pictures, less than a batch of ${batch}`);
    const steps = Math.min(options.epochs * perEpoch, options.steps ?? Number.POSITIVE_INFINITY);
    const epochs = Math.ceil(steps / perEpoch);
    // An epoch's last step may be done and its report still due.
    while (this.#state.step < steps || this.#state.sums.steps > 0) {
      const { epoch, sums } = this.#state;
      const left = Math.min(perEpoch - sums.steps, steps - this.#state.step);
      const order = permutation(train.count, seed, epoch);
      const pass = { size: batch, order, dropLast: true, seed, epoch, start: sums.steps };
      if (left > 0) yield* this.#steps(train.batches(pass), left, { steps, stepsPerEpoch: perEpoch });
      yield await this.#endEpoch(epochs, validate);
    }
  }

  /** The next `left` steps of the epoch under way. */
  async *#steps(
    batches: AsyncIterable<Batch>,
    left: number,
    length: Pick<Moment, "steps" | "stepsPerEpoch">,
  ): AsyncGenerator<StepReport> {
    const { batch } = this.#options;
    const { epoch, step: first } = this.#state;
    let waiting = 0;
    let start = performance.now();
    const source = timed(batches, (seconds) => {
      waiting += seconds;
    });
    for await (const given of source) {
      const { step, sums } = this.#state;
      const moment = { ...length, step, validations: this.#state.scores };
      const rate = this.#options.rate * this.#options.schedule(moment);
      const { loss, correct, norm } = await this.#run(given, rate, step);
      const seconds = (performance.now() - start) / 1000;
      this.#state = {
        ...this.#state,
        step: step + 1,
        sums: {
          steps: sums.steps + 1,
          loss: sums.loss + loss,
          correct: sums.correct + correct,
          seconds: sums.seconds + seconds,
          waiting: sums.waiting + waiting,
        },
      };
      yield {
        kind: "step",
        epoch: epoch + 1,
        step: step + 1,
        steps: length.steps,
        loss,
        accuracy: correct / batch,
        rate,
        ...(norm !== undefined && { gradientNorm: norm }),
        imagesPerSecond: (this.#state.sums.steps * batch) / this.#state.sums.seconds,
      };
      // What the caller does with a report is no time of training.
      start = performance.now();
      waiting = 0;
      if (step + 1 - first === left) return;
    }
  }

  async #run(given: Batch, rate: number, step: number) {
    this.#rate[0] = rate;
    this.#random[1] = step;
    const outputs = await this.#program.run(this.#inputs(given));
    const first = this.#watched?.firstNonFinite(outputs);
    if (first)
      throw new ConvnetsError(
        `${first.op} at ${first.scope === "" ? "the top" : first.scope} made ${first.found} in ${formatType(first.type)} at step ${step + 1}, the first value that is no finite number`,
      );
    const loss = outputs.loss?.[0] ?? Number.NaN;
    if (!Number.isFinite(loss))
      throw new DivergedError(
        `the loss is ${loss} at step ${step + 1}: training has diverged; a smaller learning rate than ${this.#options.rate} may help`,
      );
    const correct = hits(outputs.logProbabilities, given.labels, this.#model.classes);
    return { loss, correct, norm: outputs.gradientNorm?.[0] };
  }

  async #endEpoch(epochs: number, validate: Pictures | undefined): Promise<EpochReport> {
    const { step, sums, scores } = this.#state;
    const epoch = this.#state.epoch + 1;
    const validation = validate && (await this.#validate(validate));
    const pictures = sums.steps * this.#options.batch;
    const report: EpochReport = {
      ...{ kind: "epoch", epoch, epochs, step },
      loss: sums.loss / sums.steps,
      accuracy: sums.correct / pictures,
      seconds: sums.seconds,
      waiting: sums.waiting,
      imagesPerSecond: pictures / sums.seconds,
      ...(validation && { validation }),
    };
    const score = { loss: validation?.loss ?? report.loss, top1: validation?.top1 ?? report.accuracy };
    this.#state = { epoch, step, sums: nothingYet, scores: [...scores, score] };
    return report;
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

  #evaluationWeights(): ReadonlyMap<string, TensorData> {
    const kept = new Set([...this.#states()].map(([name]) => name));
    return new Map(
      [...namedTensors(this.#model)].map(([path, { shape }]) => {
        const average = `${emaPrefix}${path}`;
        return [path, { shape, data: this.#program.read(kept.has(average) ? average : path) }];
      }),
    );
  }

  /** Replaces the start values of parameters and buffers, by path. */
  start(weights: ReadonlyMap<string, Float32Array>): void {
    for (const [path, data] of weights) this.#program.write(path, data);
  }

  /** All that it takes to go on later, in another process. */
  checkpoint(): Checkpoint {
    const tensors = new Map<string, TensorData>();
    for (const [name, { shape }] of this.#states())
      tensors.set(name, { shape, data: this.#program.read(name) });
    return { tensors, state: this.#state, choices: this.choices };
  }

  /**
   * Goes back to where `checkpoint` was taken. Give its choices to `Trainer.create`, and what follows has the same bits.
   * Throws `WeightError` when it is another network's or another optimiser's.
   */
  restore({ tensors, state }: Pick<Checkpoint, "tensors" | "state">): void {
    const wanted = new Map(this.#states());
    const missing = [...wanted.keys()].filter((name) => !tensors.has(name));
    const unexpected = [...tensors.keys()].filter((name) => !wanted.has(name));
    const odd = [
      ...missing.map((name) => `lacks ${name}`),
      ...unexpected.map((name) => `has ${name} too many`),
    ];
    if (odd.length > 0)
      throw new WeightError(
        `the checkpoint is not of this network and optimiser: it ${odd.slice(0, 5).join(", ")}`,
      );
    for (const [name, { data }] of tensors) this.#program.write(name, data);
    this.#state = state;
  }

  /** Where the training is. */
  get state(): TrainingState {
    return this.#state;
  }

  *#states(): Iterable<readonly [name: string, type: TensorType]> {
    for (const { source, type } of this.#graph.states) if (source.kind === "state") yield [source.name, type];
  }

  /** What was chosen by measuring, for training and for evaluation. */
  get choices(): Choices {
    return { ...this.#evaluator?.choices, ...this.#program.choices };
  }

  get memory(): Program["memory"] {
    return this.#program.memory;
  }

  profile(): readonly StepTime[] {
    return this.#program.profile();
  }

  #inputs(given: Batch) {
    const inputs = { ...batchInputs(given, this.#options), rate: this.#rate };
    return this.#graph.inputs.length > 3 ? { ...inputs, random: this.#random } : inputs;
  }

  async #validate(pictures: Pictures): Promise<Evaluation> {
    const { image, batch, exact = false } = this.#options;
    const choices = { ...this.#options.choices, ...this.#program.choices };
    this.#evaluator ??= await Evaluator.create(this.#model, this.#engine, { image, batch, exact, choices });
    this.#evaluator.load(this.#evaluationWeights());
    return this.#evaluator.evaluate(pictures);
  }
}
