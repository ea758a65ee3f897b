import { assert, integer, property, string, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  constantly,
  fixed,
  glorot,
  glorotUniform,
  heNormalFanIn,
  heNormalFanOut,
  heUniform,
  type Initializer,
  initialize,
  normal,
  torchDefault,
  truncatedNormal,
  uniformWithin,
  zeros,
} from "../../src/nn/init.ts";

const sample = (init: Initializer, n = 20_000) => initialize(init, [n], "conv.weight", 1);
const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
const deviation = (values: Float32Array) => Math.sqrt(mean(values.map((v) => v * v)) - mean(values) ** 2);

describe.each<[name: string, init: Initializer, bound: number]>([
  ["uniformWithin", uniformWithin(0.25), 0.25],
  ["torchDefault", torchDefault(25), 0.2],
  ["heUniform", heUniform(24), 0.5],
  ["glorotUniform", glorotUniform(10, 14), 0.5],
])("%s", (_, init, bound) => {
  test("fills its range evenly", () => {
    const values = sample(init);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...values)).toBeGreaterThan(0.99 * bound);
    expect(Math.min(...values)).toBeLessThan(-0.99 * bound);
    // Four standard errors of the mean, and two hundredths for the deviation of a uniform distribution.
    expect(Math.abs(mean(values))).toBeLessThan((4 * bound) / Math.sqrt(3 * values.length));
    expect(Math.abs(deviation(values) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.02);
  });
});

test("normal has mean 0 and the deviation asked for, and no value is infinite", () => {
  const values = sample(normal(0.01));
  expect(Math.abs(mean(values))).toBeLessThan((4 * 0.01) / Math.sqrt(values.length));
  expect(Math.abs(deviation(values) / 0.01 - 1)).toBeLessThan(0.02);
  expect(values.every(Number.isFinite)).toBe(true);
  const beyond = values.filter((v) => Math.abs(v) > 0.02).length / values.length;
  expect(beyond).toBeCloseTo(0.0455, 2);
});

test("truncatedNormal has no value beyond its bound, and the deviation that is left", () => {
  const values = sample(truncatedNormal(0.1));
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.2);
  expect(Math.max(...values)).toBeGreaterThan(0.19);
  expect(Math.abs(mean(values))).toBeLessThan((4 * 0.1) / Math.sqrt(values.length));
  // Of a normal distribution cut at two deviations, 0.8796 of one is left.
  expect(Math.abs(deviation(values) / 0.08796 - 1)).toBeLessThan(0.02);
  expect(sample(truncatedNormal(0.1, 10))).toEqual(sample(normal(0.1)));
});

test("heNormal reads its fan off the shape: gain² / fan in or fan out is the variance", () => {
  const of = (init: Initializer) => deviation(initialize(init, [64, 32, 3, 3], "conv.weight", 1));
  expect(Math.abs(of(heNormalFanOut()) / Math.sqrt(2 / (64 * 9)) - 1)).toBeLessThan(0.02);
  expect(Math.abs(of(heNormalFanIn()) / Math.sqrt(2 / (32 * 9)) - 1)).toBeLessThan(0.02);
  expect(Math.abs(of(heNormalFanIn(1)) / Math.sqrt(1 / (32 * 9)) - 1)).toBeLessThan(0.02);
});

test("glorot reads both fans off the shape", () => {
  const shape = [64, 32, 3, 3];
  const expected = initialize(glorotUniform(32 * 9, 64 * 9), shape, "conv.weight", 1);
  expect(initialize(glorot(), shape, "conv.weight", 1)).toEqual(expected);
});

test("truncatedNormal and heNormal are functions of the seed", () => {
  for (const init of [truncatedNormal(0.1), heNormalFanOut(), heNormalFanIn()]) {
    const of = (seed: number) => initialize(init, [4, 3, 2, 2], "conv.weight", seed);
    expect(of(1)).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
  }
});

test("zeros, constantly and fixed need no random numbers", () => {
  expect([...initialize(zeros(), [2, 2], "a", 1)]).toEqual([0, 0, 0, 0]);
  expect([...initialize(constantly(3), [2], "a", 1)]).toEqual([3, 3]);
  expect([...initialize(fixed([1, -1]), [2], "a", 1)]).toEqual([1, -1]);
});

describe("initialize", () => {
  test("is a function of seed and path alone", () => {
    assert(
      property(tuple(integer(), string()), ([seed, path]) => {
        const once = initialize(normal(1), [5], path, seed);
        expect(initialize(normal(1), [5], path, seed)).toEqual(once);
      }),
      { seed: 1 },
    );
  });

  test("gives other numbers for another seed and for another path", () => {
    const one = initialize(uniformWithin(1), [8], "conv1.weight", 1);
    expect(initialize(uniformWithin(1), [8], "conv1.weight", 2)).not.toEqual(one);
    expect(initialize(uniformWithin(1), [8], "conv2.weight", 1)).not.toEqual(one);
  });

  test("does not depend on the tensor's size", () => {
    const [short, long] = [4, 8].map((n) => initialize(uniformWithin(1), [n], "fc.bias", 7));
    expect([...(long ?? [])].slice(0, 4)).toEqual([...(short ?? [])]);
  });
});
