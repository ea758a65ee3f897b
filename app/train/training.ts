import {
  ConvnetsError,
  type DataSplits,
  DivergedError,
  type Engine,
  type EpochReport,
  inMemory,
  type Report,
  type StepReport,
  serializeSafetensors,
  summarize,
} from "convnets";
import { breathe, breathing } from "./breathe.ts";
import { first } from "./dataSets.ts";
import { Looker, type Watched } from "./look.ts";
import type { News, Prepared, State } from "./news.ts";
import { outcomeOf } from "./outcome.ts";
import { Pace } from "./pace.ts";
import { Reporter } from "./reporter.ts";
import type { Settings } from "./settings.ts";
import { type Start, type Trainee, trainee } from "./trainee.ts";

export interface TrainingOptions {
  /** What it starts from, in place of the seed. */
  readonly start?: Start;
  /** Steps before it pauses. Default: it does not. */
  readonly steps?: number;
  /** Tests on so many held-out pictures within epochs too, as often as costs a tenth of the time; 0 for never. */
  readonly testOn?: number;
}

/** Least milliseconds from news to news. */
const newsEvery = 100;
/** Milliseconds after which messages are let in. */
const breatheEvery = 20;
/** Least milliseconds from look to look, and from test to test. */
const lookEvery = 300;
const testEvery = 500;

/**
 * One training, from its first step to its last, which can be paused, stepped and stopped. It tells what happens by
 * `tell`, ten times a second at most, and leaves the thread free for messages between its steps.
 */
export class Training {
  readonly prepared: Prepared;
  readonly #trainee: Trainee;
  readonly #epochs: number;
  readonly #reporter: Reporter;
  readonly #looker: Looker;
  readonly #testOn: number;
  readonly #looks = new Pace(lookEvery, 0.1);
  readonly #tests = new Pace(testEvery, 0.1);
  #watched: Watched | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** Steps that may still be done before it pauses. */
  #budget: number;
  #stopped = false;
  #state: State = "running";
  /** When messages were let in last. */
  #breath = performance.now();
  #wake: () => void = () => {};

  private constructor(
    made: Trainee,
    prepared: Prepared,
    looker: Looker,
    settings: Settings,
    tell: (news: News) => void,
    { steps = Number.POSITIVE_INFINITY, testOn = 0 }: TrainingOptions,
  ) {
    this.#trainee = made;
    this.prepared = prepared;
    this.#epochs = settings.epochs;
    this.#testOn = testOn;
    this.#budget = steps;
    this.#looker = looker;
    this.#reporter = new Reporter(tell, newsEvery);
  }

  static async create(
    settings: Settings,
    data: DataSplits,
    engine: Engine,
    tell: (news: News) => void,
    options: TrainingOptions = {},
  ): Promise<Training> {
    const made = await trainee(settings, data, engine, options.start);
    const { model, trainer, trainCount, test, normalization } = made;
    const { parameters, macs } = summarize(model);
    const { arena, resident } = trainer.memory;
    const stepsPerEpoch = Math.floor(trainCount / settings.batch);
    // Pictures of tests, read as the network reads those that it learns from.
    const looker = new Looker(model, engine, { ...test, asked: normalization });
    const prepared: Prepared = {
      ...{ parameters, macs, stepsPerEpoch, normalization },
      ...{ head: made.head, options: made.options },
      memory: arena + resident,
      layers: [...looker.layers],
      classes: test.classes,
      pictures: trainCount,
      heldOut: test.labels.length,
      steps: settings.epochs * stepsPerEpoch,
      engine: engine.description,
    };
    return new Training(made, prepared, looker, settings, tell, options);
  }

  /** Trains to the end, or until it is stopped. Afterwards looks and weights can still be asked for. */
  async run(): Promise<void> {
    this.#reporter.add({ prepared: this.prepared, state: "running" });
    this.#reporter.flush();
    try {
      const { trainer, train } = this.#trainee;
      await this.#follow(trainer.fit({ train }, { epochs: this.#epochs }));
      await this.#end(this.#stopped ? "stopped" : "done");
    } catch (error) {
      if (!(error instanceof ConvnetsError)) throw error;
      this.#state = error instanceof DivergedError ? "diverged" : "failed";
      this.#reporter.add({ state: this.#state, reason: error.message });
    }
    this.#reporter.flush();
  }

  pause(): void {
    this.#budget = 0;
  }

  resume(): void {
    this.#budget = Number.POSITIVE_INFINITY;
    this.#wake();
  }

  /** One step, and a pause. */
  step(): void {
    this.#budget = 1;
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** What to look at from now on; nothing costs nothing. */
  async watch(watched: Watched | undefined): Promise<void> {
    this.#watched = watched;
    this.#looks.now();
    if (this.#state !== "running") {
      await this.#look();
      this.#reporter.flush();
    }
  }

  /** The network as it is now, a `.safetensors` file. */
  weights(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(serializeSafetensors(this.#trainee.trainer.weights()));
  }

  async #follow(reports: AsyncGenerator<Report, void, void>): Promise<void> {
    const { stepsPerEpoch } = this.prepared;
    let epochDue = false;
    while (!this.#stopped) {
      // An epoch ends with its last step, and not when the next one is asked for.
      if (this.#budget === 0 && !epochDue) {
        await this.#rest();
        continue;
      }
      const { value: report, done } = await reports.next();
      if (done === true) return;
      epochDue = report.kind === "step" && report.step % stepsPerEpoch === 0;
      if (report.kind === "step") await this.#stepped(report);
      else await this.#epoch(report);
      await this.#between();
    }
  }

  async #stepped(report: StepReport): Promise<void> {
    // It may have been paused since this step was asked for.
    this.#budget = Math.max(0, this.#budget - 1);
    this.#reporter.step(report);
    if (this.#testOn > 0 && this.#tests.due()) await this.#tests.spend(() => this.#test(report.step));
  }

  async #test(step: number): Promise<void> {
    const { evaluator, trainer, test } = this.#trainee;
    evaluator.load(trainer.weights());
    const some = first(test, this.#testOn);
    const { top1, count } = await evaluator.evaluate(breathing(inMemory(some)));
    this.#reporter.add({ tests: [{ step, count, accuracy: top1 }] });
  }

  async #epoch({ epoch, step, loss, accuracy, seconds }: EpochReport): Promise<void> {
    const { evaluator, trainer, test } = this.#trainee;
    evaluator.load(trainer.weights());
    const { loss: testLoss, top1 } = await evaluator.evaluate(breathing(inMemory(test)));
    this.#reporter.add({
      epochs: [{ epoch, step, loss, accuracy, testLoss, testAccuracy: top1, seconds }],
    });
  }

  /** News, looks and messages from the page, when it is time for them. */
  async #between(): Promise<void> {
    if (this.#looks.due()) await this.#looks.spend(() => this.#look());
    if (this.#reporter.due()) this.#reporter.flush();
    if (performance.now() - this.#breath < breatheEvery) return;
    await breathe();
    this.#breath = performance.now();
  }

  /** One look after the other, whatever came of the last: a program runs once at a time. */
  #look(): Promise<void> {
    this.#looking = this.#looking
      .catch(() => {})
      .then(async () => {
        const { trainer } = this.#trainee;
        if (this.#watched === undefined || !this.#looker.layers.has(this.#watched.layer)) return;
        const look = await this.#looker.look(trainer.weights(), this.#watched, trainer.state.step);
        this.#reporter.add({ look });
      });
    return this.#looking;
  }

  async #rest(): Promise<void> {
    this.#state = "paused";
    await this.#look();
    this.#reporter.add({ state: "paused" });
    this.#reporter.flush();
    if (this.#budget === 0 && !this.#stopped)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#state = "running";
    this.#reporter.add({ state: "running" });
  }

  async #end(state: State): Promise<void> {
    await this.#look();
    const { evaluator, trainer, test } = this.#trainee;
    evaluator.load(trainer.weights());
    this.#reporter.add({ outcome: await outcomeOf(evaluator, test) });
    this.#state = state;
    this.#reporter.add({ state });
  }
}
