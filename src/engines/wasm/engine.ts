import { DeviceError, UsageError } from "../../ir/errors.ts";
import type { Engine } from "../engine.ts";
import { detectFeatures, type Features } from "./features.ts";
import { type Host, inlineHost } from "./host.ts";
import { loadModule } from "./module.ts";
import { measurePeak } from "./peak.ts";
import { prepareProgram } from "./program.ts";
import { availableCores } from "./runtime.ts";

export interface WasmOptions {
  /** Default: as many as the machine runs at once, where workers can share memory; otherwise 1. */
  readonly threads?: number;
  /** Fused multiply-adds, which round once. Default: where the host has relaxed SIMD. */
  readonly relaxed?: boolean;
  /** How many elements a step must be about for several threads to share it. Default: what is worth their meeting. */
  readonly shareFrom?: number;
}

/** An engine on WebAssembly that can tell the machine's limit. */
export interface WasmEngine extends Engine {
  /** GFLOP/s of multiply-adds in vectors of four on the engine's threads, measured: no kernel can pass it. */
  peak(): number;
}

/** The work of a step that takes one thread a few times as long as the threads take to meet, about a microsecond. */
const worthSharing = 32768;

/** The portable engine. Throws `DeviceError` where WebAssembly or its SIMD is missing. */
export async function loadWasm(options: WasmOptions = {}): Promise<WasmEngine> {
  const found = detectFeatures();
  if (!found.simd) throw new DeviceError("the wasm engine needs WebAssembly with SIMD, which is not here");
  const threads = expectThreads(options.threads ?? (found.threads ? availableCores() : 1), found);
  const features = { ...found, threads: threads > 1, relaxed: options.relaxed ?? found.relaxed };
  const module = await loadModule(features);
  const { shareFrom = worthSharing } = options;
  const host = await hostFor(module, threads);
  return {
    name: "wasm",
    description: describe(features, threads),
    peak: () => threads * measurePeak(module, features.threads),
    prepare: (graph, prepareOptions = {}) =>
      prepareProgram({ host, shared: features.threads, shareFrom }, graph, prepareOptions),
  };
}

async function hostFor(module: WebAssembly.Module, threads: number): Promise<Host> {
  if (threads === 1) return inlineHost(module);
  const { startPool } = await import("./pool.ts");
  return startPool(module, threads);
}

function expectThreads(threads: number, { threads: shared }: Features): number {
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`threads must be a whole number from 1 up, not ${threads}`);
  if (threads > 1 && !shared)
    throw new DeviceError(
      `the wasm engine can't have ${threads} threads here: there is no shared memory (a page must be cross-origin isolated)`,
    );
  return threads;
}

function describe({ relaxed, threads: shared }: Features, threads: number): string {
  const lanes = relaxed ? "relaxed SIMD" : "SIMD";
  return `WebAssembly, 128-bit ${lanes}, ${threads === 1 ? "1 thread" : `${threads} threads`}${shared ? ", shared memory" : ""}`;
}
