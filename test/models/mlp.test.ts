import { describe, expect, test } from "vitest";
import { lenet5, mlp, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";

const parametersOf = (model: Parameters<typeof summarize>[0]) => summarize(model).parameters;

describe("mlp", () => {
  test("has 784, 256, 128 and 10 units unless told otherwise", () => {
    const weights = [...namedTensors(mlp())].filter(([path]) => path.endsWith("weight"));
    expect(weights.map(([path, { shape }]) => [path, shape])).toEqual([
      ["layers.0.weight", [256, 784]],
      ["layers.1.weight", [128, 256]],
      ["layers.2.weight", [10, 128]],
    ]);
    expect(parametersOf(mlp())).toBe(235_146);
  });

  test("without hidden layers is a linear classifier", () => {
    expect(parametersOf(mlp({ hidden: [] }))).toBe(7_850);
  });

  test("refuses a hidden layer without units", () => {
    expect(() => mlp({ hidden: [128, 0] })).toThrow("mlp: `hidden` must be a whole number from 1 up, not 0");
  });

  test("has 3.8 times the parameters of LeNet-5 for the same digits", () => {
    expect(parametersOf(mlp()) / parametersOf(lenet5())).toBeCloseTo(3.81, 2);
  });

  test("gives one unit of the article's 100x100x3 picture 30,000 connections", () => {
    const model = mlp({ hidden: [1], channels: 3, size: 100 });
    const [[, first] = []] = [...namedTensors(model)];
    expect(first?.shape).toEqual([1, 30_000]);
  });
});
