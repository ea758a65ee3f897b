// What differs between Node, Deno, Bun and browsers. Nothing here is imported, so that any bundler takes it as it is.

/** How many threads the machine runs at once. */
export function availableCores(): number {
  return nodeModule("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** A worker of whatever kind the runtime has. */
export interface WorkerHandle {
  post(message: unknown): void;
  /** While held, the worker keeps the process alive. */
  hold(held: boolean): void;
  terminate(): void;
}

export interface WorkerListener {
  message(data: unknown): void;
  /** The worker is gone, or failed where nobody caught it. */
  death(reason: string): void;
}

/** Starts a worker that runs `source`, a script without imports. */
export function spawnWorker(source: string, listener: WorkerListener): WorkerHandle {
  const threads = nodeModule("node:worker_threads");
  if (threads) {
    const worker = new threads.Worker(source, { eval: true });
    worker.on("message", (data) => listener.message(data));
    worker.on("error", (error) => listener.death(error.message));
    worker.on("exit", (code) => listener.death(`it ended with ${code}`));
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  }
  return spawnWebWorker(source, listener);
}

/**
 * A browser says nothing when a worker ends, but then lets others have the locks it held. Outside of secure contexts
 * there are no locks, and only a worker's errors are known.
 */
function spawnWebWorker(source: string, listener: WorkerListener): WorkerHandle {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  const name = `convnets ${Math.random()}`;
  const hold = `navigator.locks.request("${name}", () => (postMessage("${name}"), new Promise(() => {})));`;
  const url = URL.createObjectURL(new Blob([locks ? hold : "", source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data === name) locks?.request(name, () => listener.death("it ended"));
    else listener.message(data);
  };
  worker.onerror = ({ message }) => listener.death(message ?? "it did not start");
  return {
    post: (message) => worker.postMessage(message),
    hold: () => {},
    terminate: () => worker.terminate(),
  };
}

/** A module of Node's own, where there is Node or what stands in for it. */
function nodeModule<Name extends "node:os" | "node:worker_threads">(
  name: Name,
): NodeModules[Name] | undefined {
  if (typeof process === "undefined" || !process.getBuiltinModule) return undefined;
  // `name` is one of the keys; the declared overloads can't see that.
  return process.getBuiltinModule(name) as NodeModules[Name] | undefined;
}

interface NodeModules {
  readonly "node:os": typeof import("node:os");
  readonly "node:worker_threads": typeof import("node:worker_threads");
}
