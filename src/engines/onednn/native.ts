import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { DeviceError } from "../../ir/errors.ts";
import type { DType, Shape, TypedArray } from "../../ir/type.ts";
import type { Lifetime } from "../../passes/memory.ts";
import type { Choices, MemoryReport, StepTime } from "../engine.ts";

// What native/addon.cc exports. It checks all of it again on its side.

export interface NativeValue {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly kind: "input" | "state" | "node";
}

export interface NativeNode {
  readonly op: string;
  readonly scope: string;
  readonly flops: number;
  /** Indices of values. */
  readonly inputs: readonly number[];
  readonly results: readonly number[];
  readonly attrs: readonly number[];
}

export interface NativeGraph {
  readonly values: readonly NativeValue[];
  readonly nodes: readonly NativeNode[];
  readonly outputs: readonly number[];
  /** State and value by turns. */
  readonly updates: readonly number[];
}

export interface NativeOptions {
  readonly profile: boolean;
  readonly exact: boolean;
  readonly choices: Choices;
}

export interface NativeProgram {
  build(): Promise<void>;
  lifetimes(): readonly Lifetime[];
  bind(offsets: readonly number[], bytes: number): Promise<void>;
  run(inputs: readonly TypedArray[]): Promise<void>;
  read(state: number, into: TypedArray): void;
  write(state: number, from: TypedArray): void;
  output(index: number, into: TypedArray): void;
  steps(): readonly StepTime[];
  choices(): Choices;
  memory(): MemoryReport;
}

export interface NativeEngine {
  create(graph: NativeGraph, options: NativeOptions): NativeProgram;
  /** Measures the machine's limit: GFLOP/s of fused multiply-adds on all threads. */
  peak(): number;
}

export interface Addon {
  readonly NativeEngine: new (threads: number) => NativeEngine;
  describe(): { readonly version: string; readonly isa: string; readonly ops: readonly string[] };
}

/** The compiled addon. Throws `DeviceError` with the reason when there is none or it does not load. */
export function loadAddon(): Addon {
  // The variable is for tests with another build, such as the one with a sanitizer.
  const path =
    process.env.CONVNETS_ADDON ?? fileURLToPath(new URL("../../../build/convnets.node", import.meta.url));
  try {
    // The addon has no types of its own; `Addon` above states what native/addon.cc exports.
    return createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    const missing = error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
    throw new DeviceError(
      missing
        ? "the oneDNN engine is not built; install a C++ compiler and oneDNN (Debian and Ubuntu: apt-get install g++ libdnnl-dev, macOS: brew install onednn libomp), then run `node scripts/addon.js` in the package's folder"
        : `the oneDNN engine does not load: ${reason}`,
    );
  }
}
