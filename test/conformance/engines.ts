import { describe, it } from "vitest";
import type { Engine } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import type { OpName } from "../../src/ops/index.ts";

/** An engine the suite runs on, with what it is excused from. */
export interface EngineUnderTest {
  readonly name: string;
  load(): Promise<Engine>;
  /** Set to 1, the environment variable that turns "does not load here" from a skipped test into a failed one. */
  readonly required?: string;
  readonly skips: readonly Skip[];
}

export interface Skip {
  readonly op: OpName | "chain";
  /** The case's name; all cases of the op without it. */
  readonly case?: string;
  readonly because: string;
}

export const enginesUnderTest: readonly EngineUnderTest[] = [
  { name: "reference", load: async () => referenceEngine, skips: [] },
  { name: "onednn", load: loadOnednn, required: "CONVNETS_REQUIRE_ONEDNN", skips: [] },
  { name: "wasm", load: () => loadWasm({ threads: 1 }), skips: [] },
  { name: "wasm, 2 threads", load: () => loadWasm({ threads: 2, shareFrom: 0 }), skips: [] },
];

/** A suite for each engine under test; one test that tells why for an engine that does not load. */
export async function describeEngines(
  suite: (engine: Engine, under: EngineUnderTest) => void,
  engines: readonly EngineUnderTest[] = enginesUnderTest,
): Promise<void> {
  for (const under of engines) {
    const engine = await under.load().catch((error: unknown) => error);
    describe(under.name, () => {
      if (isEngine(engine)) return suite(engine, under);
      const required = under.required !== undefined && process.env[under.required] === "1";
      const reason = engine instanceof Error ? engine.message : String(engine);
      it.skipIf(!required)(`loads (it does not: ${reason.split("\n")[0]})`, () => {
        throw engine;
      });
    });
  }
}

function isEngine(loaded: unknown): loaded is Engine {
  return typeof loaded === "object" && loaded !== null && "prepare" in loaded;
}

/** Why this engine is excused from a case, if it is. */
export function skipOf({ skips }: EngineUnderTest, op: Skip["op"], name: string): string | undefined {
  return skips.find((skip) => skip.op === op && (skip.case ?? name) === name)?.because;
}

async function loadOnednn(): Promise<Engine> {
  const engine = await import("../../src/engines/onednn/engine.ts");
  return engine.loadOnednn();
}
