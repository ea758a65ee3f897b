import { describe, expect, test } from "vitest";
import { f32 } from "../../src/ir/type.ts";
import { inception_v2_slim, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";
import { dropped } from "./trainingTrace.ts";

const summary = summarize(inception_v2_slim());

describe("inception_v2_slim", () => {
  test("has 11,188,288 parameters, of which slim trains all but the 9,952 gammas", () => {
    expect(summary.parameters).toBe(11_188_288);
    const gammas = [...namedTensors(inception_v2_slim())].reduce(
      (n, [path, { shape }]) => n + (path.endsWith("bn.weight") ? (shape[0] ?? 0) : 0),
      0,
    );
    expect(summary.parameters - gammas).toBe(11_178_336);
  });

  test("takes 1.9349 G multiply-adds", () => {
    expect((summary.macs / 1e9).toFixed(4)).toBe("1.9349");
  });

  test("has the channels that figure 5 prints, and the sizes behind its strides", () => {
    const outputs = summary.rows
      .filter(({ kind }) => kind === "Mixed")
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "Mixed_3b 256x28x28",
      "Mixed_3c 320x28x28",
      "Mixed_4a 576x14x14",
      "Mixed_4b 576x14x14",
      "Mixed_4c 576x14x14",
      "Mixed_4d 576x14x14",
      "Mixed_4e 576x14x14",
      "Mixed_5a 1024x7x7",
      "Mixed_5b 1024x7x7",
      "Mixed_5c 1024x7x7",
    ]);
  });

  test("begins with a separable convolution of 2,712 weights and 34 M multiply-adds, as GoogLeNet's paper prints", () => {
    const stem = summary.rows.find(({ path }) => path === "Conv2d_1a_7x7");
    expect(stem).toMatchObject({ output: [1, 64, 112, 112], parameters: 2_712 + 2 * 64, macs: 34_019_328 });
  });

  test("names its parameters by slim's scopes", () => {
    const paths = [...namedTensors(inception_v2_slim())].map(([path]) => path);
    const weights = paths.filter((path) => /(conv|wise|1c_1x1)\.weight$/.test(path));
    expect(weights.slice(0, 8)).toEqual([
      "Conv2d_1a_7x7.depthwise.weight",
      "Conv2d_1a_7x7.pointwise.weight",
      "Conv2d_2b_1x1.conv.weight",
      "Conv2d_2c_3x3.conv.weight",
      "Mixed_3b.Branch_0.Conv2d_0a_1x1.conv.weight",
      "Mixed_3b.Branch_1.Conv2d_0a_1x1.conv.weight",
      "Mixed_3b.Branch_1.Conv2d_0b_3x3.conv.weight",
      "Mixed_3b.Branch_2.Conv2d_0a_1x1.conv.weight",
    ]);
    expect(weights.filter((path) => path.startsWith("Mixed_4a"))).toEqual([
      "Mixed_4a.Branch_0.Conv2d_0a_1x1.conv.weight",
      "Mixed_4a.Branch_0.Conv2d_1a_3x3.conv.weight",
      "Mixed_4a.Branch_1.Conv2d_0a_1x1.conv.weight",
      "Mixed_4a.Branch_1.Conv2d_0b_3x3.conv.weight",
      "Mixed_4a.Branch_1.Conv2d_1a_3x3.conv.weight",
    ]);
    expect(paths.slice(-2)).toEqual(["Logits.Conv2d_1c_1x1.weight", "Logits.Conv2d_1c_1x1.bias"]);
  });

  test("pads as TensorFlow does: at stride 2 more at the bottom and on the right, and averages without it", () => {
    const { nodes } = trace(inception_v2_slim(), f32(1, 3, 224, 224));
    const attrs = (scope: string) => nodes.find((node) => node.scope === scope)?.attrs;
    expect(attrs("Conv2d_1a_7x7.depthwise")).toMatchObject({ padding: [2, 2, 3, 3], groups: 3 });
    expect(attrs("MaxPool_2a_3x3")).toMatchObject({ padding: [0, 0, 1, 1] });
    expect(attrs("Mixed_4a.Branch_1.Conv2d_1a_3x3.conv")).toMatchObject({ padding: [0, 0, 1, 1] });
    expect(attrs("Mixed_3b.Branch_3.AvgPool_0a_3x3")).toMatchObject({
      padding: [1, 1, 1, 1],
      countPadding: false,
    });
    expect(attrs("Mixed_5c.Branch_3.MaxPool_0a_3x3")).toMatchObject({ padding: [1, 1, 1, 1] });
  });

  test("drops 20 % before the last layer in training, or nothing by `dropout`", () => {
    expect(dropped(inception_v2_slim({ size: 64 }))).toEqual([0.2]);
    expect(dropped(inception_v2_slim({ size: 64, dropout: false }))).toEqual([]);
  });

  test("expects pixels from -1 to 1", () => {
    expect(inception_v2_slim().normalization).toEqual({ mean: [0.5], std: [0.5] });
  });

  test.each([
    [1, 1],
    [33, 100],
  ])("takes pictures of any size, such as %ix%i", (h, w) => {
    expect(trace(inception_v2_slim(), f32(1, 3, h, w)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
  });
});
