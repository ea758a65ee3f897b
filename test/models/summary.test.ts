import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/ir/errors.ts";
import {
  googlenet_article,
  googlenetTable,
  InceptionV1,
  lenet5,
  lenet5_paper,
  mlp,
  models,
  type Row,
  summarize,
} from "../../src/models/index.ts";

const line = ({ path, kind, output, window, parameters, macs, receptiveField }: Row) =>
  [path, kind, output.join("x"), window, parameters, macs, receptiveField.join("x")].join(" | ");

describe("summarize", () => {
  test("lists layers in the order of the computation, pooling included", () => {
    expect(summarize(lenet5()).rows.map(line)).toEqual([
      " | LeNet5 | 1x10 |  | 61706 | 416520 | 32x32",
      "conv1 | Conv2d | 1x6x28x28 | 5x5 p2 | 156 | 117600 | 5x5",
      "maxPool2d | maxPool2d | 1x6x14x14 | 2x2/2 | 0 | 0 | 6x6",
      "conv2 | Conv2d | 1x16x10x10 | 5x5 | 2416 | 240000 | 14x14",
      "maxPool2d:2 | maxPool2d | 1x16x5x5 | 2x2/2 | 0 | 0 | 16x16",
      "fc1 | Linear | 1x120 |  | 48120 | 48000 | 32x32",
      "fc2 | Linear | 1x84 |  | 10164 | 10080 | 32x32",
      "fc3 | Linear | 1x10 |  | 850 | 840 | 32x32",
    ]);
  });

  test("puts a layer made of others in front of them, one level up, with their numbers in its own", () => {
    const rows = summarize(googlenet_article()).rows.filter(({ path }) => /^b3\.0(\.branch4.*)?$/.test(path));
    expect(rows.map(({ level, path, macs }) => [level, path, macs])).toEqual([
      [2, "b3.0", 128_049_152],
      [3, "b3.0.branch4", 4_816_896],
      [4, "b3.0.branch4.0", 0],
      [4, "b3.0.branch4.1", 4_816_896],
      [5, "b3.0.branch4.1.conv", 4_816_896],
    ]);
  });

  test("measures a part of a network by itself", () => {
    const block = Object.assign(new InceptionV1(...googlenetTable["3a"]), { input: [192, 28, 28] as const });
    const { macs, parameters, output } = summarize(block);
    expect({ macs, parameters, output }).toEqual({
      macs: 128_049_152,
      parameters: 163_696,
      output: [1, 256, 28, 28],
    });
  });

  test("takes the widest of parallel branches as the receptive field", () => {
    const { rows } = summarize(googlenet_article());
    const field = (path: string) => rows.find((row) => row.path === path)?.receptiveField;
    expect(field("b3.0.branch1")).toEqual([27, 27]);
    expect(field("b3.0.branch2")).toEqual([43, 43]);
    expect(field("b3.0.branch3")).toEqual([59, 59]);
    expect(field("b3.0")).toEqual([59, 59]);
  });

  test("the receptive field of LeNet-5's C5 is the whole picture", () => {
    expect(summarize(lenet5_paper()).rows.find(({ path }) => path === "c5")?.receptiveField).toEqual([
      32, 32,
    ]);
  });

  test("the network's own receptive field is that of its last map, before something reads all of it", () => {
    expect(summarize(lenet5_paper()).receptiveField).toEqual([16, 16]);
    expect(summarize(googlenet_article()).receptiveField).toEqual([715, 715]);
    expect(summarize(mlp()).receptiveField).toEqual([28, 28]);
  });

  test("counts work for the batch and parameters once", () => {
    const [one, four] = [summarize(lenet5()), summarize(lenet5(), { batch: 4 })];
    expect(four.macs).toBe(4 * one.macs);
    expect(four.activations).toBe(4 * one.activations);
    expect(four.parameters).toBe(one.parameters);
    expect(four.input).toEqual([4, 1, 28, 28]);
  });

  test("counts the outputs of convolutions and full connections as activations", () => {
    expect(summarize(lenet5()).activations).toBe(6 * 28 * 28 + 16 * 10 * 10 + 120 + 84 + 10);
  });

  test("computes with another input where the model takes it", () => {
    expect(summarize(googlenet_article(), { input: [1, 96, 96] }).macs).toBeLessThan(300_000_000);
    expect(() => summarize(lenet5(), { input: [1, 96, 96] })).toThrow(ShapeError);
  });

  test("a layer's tensors and products say how its numbers come about", () => {
    const row = summarize(lenet5_paper()).rows.find(({ path }) => path === "c3");
    expect(row).toMatchObject({
      input: [1, 6, 14, 14],
      slides: { kernel: [5, 5], stride: [1, 1], padding: [0, 0, 0, 0] },
      tensors: [
        ["weight", [60, 1, 5, 5]],
        ["bias", [16]],
      ],
      products: [{ weight: [60, 1, 5, 5], positions: [1, 10, 10] }],
      parameters: 1516,
      macs: 150_000,
      activations: 1600,
    });
  });

  test.each(Object.values(models))("$name: layers' own numbers add up to the network's", ({ create }) => {
    const { rows, evaluationParameters, macs, activations } = summarize(create());
    const size = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
    const tensors = rows.flatMap((row) => row.tensors.map(([, shape]) => size(shape)));
    const products = rows.flatMap((row) => row.products);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
    expect(sum(tensors)).toBe(evaluationParameters);
    expect(sum(products.map(({ weight, positions }) => size(weight) * size(positions)))).toBe(macs);
    expect(sum(rows.flatMap((row) => (row.products.length > 0 ? row.activations : 0)))).toBe(activations);
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });
});
