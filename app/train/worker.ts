import { expose, transfer } from "comlink";
import { type DataSplits, type LoadedEngine, loadEngine } from "convnets";
import { loadDigits } from "../digits/load.ts";
import { type Cost, costOf, type Question } from "./estimate.ts";
import type { Watched } from "./look.ts";
import type { News } from "./news.ts";
import type { Settings } from "./settings.ts";
import { Training, type TrainingOptions } from "./training.ts";

/** What a worker is asked to train. */
export interface Job extends TrainingOptions {
  readonly settings: Settings;
  /** The reader's own pictures, where it is about these. */
  readonly pictures?: DataSplits;
  readonly threads: number;
}

/** One training in a thread of its own. */
export class TrainingWorker {
  #training: Training | undefined;

  /** What a training would cost; nothing is trained. */
  async cost(question: Question): Promise<Cost> {
    return costOf(question, await loadEngine("wasm", { threads: 1 }));
  }

  /** Begins, and resolves at the end. What happens on the way goes to `tell`. */
  async train({ settings, pictures, threads, ...options }: Job, tell: (news: News) => void): Promise<void> {
    const [data, engine] = await Promise.all([pictures ?? digits(), engineWith(threads)]);
    const send = (news: News) => tell(transfer(news, buffersOf(news)));
    this.#training = await Training.create(settings, data, engine, send, options);
    await this.#training.run();
  }

  pause(): void {
    this.#training?.pause();
  }

  resume(): void {
    this.#training?.resume();
  }

  step(): void {
    this.#training?.step();
  }

  stop(): void {
    this.#training?.stop();
  }

  async watch(watched: Watched | undefined): Promise<void> {
    await this.#training?.watch(watched);
  }

  /** The network's tensors, a `.safetensors` file. Ask when it is not running. */
  weights(): Uint8Array<ArrayBuffer> {
    const bytes = this.#training?.weights() ?? new Uint8Array();
    return transfer(bytes, [bytes.buffer]);
  }
}

async function digits(): Promise<DataSplits> {
  const [train, test] = await Promise.all([loadDigits("train"), loadDigits("test")]);
  return { train, test };
}

/** One thread where the page may not share memory: then the engine has no others. */
function engineWith(threads: number): Promise<LoadedEngine> {
  return loadEngine("wasm", { threads: globalThis.crossOriginIsolated ? threads : 1 });
}

/** What moves to the page instead of being copied. */
function buffersOf({ progress, look, outcome }: News): ArrayBuffer[] {
  const arrays = [
    progress?.losses,
    progress?.accuracies,
    look?.filters?.pixels,
    look?.shown.pixels,
    look?.maps.pixels,
    look?.probabilities,
    outcome?.pictures.pixels,
  ];
  return arrays.flatMap((array) => (array ? [array.buffer] : []));
}

expose(new TrainingWorker());
