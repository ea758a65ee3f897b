import { describe, expect, it } from "vitest";
import type { Arrays, Engine, PrepareOptions } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { type AnyCase, build, defaultTolerance, graphOf } from "./case.ts";
import { type Entry, entries } from "./cases.ts";
import { copied, expectClose } from "./compare.ts";
import { describeEngines, skipOf } from "./engines.ts";

await describeEngines((engine, under) => {
  for (const entry of entries)
    describe(entry.op, () => {
      for (const row of entry.cases) {
        const because = skipOf(under, entry.op, row.name);
        it.skipIf(because !== undefined)(`${row.name}${because === undefined ? "" : ` (${because})`}`, () =>
          expectReferenceValues(engine, entry, row),
        );
      }
    });
});

/** The second run on a prepared program gives what the reference gives on its first: nothing is left of other inputs. */
async function expectReferenceValues(engine: Engine, entry: Entry, row: AnyCase): Promise<void> {
  const expected = await lastOf(referenceEngine, entry, row, [0]);
  expect(Object.keys(expected).length).toBeGreaterThan(0);
  const allowed = entry.exact ? 0 : defaultTolerance;
  expectClose(await lastOf(engine, entry, row, [1, 0], { exact: true }), expected, allowed);
  if (row.tolerance) expectClose(await lastOf(engine, entry, row, [1, 0]), expected, row.tolerance.relative);
}

/** What the last of several runs gives, each on another variant of the inputs. */
async function lastOf(
  engine: Engine,
  { op }: Entry,
  row: AnyCase,
  variants: readonly number[],
  options?: PrepareOptions,
): Promise<Arrays> {
  const built = build(op, row);
  const program = await engine.prepare(graphOf(built), options);
  let last: Arrays = {};
  for (const variant of variants) last = await program.run(built.feeds(variant));
  return copied(last);
}
