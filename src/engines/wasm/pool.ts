import { ConvnetsError, DeviceError } from "../../ir/errors.ts";
import type { Code, Host, Runner } from "./host.ts";
import { control } from "./memory.ts";
import { spawnWorker, type WorkerHandle } from "./runtime.ts";
import { type FromWorker, type ToWorker, workerMain } from "./worker.ts";

/** Starts the workers that run programs together; the calling thread only waits for them, and never blocks. */
export function startPool(
  module: WebAssembly.Module,
  threads: number,
  spawn: typeof spawnWorker = spawnWorker,
): Host {
  return new Pool(module, threads, spawn);
}

/** What the calling thread waits for. */
interface Waiting {
  /** Workers that have not answered yet. */
  missing: number;
  resolve(): void;
  reject(error: Error): void;
}

class Pool implements Host {
  readonly threads: number;
  readonly #module: WebAssembly.Module;
  readonly #workers: readonly WorkerHandle[];
  readonly #waiting = new Map<number, Waiting>();
  /** Those of the programs that are still held. */
  readonly #memories = new Map<number, WeakRef<ArrayBuffer>>();
  /** Tells the workers about programs nobody holds any more. */
  readonly #forgotten: FinalizationRegistry<number>;
  #broken: Error | undefined;
  #nextId = 0;

  constructor(module: WebAssembly.Module, threads: number, spawn: typeof spawnWorker) {
    this.threads = threads;
    this.#module = module;
    this.#workers = Array.from({ length: threads }, (_, thread) =>
      spawn(`(${workerMain})(${thread}, ${threads})`, {
        // What a worker of this pool says is of this type.
        message: (data) => this.#answer(data as FromWorker),
        death: (reason) => this.#break(`worker ${thread} died: ${reason}`),
      }),
    );
    this.#forgotten = new FinalizationRegistry((id) => {
      this.#memories.delete(id);
      this.#post({ kind: "forget", id });
    });
  }

  async prepare(code: Code): Promise<Runner> {
    const id = this.#nextId++;
    this.#memories.set(id, new WeakRef(code.memory.buffer));
    await this.#ask(
      { kind: "program", id, module: this.#module, ...code, failureAddress: control.failure },
      this.threads,
    );
    const runner: Runner = (prologue) => this.#ask({ kind: "run", id, prologue }, 1);
    this.#forgotten.register(runner, id);
    return runner;
  }

  /** Sends a message to all workers and waits for as many answers. */
  #ask(message: ToWorker, answers: number): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      if (this.#waiting.has(message.id))
        throw new ConvnetsError("a program runs once at a time; wait for the run before the next");
      this.#waiting.set(message.id, { missing: answers, resolve, reject });
      for (const worker of this.#workers) worker.hold(true);
      this.#post(message);
    });
  }

  #post(message: ToWorker): void {
    for (const worker of this.#workers) worker.post(message);
  }

  #answer(answer: FromWorker): void {
    if (answer.kind === "failed") {
      this.#break(`worker failed: ${answer.reason}`);
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    waiting.missing -= 1;
    if (waiting.missing > 0) return;
    this.#end(answer.id);
    waiting.resolve();
  }

  #end(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) for (const worker of this.#workers) worker.hold(false);
  }

  /** Nothing runs on this pool any more: what is under way fails, and so does all that comes. */
  #break(reason: string): void {
    if (this.#broken) return;
    const error = new DeviceError(`the wasm engine's ${reason}; load the engine again`);
    this.#broken = error;
    for (const memory of this.#memories.values()) release(memory.deref());
    for (const [id, { reject }] of [...this.#waiting]) {
      this.#end(id);
      reject(error);
    }
    for (const worker of this.#workers) worker.terminate();
  }
}

/** Lets threads that wait for one that will never come leave their barrier. */
function release(buffer: ArrayBuffer | undefined): void {
  if (!buffer) return;
  const words = new Int32Array(buffer);
  Atomics.store(words, control.abort / 4, 1);
  Atomics.add(words, control.generation / 4, 1);
  Atomics.notify(words, control.generation / 4);
}
