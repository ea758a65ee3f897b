import { expect, it } from "vitest";
import type { Arrays, Engine } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { blockChains } from "./blockChains.ts";
import { type Chain, chains } from "./chains.ts";
import { copied, expectClose } from "./compare.ts";
import { Draft } from "./draft.ts";
import { describeEngines, skipOf } from "./engines.ts";
import { normChains } from "./normChains.ts";

// Rounding errors grow from op to op, and a 3x3 convolution may be a Winograd transform.
const tolerance = 1e-4;

await describeEngines((engine, under) => {
  for (const chain of [...chains, ...normChains, ...blockChains]) {
    const because = skipOf(under, "chain", chain.name);
    const skipped = it.skipIf(because !== undefined);
    const end = because === undefined ? "" : ` (${because})`;
    skipped(`${chain.name}: three runs give what the reference gives${end}`, async () => {
      const expected = await traceOf(referenceEngine, chain);
      expect(expected.length).toBe(3);
      compare(await traceOf(engine, chain), expected);
    });
    skipped(`${chain.name}: the same after the passes${end}`, async () => {
      compare(await traceOf(engine, chain, optimize), await traceOf(referenceEngine, chain));
    });
  }
});

function compare(actual: readonly Arrays[], expected: readonly Arrays[]): void {
  expected.forEach((arrays, run) => {
    expectClose(actual[run] ?? {}, arrays, tolerance);
  });
}

/** Outputs and states after each of three runs on different inputs. */
async function traceOf(
  engine: Engine,
  chain: Chain,
  pass = (graph: Graph) => graph,
): Promise<readonly Arrays[]> {
  const draft = new Draft(chain.name);
  chain.build(draft);
  const { graph, feeds, states } = draft.finish();
  const program = await engine.prepare(pass(graph));
  for (const [name, data] of Object.entries(states)) program.write(name, data);
  const trace: Arrays[] = [];
  for (const run of [0, 1, 2]) {
    const outputs = copied(await program.run(feeds(run)));
    const after = Object.keys(states).map((name) => [`state ${name}`, program.read(name)] as const);
    trace.push({ ...outputs, ...Object.fromEntries(after) });
  }
  return trace;
}
