// What a worker of the pool runs. `workerMain` travels as source, so it refers to nothing outside of itself.

/** A program, to be held ready under a number. */
export interface ProgramMessage {
  readonly kind: "program";
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: readonly string[];
  readonly prologue: Int32Array;
  readonly steps: Int32Array;
  readonly seconds: Float64Array | undefined;
  readonly failureAddress: number;
}

export type ToWorker =
  | ProgramMessage
  | { readonly kind: "run"; readonly id: number; readonly prologue: boolean }
  | { readonly kind: "forget"; readonly id: number };

/** `failed` says what went wrong in this worker. */
export type FromWorker =
  | { readonly kind: "ready" | "done"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly reason: string };

/** Runs programs as `thread` of `threads`, on command. */
export function workerMain(thread: number, threads: number): void {
  interface Port {
    postMessage(message: FromWorker): void;
    on?(event: "message", listener: (message: ToWorker) => void): void;
    onmessage?: ((event: { readonly data: ToWorker }) => void) | null;
  }
  type KernelFunction = (record: number, thread: number, threads: number) => void;

  const programs = new Map<number, (prologue: boolean) => void>();

  const prepare = ({
    module,
    memory,
    kernels,
    prologue,
    steps,
    seconds,
    failureAddress,
  }: ProgramMessage): ((prologue: boolean) => void) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const barrier = exports.barrier as (threads: number) => number; // the module's own, by its signature
    const functions = kernels.map((name) => exports[name] as KernelFunction); // and its kernels
    const failure = new Int32Array(memory.buffer, failureAddress, 1);
    const timed = thread === 0 ? seconds : undefined;
    /** Whether the run goes on. */
    const walk = (list: Int32Array, first: number): boolean => {
      for (let at = 0; at < list.length; at += 3) {
        const flags = list[at + 2] ?? 0;
        if (flags & 2 && barrier(threads) !== 0) return false;
        const start = timed ? performance.now() : 0;
        const run = functions[list[at] ?? 0];
        const record = list[at + 1] ?? 0;
        if (flags & 1) run?.(record, thread, threads);
        else if (thread === 0 && failure[0] === 0) run?.(record, 0, 1);
        const index = first + at / 3;
        if (timed) timed[index] = (timed[index] ?? 0) + (performance.now() - start) / 1000;
      }
      return true;
    };
    return (withPrologue) => {
      if (withPrologue && !walk(prologue, 0)) return;
      if (walk(steps, prologue.length / 3)) barrier(threads);
    };
  };

  const handle = (port: Port, message: ToWorker): void => {
    const { id } = message;
    try {
      if (message.kind === "program") {
        programs.set(id, prepare(message));
        port.postMessage({ kind: "ready", id });
      } else if (message.kind === "run") {
        programs.get(id)?.(message.prologue);
        if (thread === 0) port.postMessage({ kind: "done", id });
      } else programs.delete(id);
    } catch (error) {
      port.postMessage({
        kind: "failed",
        id,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  };

  // Node gives a worker its port by a module; everywhere else the worker is the port.
  const node = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:worker_threads");
  const port = (node?.parentPort ?? globalThis) as Port; // all it needs is what both have
  if (port.on) port.on("message", (message) => handle(port, message));
  else port.onmessage = ({ data }) => handle(port, data);
}
