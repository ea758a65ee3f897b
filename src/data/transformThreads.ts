import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { ConvnetsError } from "../ir/errors.ts";
import type { TransformSpec } from "../transforms/definitions.ts";
import type { Pictures } from "./pictures.ts";
import type { TransformWork } from "./transformed.ts";

export interface ThreadSetup {
  readonly specs: readonly TransformSpec[];
  /** Of every transformed picture. */
  readonly shape: Pictures["shape"];
}

export type FromThread = { readonly pixels: Uint8Array<ArrayBuffer> } | { readonly failure: string };

interface Waiting {
  resolve(pixels: Uint8Array): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  /** In the order in which it will answer. */
  readonly waiting: Waiting[];
}

/** Half of the cores: engines want them all, and few transforms take more than a part of one. */
export const usualThreads: number = Math.max(1, Math.min(8, Math.floor(availableParallelism() / 2)));

/** Beside this file, and compiled or not as it is. */
const usualProgram = new URL(`./transformWorker${extname(import.meta.url)}`, import.meta.url);

/** Threads that transform pictures. What they answer does not depend on how many they are. */
export class TransformThreads {
  readonly #threads: readonly Thread[];
  #closed = false;
  #failure: ConvnetsError | undefined;

  constructor(setup: ThreadSetup, threads: number = usualThreads, program: URL = usualProgram) {
    this.#threads = Array.from({ length: threads }, () => {
      const worker = new Worker(program, { workerData: setup });
      const thread: Thread = { worker, waiting: [] };
      let reason = "";
      worker.on("message", (answer: FromThread) => {
        const waiting = thread.waiting.shift();
        if ("pixels" in answer) waiting?.resolve(answer.pixels);
        else waiting?.reject(new ConvnetsError(answer.failure));
      });
      worker.on("error", (error) => {
        reason = `: ${error instanceof Error ? error.message : String(error)}`;
      });
      worker.on("exit", (code) => this.#ended(thread, `with code ${code}${reason}`));
      return thread;
    });
  }

  /** The pictures after their transforms. Their own bytes are handed over, and gone from here. */
  run(work: TransformWork): Promise<Uint8Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    const [first, ...others] = this.#threads;
    if (first === undefined) throw new Error("bug in this library: no thread was started");
    const thread = others.reduce(
      (least, each) => (each.waiting.length < least.waiting.length ? each : least),
      first,
    );
    return new Promise((resolve, reject) => {
      thread.waiting.push({ resolve, reject });
      thread.worker.postMessage(work, buffersOf(work));
    });
  }

  /** Lets the threads end once they have answered; nobody has to wait for that. */
  close(): void {
    this.#closed = true;
    for (const { worker } of this.#threads) {
      worker.postMessage("close");
      worker.unref();
    }
  }

  #ended(thread: Thread, how: string): void {
    if (this.#closed && thread.waiting.length === 0) return;
    this.#failure = new ConvnetsError(`a thread that transforms pictures has ended ${how}`);
    for (const { reject } of thread.waiting.splice(0)) reject(this.#failure);
  }
}

/** The memory that the pictures lie in, which several may share. */
function buffersOf({ images }: TransformWork): readonly ArrayBuffer[] {
  const buffers = new Set(images.map(({ data }) => data.buffer));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}
