import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { inception_resnet_v2, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";

describe("inception_resnet_v2", () => {
  test("has 55,843,464 parameters and takes 13.156 G multiply-adds", () => {
    const { parameters, macs } = summarize(inception_resnet_v2());
    expect(parameters).toBe(55_843_464);
    expect((macs / 1e9).toFixed(3)).toBe("13.156");
  });

  test("has the published sizes behind every part", () => {
    const outputs = summarize(inception_resnet_v2())
      .rows.filter(({ level, output }) => level === 1 && output.length === 4)
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "conv2d_1a 32x149x149",
      "conv2d_2a 32x147x147",
      "conv2d_2b 64x147x147",
      "maxPool2d 64x73x73",
      "conv2d_3b 80x73x73",
      "conv2d_4a 192x71x71",
      "maxPool2d:2 192x35x35",
      "mixed_5b 320x35x35",
      "repeat 320x35x35",
      "mixed_6a 1088x17x17",
      "repeat_1 1088x17x17",
      "mixed_7a 2080x8x8",
      "repeat_2 2080x8x8",
      "block8 2080x8x8",
      "conv2d_7b 1536x8x8",
      "avgPool2d 1536x1x1",
    ]);
  });

  test("has timm's names and shapes", () => {
    const tensors = new Map(
      [...namedTensors(inception_resnet_v2())].map(([path, { shape }]) => [path, shape]),
    );
    expect(tensors.size).toBe(1102);
    expect([...tensors.keys()].slice(0, 2)).toEqual(["conv2d_1a.conv.weight", "conv2d_1a.bn.weight"]);
    expect(tensors.get("mixed_5b.branch1.1.conv.weight")).toEqual([64, 48, 5, 5]);
    expect(tensors.get("mixed_5b.branch3.1.conv.weight")).toEqual([64, 192, 1, 1]);
    expect(tensors.get("repeat.9.branch2.2.conv.weight")).toEqual([64, 48, 3, 3]);
    expect(tensors.get("repeat_1.19.branch1.2.conv.weight")).toEqual([192, 160, 7, 1]);
    expect(tensors.get("mixed_7a.branch2.2.conv.weight")).toEqual([320, 288, 3, 3]);
    expect(tensors.get("repeat_2.8.conv2d.weight")).toEqual([2080, 448, 1, 1]);
    expect(tensors.get("block8.branch1.1.conv.weight")).toEqual([224, 192, 1, 3]);
    expect(tensors.get("block8.conv2d.bias")).toEqual([2080]);
    expect([...tensors.keys()].slice(-2)).toEqual(["classif.weight", "classif.bias"]);
  });

  test.each([
    ["repeat", 10, 0.17],
    ["repeat_1", 20, 0.1],
    ["repeat_2", 9, 0.2],
  ])("the blocks of %s: %i that add %d of what they compute, and rectify the sum", (stage, count, scale) => {
    const { nodes } = trace(inception_resnet_v2(), f32(1, 3, 75, 75));
    const blocks = Array.from({ length: count }, (_, i) => `${stage}.${i}`);
    for (const block of blocks) {
      const own = nodes.filter(({ scope }) => scope === block);
      expect(own.map(({ op }) => op)).toEqual(["concat", "affine", "add", "relu"]);
      expect(own[1]?.attrs).toEqual({ scale: [scale], shift: [0] });
    }
    expect(nodes.some(({ scope }) => scope.startsWith(`${stage}.${count}`))).toBe(false);
  });

  test("the last block adds all of what it computes and has no ReLU", () => {
    const { nodes } = trace(inception_resnet_v2(), f32(1, 3, 75, 75));
    expect(nodes.filter(({ scope }) => scope === "block8").map(({ op }) => op)).toEqual(["concat", "add"]);
  });

  test("the convolution that closes a block is linear, with a bias and without batch norm", () => {
    const { nodes } = trace(inception_resnet_v2(), f32(1, 3, 75, 75));
    const closing = nodes.filter(({ scope }) => scope === "repeat.0.conv2d");
    expect(closing.map(({ op }) => op)).toEqual(["conv2d", "addChannels"]);
  });

  test("its average pool leaves the padding out", () => {
    const { nodes } = trace(inception_resnet_v2(), f32(1, 3, 75, 75));
    const pools = nodes.filter(({ op, scope }) => op === "avgPool2d" && scope !== "");
    expect(pools.map(({ scope, attrs }) => [scope, attrs])).toMatchObject([
      ["mixed_5b", { kernel: [3, 3], padding: [1, 1, 1, 1], countPadding: false }],
    ]);
  });

  test("drops 20 % before the last layer in training, or nothing by `dropout`", () => {
    const dropped = (dropout: boolean) => {
      const model = inception_resnet_v2({ classes: 5, size: 75, dropout });
      const walk = new Trace(model, { training: true });
      run(walk.graph.input("x", f32(2, ...model.input)), model);
      return walk.graph.nodes.filter(({ op }) => op === "dropout").map(({ attrs }) => attrs);
    };
    expect(dropped(true)).toMatchObject([{ p: 0.2 }]);
    expect(dropped(false)).toEqual([]);
  });

  test("refuses pictures smaller than 75x75, the least that leaves a pixel", () => {
    const { rows } = summarize(inception_resnet_v2({ size: [75, 90] }));
    expect(rows.find(({ path }) => path === "conv2d_7b")?.output).toEqual([1, 1536, 1, 1]);
    expect(() => inception_resnet_v2({ size: 74 })).toThrow(
      new UsageError("inception_resnet_v2: `size` must be a whole number from 75 up, not 74"),
    );
    expect(() => trace(inception_resnet_v2(), f32(1, 3, 75, 74))).toThrow(
      "inception_resnet_v2: takes pictures of 75x75 and larger, not 75x74",
    );
  });

  test("expects colours from -1 to 1, and no range in particular of grey", () => {
    expect(inception_resnet_v2().normalization).toEqual({ mean: [0.5], std: [0.5] });
    expect(inception_resnet_v2({ channels: 1 }).normalization).toBeUndefined();
  });
});
