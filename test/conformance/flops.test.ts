import { describe, expect, it } from "vitest";
import { definitionOf } from "../../src/ops/index.ts";
import { build } from "./case.ts";
import { entries } from "./cases.ts";

for (const { op, cases } of entries)
  describe(op, () => {
    it("has cases with names of their own, the first with FLOPs counted by hand", () => {
      expect(cases[0]?.flops).toBeDefined();
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    });
    for (const row of cases)
      if (row.flops !== undefined)
        it(`${row.name} takes ${row.flops} FLOPs`, () => {
          const { node } = build(op, row);
          expect(definitionOf(node).flops(node)).toBe(row.flops);
        });
  });
