import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { inception_v4, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";

describe("inception_v4", () => {
  test("has 42,679,816 parameters and takes 12.254 G multiply-adds", () => {
    const { parameters, macs } = summarize(inception_v4());
    expect(parameters).toBe(42_679_816);
    expect((macs / 1e9).toFixed(3)).toBe("12.254");
  });

  test("has the published sizes behind every part", () => {
    const outputs = summarize(inception_v4())
      .rows.filter(({ path }) => /^features\.\d+$/.test(path))
      .map(({ output }) => output.slice(1).join("x"));
    expect(outputs).toEqual([
      "32x149x149",
      "32x147x147",
      "64x147x147",
      "160x73x73",
      "192x71x71",
      ...Array(5).fill("384x35x35"),
      ...Array(8).fill("1024x17x17"),
      ...Array(4).fill("1536x8x8"),
    ]);
  });

  test("has timm's names and shapes", () => {
    const tensors = new Map([...namedTensors(inception_v4())].map(([path, { shape }]) => [path, shape]));
    expect(tensors.size).toBe(747);
    expect([...tensors.keys()].slice(0, 6)).toEqual([
      "features.0.conv.weight",
      "features.0.bn.weight",
      "features.0.bn.bias",
      "features.0.bn.running_mean",
      "features.0.bn.running_var",
      "features.1.conv.weight",
    ]);
    expect(tensors.get("features.3.conv.conv.weight")).toEqual([96, 64, 3, 3]);
    expect(tensors.get("features.4.branch1.2.conv.weight")).toEqual([64, 64, 7, 1]);
    expect(tensors.get("features.6.branch3.1.conv.weight")).toEqual([96, 384, 1, 1]);
    expect(tensors.get("features.10.branch0.conv.weight")).toEqual([384, 384, 3, 3]);
    expect(tensors.get("features.17.branch2.4.conv.weight")).toEqual([256, 224, 1, 7]);
    expect(tensors.get("features.21.branch2_3b.conv.weight")).toEqual([256, 512, 3, 1]);
    expect([...tensors.keys()].slice(-2)).toEqual(["last_linear.weight", "last_linear.bias"]);
  });

  test("average pools leave the padding out, unlike Inception V3's", () => {
    const { nodes } = trace(inception_v4(), f32(1, 3, 75, 75));
    const pools = nodes.filter(({ op, scope }) => op === "avgPool2d" && scope !== "");
    expect(pools).toHaveLength(14);
    for (const { attrs } of pools)
      expect(attrs).toMatchObject({ kernel: [3, 3], padding: [1, 1, 1, 1], countPadding: false });
  });

  test("drops 20 % before the last layer in training, or nothing by `dropout`", () => {
    const dropped = (dropout: boolean) => {
      const model = inception_v4({ classes: 5, size: 75, dropout });
      const walk = new Trace(model, { training: true });
      run(walk.graph.input("x", f32(2, ...model.input)), model);
      return walk.graph.nodes.filter(({ op }) => op === "dropout").map(({ attrs }) => attrs);
    };
    expect(dropped(true)).toMatchObject([{ p: 0.2 }]);
    expect(dropped(false)).toEqual([]);
  });

  test.each([
    [75, 75],
    [90, 131],
  ])("takes pictures of any size from 75 up, such as %ix%i", (h, w) => {
    expect(trace(inception_v4(), f32(1, 3, h, w)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
  });

  test("refuses pictures smaller than 75x75, the least that leaves a pixel", () => {
    const { rows } = summarize(inception_v4({ size: 75 }));
    expect(rows.find(({ path }) => path === "features.21")?.output).toEqual([1, 1536, 1, 1]);
    expect(() => inception_v4({ size: 74 })).toThrow(
      new UsageError("inception_v4: `size` must be a whole number from 75 up, not 74"),
    );
    expect(() => trace(inception_v4(), f32(1, 3, 74, 75))).toThrow(
      "inception_v4: takes pictures of 75x75 and larger, not 74x75",
    );
  });

  test("expects colours from -1 to 1, and no range in particular of grey", () => {
    expect(inception_v4().normalization).toEqual({ mean: [0.5], std: [0.5] });
    expect(inception_v4({ channels: 1 }).normalization).toBeUndefined();
  });
});
