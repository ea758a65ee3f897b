import { expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { findRate } from "../../src/train/findRate.ts";

/** Gradient descent on w² / 2 from w = 10: it falls while the rate is below 2, and runs away beyond. */
function descent(): (rate: number) => Promise<number> {
  let w = 10;
  return async (rate) => {
    const loss = (w * w) / 2;
    w -= rate * w;
    return loss;
  };
}

it("rates grow geometrically until the loss runs away, and the suggestion is where it fell fastest", async () => {
  const { points, suggestion } = await findRate(descent(), {
    from: 2e-4,
    to: 2e4,
    steps: 81,
    smoothing: 0.5,
  });
  expect(points[0]).toEqual({ rate: 2e-4, loss: 50, smoothed: 50 });
  expect((points[11]?.rate ?? 0) / (points[10]?.rate ?? 1)).toBeCloseTo(10 ** 0.1, 10);
  expect(points.length).toBeLessThan(81);
  expect(suggestion).toBeGreaterThan(0.01);
  expect(suggestion).toBeLessThan(2);
});

it("a loss that is no number ends it, and one that never falls suggests nothing", async () => {
  let step = 0;
  const { points, suggestion } = await findRate(async () => (step++ < 5 ? step : Number.NaN));
  expect(points.length).toBe(5);
  expect(suggestion).toBeUndefined();
});

it("rates that do not grow, and too few steps, are refused", async () => {
  await expect(findRate(descent(), { from: 1, to: 0.1 })).rejects.toThrow(
    new UsageError("findRate: the rates go from 1 to 0.1, expected growing numbers above 0"),
  );
  await expect(findRate(descent(), { steps: 1 })).rejects.toThrow(
    new UsageError("findRate: steps is 1, expected a whole number of 2 or more"),
  );
});
