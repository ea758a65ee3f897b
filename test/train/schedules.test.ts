import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import {
  cosine,
  createSchedule,
  multiStepDecay,
  oneCycle,
  type Plateau,
  plateau,
  type Schedule,
  type ScheduleConfig,
  schedules,
  stepDecay,
} from "../../src/train/schedules.ts";

// recorded/schedules.json holds what PyTorch's schedulers give; schedules.py beside it has recorded it.

interface Recorded {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly losses: readonly number[];
  readonly schedules: readonly { readonly config: ScheduleConfig; readonly factors: readonly number[] }[];
  readonly plateaus: readonly { readonly options: Plateau; readonly factors: readonly number[] }[];
}

const { steps, stepsPerEpoch, losses, ...recorded }: Recorded = JSON.parse(
  readFileSync(new URL("recorded/schedules.json", import.meta.url), "utf8"),
);

function expectFactors(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((factor, at) => {
    expect(actual[at], `factor ${at}`).toBeCloseTo(factor, 8);
  });
}

function factorsOf(schedule: Schedule, length = steps): readonly number[] {
  return Array.from({ length }, (_, step) => schedule({ step, steps: length, stepsPerEpoch }));
}

describe("PyTorch's factors", () => {
  test.each(recorded.schedules)("$config", ({ config, factors }) => {
    expectFactors(factorsOf(createSchedule(config)), factors);
  });

  test.each(recorded.plateaus)("plateau $options", ({ options, factors }) => {
    const validations = losses.map((loss) => ({ loss, top1: 1 - loss }));
    const after = (epochs: number) => ({
      ...{ step: epochs * stepsPerEpoch, steps: 1000, stepsPerEpoch },
      validations: validations.slice(0, epochs),
    });
    const schedule = plateau(options);
    expectFactors(
      factors.map((_, epochs) => schedule(after(epochs))),
      factors,
    );
  });
});

it("every schedule has a name, and options that can be left out", () => {
  for (const schedule of Object.values(schedules))
    for (const factor of factorsOf(schedule())) expect(factor >= 0 && factor <= 1).toBe(true);
});

it("a span is epochs, steps or a part of the whole", () => {
  const falls = (schedule: Schedule) => factorsOf(schedule, 40).findIndex((factor) => factor < 1);
  expect(falls(stepDecay({ every: 1.5 }))).toBe(15);
  expect(falls(stepDecay({ every: { steps: 7 } }))).toBe(7);
  expect(falls(multiStepDecay({ milestones: [{ part: 0.6 }] }))).toBe(24);
});

it("the warm-up shifts what spans the rest of the training, and milestones stay where they are", () => {
  const warm = factorsOf(cosine({ warmup: 2, warmupFrom: 0 }), 40);
  expect([warm[0], warm[10], warm[20]]).toEqual([0, 0.5, 1]);
  expect(warm[30]).toBeCloseTo(0.5, 12);
  const stepped = factorsOf(multiStepDecay({ warmup: 1, milestones: [2] }), 40);
  expect([stepped[19], stepped[20]]).toEqual([1, 0.1]);
});

it("what cannot be is refused by name and value", () => {
  expect(() => cosine({ warmup: -1 })).toThrow(
    new UsageError("warmup is -1, expected a length of training, 0 or more"),
  );
  expect(() => stepDecay({ every: { part: 0 } })).toThrow(
    new UsageError("stepDecay: every is 0, expected a length of training above 0"),
  );
  expect(() => stepDecay({ gamma: Number.NaN })).toThrow(
    new UsageError("stepDecay: gamma is NaN, expected a number above 0"),
  );
  expect(() => oneCycle({ rise: 1 })).toThrow(
    new UsageError("oneCycle: rise is 1, expected a part between 0 and 1"),
  );
  expect(() => plateau({ factor: 1 })).toThrow(
    new UsageError("plateau: factor is 1, expected a part between 0 and 1"),
  );
  expect(() => cosine({ warmupFrom: 2 })).toThrow(
    new UsageError("warmupFrom is 2, expected a factor of the rate between 0 and 1"),
  );
});
