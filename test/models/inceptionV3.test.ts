import { describe, expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { type InceptionV3Options, inception_v3, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";

describe("inception_v3", () => {
  test("has 23,834,568 parameters without its head and 27,161,264 with it", () => {
    expect(summarize(inception_v3({ auxiliary: false })).parameters).toBe(23_834_568);
    const { parameters, evaluationParameters } = summarize(inception_v3());
    expect(parameters).toBe(27_161_264);
    expect(evaluationParameters).toBe(23_834_568);
  });

  test("takes 5.713 G multiply-adds, and its longest path has 48 layers with weights", () => {
    const { macs, depth } = summarize(inception_v3());
    expect((macs / 1e9).toFixed(3)).toBe("5.713");
    expect(depth).toBe(48);
  });

  test("has the published sizes behind every part", () => {
    const outputs = summarize(inception_v3())
      .rows.filter(({ level, output }) => level === 1 && output.length === 4)
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "Conv2d_1a_3x3 32x149x149",
      "Conv2d_2a_3x3 32x147x147",
      "Conv2d_2b_3x3 64x147x147",
      "maxPool2d 64x73x73",
      "Conv2d_3b_1x1 80x73x73",
      "Conv2d_4a_3x3 192x71x71",
      "maxPool2d:2 192x35x35",
      "Mixed_5b 256x35x35",
      "Mixed_5c 288x35x35",
      "Mixed_5d 288x35x35",
      "Mixed_6a 768x17x17",
      "Mixed_6b 768x17x17",
      "Mixed_6c 768x17x17",
      "Mixed_6d 768x17x17",
      "Mixed_6e 768x17x17",
      "Mixed_7a 1280x8x8",
      "Mixed_7b 2048x8x8",
      "Mixed_7c 2048x8x8",
      "avgPool2d 2048x1x1",
    ]);
  });

  test("has torchvision's names and shapes", () => {
    const tensors = new Map([...namedTensors(inception_v3())].map(([path, { shape }]) => [path, shape]));
    expect([...tensors.keys()].slice(0, 6)).toEqual([
      "Conv2d_1a_3x3.conv.weight",
      "Conv2d_1a_3x3.bn.weight",
      "Conv2d_1a_3x3.bn.bias",
      "Conv2d_1a_3x3.bn.running_mean",
      "Conv2d_1a_3x3.bn.running_var",
      "Conv2d_2a_3x3.conv.weight",
    ]);
    expect(tensors.get("Mixed_5b.branch5x5_2.conv.weight")).toEqual([64, 48, 5, 5]);
    expect(tensors.get("Mixed_5c.branch_pool.conv.weight")).toEqual([64, 256, 1, 1]);
    expect(tensors.get("Mixed_6b.branch7x7_2.conv.weight")).toEqual([128, 128, 1, 7]);
    expect(tensors.get("Mixed_6e.branch7x7dbl_5.conv.weight")).toEqual([192, 192, 1, 7]);
    expect(tensors.get("Mixed_7c.branch3x3dbl_3b.conv.weight")).toEqual([384, 384, 3, 1]);
    const tail = [...tensors.keys()].filter((path) => /^(AuxLogits|fc)/.test(path) && !path.includes(".bn."));
    expect(tail).toEqual([
      "AuxLogits.conv0.conv.weight",
      "AuxLogits.conv1.conv.weight",
      "AuxLogits.fc.weight",
      "AuxLogits.fc.bias",
      "fc.weight",
      "fc.bias",
    ]);
  });

  test("average pools count the padding, as the weights expect", () => {
    const { nodes } = trace(inception_v3(), f32(1, 3, 75, 75));
    const pools = nodes.filter(({ op, scope }) => op === "avgPool2d" && scope !== "");
    expect(pools).toHaveLength(9);
    for (const { attrs } of pools)
      expect(attrs).toMatchObject({ kernel: [3, 3], padding: [1, 1, 1, 1], countPadding: true });
  });

  test("adds 0.4 of its head's loss in training, and in evaluation has no head", () => {
    const heads = (training: boolean, auxiliary: boolean) =>
      traced(training, { auxiliary }).auxiliaries.map(({ logits, weight }) => [logits.type.shape, weight]);
    expect(heads(true, true)).toEqual([[[2, 5], 0.4]]);
    expect(heads(false, true)).toEqual([]);
    expect(heads(true, false)).toEqual([]);
    expect(inception_v3().trainingOnly).toEqual(["AuxLogits"]);
  });

  test("the head reads Mixed_6e's output and averages it to 5x5 first", () => {
    const { calls, graph } = traced(true);
    const before = calls.find(({ path }) => path === "Mixed_6e");
    const pool = graph.nodes.find(({ op, scope }) => op === "avgPool2d" && scope === "AuxLogits");
    expect(pool?.inputs).toEqual([before?.output]);
    expect(pool?.results[0]?.type.shape).toEqual([2, 768, 5, 5]);
  });

  test("drops half before the last layer in training, or nothing by `dropout`", () => {
    const dropped = (dropout: boolean) =>
      traced(true, { dropout }).graph.nodes.filter(({ op }) => op === "dropout");
    expect(dropped(true).map(({ attrs }) => attrs)).toMatchObject([{ p: 0.5 }]);
    expect(dropped(false)).toEqual([]);
  });

  test("weights start with deviations of 0.1, and of 0.01 and 0.001 in the head", () => {
    // A normal of deviation 1, cut off at 2, has this one.
    const truncated = 0.8796;
    const tensors = new Map(namedTensors(inception_v3()));
    const expected = {
      "Conv2d_3b_1x1.conv.weight": 0.1,
      "Mixed_7c.branch1x1.conv.weight": 0.1,
      "fc.weight": 0.1,
      "AuxLogits.conv0.conv.weight": 0.1,
      "AuxLogits.conv1.conv.weight": 0.01,
      "AuxLogits.fc.weight": 0.001,
    };
    for (const [path, deviation] of Object.entries(expected)) {
      const tensor = tensors.get(path);
      const numbers = tensor?.init([100, 100], 7) ?? new Float32Array();
      const square = numbers.reduce((sum, number) => sum + number ** 2, 0) / numbers.length;
      expect(Math.sqrt(square) / deviation / truncated, path).toBeCloseTo(1, 1);
    }
  });

  test.each([
    [75, 75],
    [76, 107],
    [128, 224],
  ])("takes pictures of any size from 75 up, such as %ix%i", (h, w) => {
    expect(trace(inception_v3(), f32(1, 3, h, w)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
  });

  test("refuses pictures smaller than 75x75, the least that leaves a pixel", () => {
    const { rows } = summarize(inception_v3({ size: 75 }));
    expect(rows.find(({ path }) => path === "Mixed_7c")?.output).toEqual([1, 2048, 1, 1]);
    expect(() => inception_v3({ size: 74 })).toThrow(
      new UsageError("inception_v3: `size` must be a whole number from 75 up, not 74"),
    );
    expect(() => trace(inception_v3(), f32(1, 3, 75, 74))).toThrow(
      "inception_v3: takes pictures of 75x75 and larger, not 75x74",
    );
  });

  test("in training its head takes pictures from 299x299, and without it 75x75 will do", () => {
    expect(() => traced(true, { size: [299, 298] })).toThrow(ShapeError);
    expect(() => traced(true, { size: [299, 298] })).toThrow(
      "inception_v3: in training its auxiliary head takes pictures of 299x299 and larger, not 299x298; " +
        "the option `auxiliary: false` leaves it out",
    );
    expect(traced(true, { size: 75, auxiliary: false }).auxiliaries).toEqual([]);
    expect(traced(false, { size: 75 }).auxiliaries).toEqual([]);
  });

  test("expects torchvision's range of colours, or by `transformInput` turns it into [-1, 1]", () => {
    expect(inception_v3().normalization?.mean).toEqual([0.485, 0.456, 0.406]);
    expect(inception_v3({ channels: 1 }).normalization).toBeUndefined();
    const [first] = trace(inception_v3({ transformInput: true }), f32(1, 3, 75, 75)).nodes;
    expect(first).toMatchObject({ op: "affine", attrs: { scale: [0.458, 0.448, 0.45] } });
    expect(trace(inception_v3(), f32(1, 3, 75, 75)).nodes.some(({ op }) => op === "affine")).toBe(false);
    expect(() => inception_v3({ channels: 1, transformInput: true })).toThrow(
      new UsageError("inception_v3: `transformInput` is for pictures of 3 channels, not 1"),
    );
  });
});

/** Two pictures of five classes on their way through the network. */
function traced(training: boolean, options: InceptionV3Options = {}): Trace {
  const model = inception_v3({ classes: 5, ...options });
  const walk = new Trace(model, { training });
  run(walk.graph.input("x", f32(2, ...model.input)), model);
  return walk;
}
