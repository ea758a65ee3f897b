import { ConvnetsError, DeviceError, UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import type { Engine } from "./engine.ts";

export interface LoadOptions {
  /** For engines with threads. Default: as many as the machine runs at once. */
  readonly threads?: number;
  /**
   * For wasm: multiply-adds that round once. Default: where the host has them. Without them all hosts give the same
   * numbers, to the last bit.
   */
  readonly relaxed?: boolean;
  /** Takes the reason when `auto` has to be content with a slower engine. */
  readonly note?: (text: string) => void;
}

/** An engine that may know its machine's limit. */
export interface LoadedEngine extends Engine {
  /** GFLOP/s of fused multiply-adds on the engine's threads, measured: no kernel can pass it. */
  peak?(): number;
}

type Load = (options: LoadOptions) => Promise<LoadedEngine>;

// Imported when asked for: what needs Node stays out of programs for browsers.
const loaders: Readonly<Record<"onednn" | "wasm" | "reference", Load>> = {
  onednn: async ({ threads }) => {
    // Bundles for browsers leave the import empty (`browser` in package.json), and pages can't resolve what it needs.
    if (typeof process === "undefined" || !("node" in process.versions))
      throw new DeviceError("the oneDNN engine needs Node");
    const { loadOnednn } = await import("./onednn/engine.ts");
    return loadOnednn(threads === undefined ? {} : { threads });
  },
  wasm: async ({ threads, relaxed }) => {
    const { loadWasm } = await import("./wasm/engine.ts");
    return loadWasm({ ...(threads !== undefined && { threads }), ...(relaxed !== undefined && { relaxed }) });
  },
  reference: async () => (await import("./reference/engine.ts")).referenceEngine,
};

/** Every engine, fastest first. */
export const engineNames: readonly (keyof typeof loaders)[] = ["onednn", "wasm", "reference"];

/** The engine of that name; `auto` is the fastest one that loads. Throws `DeviceError` when it can't be had. */
export async function loadEngine(name: string, options: LoadOptions = {}): Promise<LoadedEngine> {
  checkEngine(name);
  const known = engineNames.find((engine) => engine === name);
  if (known !== undefined) return loaders[known](options);
  const reasons: string[] = [];
  for (const engine of engineNames) {
    try {
      const loaded = await loaders[engine](options);
      const slow = engine === "reference" ? "slow" : "slower";
      if (reasons.length > 0)
        options.note?.(`using the ${engine} engine, which is ${slow}: ${reasons.join("; ")}`);
      return loaded;
    } catch (error) {
      if (!(error instanceof ConvnetsError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new DeviceError(`no engine loads: ${reasons.join("; ")}`);
}

/** Throws `UsageError` unless `loadEngine` knows the name. */
export function checkEngine(name: string): void {
  const names = ["auto", ...engineNames];
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`there is no engine ${quote(name)}, expected ${names.join(", ")}${hint}`);
}
