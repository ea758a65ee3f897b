import type { StepReport } from "convnets";
import type { News } from "./news.ts";

/** Gathers what happens between two messages into one. */
export class Reporter {
  readonly #tell: (news: News) => void;
  readonly #every: number;
  #news: News = {};
  #losses: number[] = [];
  #accuracies: number[] = [];
  #latest: StepReport | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(tell: (news: News) => void, every: number) {
    this.#tell = tell;
    this.#every = every;
  }

  step(report: StepReport): void {
    this.#losses.push(report.loss);
    this.#accuracies.push(report.accuracy);
    this.#latest = report;
  }

  /** Epochs and tests add up; of all else the latest counts. */
  add(news: News): void {
    const [epochs, tests] = [
      [...(this.#news.epochs ?? []), ...(news.epochs ?? [])],
      [...(this.#news.tests ?? []), ...(news.tests ?? [])],
    ];
    this.#news = {
      ...this.#news,
      ...news,
      ...(epochs.length > 0 && { epochs }),
      ...(tests.length > 0 && { tests }),
    };
  }

  /** Whether the last message is long enough ago. */
  due(): boolean {
    return performance.now() - this.#last >= this.#every;
  }

  flush(): void {
    const report = this.#latest;
    const progress = report && {
      ...{ step: report.step, epoch: report.epoch, rate: report.rate },
      imagesPerSecond: report.imagesPerSecond,
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
    };
    const news: News = { ...this.#news, ...(progress && { progress }) };
    this.#news = {};
    this.#losses = [];
    this.#accuracies = [];
    this.#latest = undefined;
    this.#last = performance.now();
    if (Object.keys(news).length > 0) this.#tell(news);
  }
}
