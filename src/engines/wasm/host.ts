import { control } from "./memory.ts";

/** Steps as numbers, three a step: which kernel, where its record lies, and `flags`. */
export type StepList = Int32Array;

export const flags = {
  /** The threads share the step; without it the first does it alone. */
  shared: 1,
  /** The threads meet before the step. */
  meet: 2,
} as const;

/** A program as its host gets it. */
export interface Code {
  readonly memory: WebAssembly.Memory;
  readonly kernels: readonly string[];
  readonly prologue: StepList;
  readonly steps: StepList;
  /** Takes the seconds of each step, the prologue's first; none when nobody asked for them. */
  readonly seconds: Float64Array | undefined;
}

/** Something that runs programs' steps. */
export interface Host {
  readonly threads: number;
  prepare(code: Code): Promise<Runner>;
}

/** Runs a program once, with its prologue or without. */
export type Runner = (prologue: boolean) => Promise<void>;

type KernelFunction = (record: number, thread: number, threads: number) => void;

/** Runs programs on the calling thread. */
export function inlineHost(module: WebAssembly.Module): Host {
  return {
    threads: 1,
    prepare: async ({ memory, kernels, prologue, steps, seconds }) => {
      const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
      // The names are those of the module's own kernels.
      const functions = kernels.map((name) => exports[name] as KernelFunction);
      const failure = new Int32Array(memory.buffer, control.failure, 1);
      const run = (list: StepList, first: number) => {
        for (let at = 0; at < list.length && failure[0] === 0; at += 3) {
          const start = seconds ? performance.now() : 0;
          functions[list[at] ?? 0]?.(list[at + 1] ?? 0, 0, 1);
          const index = first + at / 3;
          if (seconds) seconds[index] = (seconds[index] ?? 0) + (performance.now() - start) / 1000;
        }
      };
      return async (withPrologue) => {
        if (withPrologue) run(prologue, 0);
        run(steps, prologue.length / 3);
      };
    },
  };
}
