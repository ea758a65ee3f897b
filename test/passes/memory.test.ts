import fc from "fast-check";
import { expect, it } from "vitest";
import { type Lifetime, planMemory } from "../../src/passes/memory.ts";

const lifetimes = fc.array(
  fc
    .record({ bytes: fc.nat(1000), first: fc.nat(20), length: fc.nat(8) })
    .map(({ bytes, first, length }): Lifetime => ({ bytes, first, last: first + length })),
  { maxLength: 40 },
);

it("no two lifetimes that share a step share a byte, and all lie aligned within the arena", () => {
  fc.assert(
    fc.property(lifetimes, (all) => {
      const { offsets, bytes } = planMemory(all);
      const placed = all.map((lifetime, index) => ({ ...lifetime, start: offsets[index] ?? -1 }));
      for (const [index, a] of placed.entries()) {
        expect(a.start % 64).toBe(0);
        expect(a.start).toBeGreaterThanOrEqual(0);
        expect(a.start + a.bytes).toBeLessThanOrEqual(bytes);
        for (const b of placed.slice(index + 1)) {
          const contemporaries = a.first <= b.last && b.first <= a.last;
          const apart = a.start + a.bytes <= b.start || b.start + b.bytes <= a.start;
          expect(!contemporaries || apart).toBe(true);
        }
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

it("lifetimes one behind the other share one place", () => {
  const chain = [0, 1, 2, 3].map((first) => ({ bytes: 128, first, last: first }));
  expect(planMemory(chain)).toEqual({ offsets: [0, 0, 0, 0], bytes: 128 });
});

it("a smaller lifetime takes the gap that a dead one left", () => {
  const plan = planMemory([
    { bytes: 256, first: 0, last: 1 },
    { bytes: 192, first: 1, last: 3 },
    { bytes: 64, first: 2, last: 3 },
  ]);
  expect(plan).toEqual({ offsets: [0, 256, 0], bytes: 448 });
});

it("a lifetime that ends before it begins is a bug", () => {
  expect(() => planMemory([{ bytes: 1, first: 2, last: 1 }])).toThrow("a lifetime ends before it begins");
});
