import { expect, it } from "vitest";
import { constantRate, cosine } from "../../src/train/schedules.ts";

it("constant: the peak throughout, after a linear warm-up", () => {
  expect([0, 0.5, 1].map(constantRate())).toEqual([1, 1, 1]);
  expect([0, 0.1, 0.2, 1].map(constantRate({ warmup: 0.2 }))).toEqual([0, 0.5, 1, 1]);
});

it("cosine: from the peak through one half to nothing, after a linear warm-up", () => {
  const [start = 0, half = 0, end = 1] = [0, 0.5, 1].map(cosine());
  expect([start, end]).toEqual([1, 0]);
  expect(half).toBeCloseTo(0.5, 12);
  const warm = cosine({ warmup: 0.2 });
  expect([warm(0), warm(0.1), warm(0.2)]).toEqual([0, 0.5, 1]);
  expect(warm(0.6)).toBeCloseTo(0.5, 12);
});
