import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { inception_v2, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

const graph = trace(inception_v2(), f32(1, 3, 224, 224));

describe("inception_v2", () => {
  test("has 11,295,240 parameters and takes 2.0326 G multiply-adds", () => {
    const { parameters, macs } = summarize(inception_v2());
    expect(parameters).toBe(11_295_240);
    expect((macs / 1e9).toFixed(4)).toBe("2.0326");
  });

  test("has the channels that the branches of figure 5 add up to: 608 behind 4c and 4d, 1056 behind 4e", () => {
    const modules = graph.nodes.filter(({ op }) => op === "concat");
    expect(modules.map(({ results: [y] }) => y?.type.shape.slice(1).join("x"))).toEqual([
      "256x28x28",
      "320x28x28",
      "576x14x14",
      "576x14x14",
      "576x14x14",
      "608x14x14",
      "608x14x14",
      "1056x7x7",
      "1024x7x7",
      "1024x7x7",
    ]);
  });

  test("has the names and the order of Cadene's port", () => {
    const paths = [...namedTensors(inception_v2())].map(([path]) => path);
    expect(paths.slice(0, 7)).toEqual([
      "conv1_7x7_s2.weight",
      "conv1_7x7_s2.bias",
      "conv1_7x7_s2_bn.weight",
      "conv1_7x7_s2_bn.bias",
      "conv1_7x7_s2_bn.running_mean",
      "conv1_7x7_s2_bn.running_var",
      "conv2_3x3_reduce.weight",
    ]);
    const layers = (module: string) =>
      paths
        .filter((path) => path.startsWith(module) && path.endsWith(".running_var"))
        .map((path) => path.slice(module.length + 1, -"_bn.running_var".length));
    expect(layers("inception_3a")).toEqual([
      "1x1",
      "3x3_reduce",
      "3x3",
      "double_3x3_reduce",
      "double_3x3_1",
      "double_3x3_2",
      "pool_proj",
    ]);
    expect(layers("inception_4e")).toEqual([
      "3x3_reduce",
      "3x3",
      "double_3x3_reduce",
      "double_3x3_1",
      "double_3x3_2",
    ]);
    expect(paths.slice(-2)).toEqual(["last_linear.weight", "last_linear.bias"]);
    expect(paths).toHaveLength(69 * 6 + 2);
  });

  test("averages in its modules with the padding counted, save for 5b, which takes the maximum", () => {
    const poolings = graph.nodes.filter(({ op }) => /^(avg|max)Pool2d$/.test(op));
    expect(poolings.map(({ op }) => op.slice(0, 3)).join(" ")).toBe(
      "max max avg avg max avg avg avg avg max avg max avg",
    );
    const averages = poolings.filter(({ op }) => op === "avgPool2d");
    expect(averages.slice(0, -1).map(({ attrs }) => attrs)).toEqual(
      Array(7).fill({
        kernel: [3, 3],
        stride: [1, 1],
        padding: [1, 1, 1, 1],
        ceil: false,
        countPadding: true,
      }),
    );
  });

  test("normalises with an eps of 1e-5", () => {
    const eps = graph.nodes.filter(({ op }) => op === "batchNormScale").map(({ attrs }) => attrs);
    expect(eps).toEqual(Array(69).fill({ eps: 1e-5 }));
  });

  test.each([
    [31, 32],
    [38, 64],
    [96, 224],
  ])("takes sides that halve evenly, such as %ix%i", (h, w) => {
    expect(trace(inception_v2({ size: [h, w] }), f32(1, 3, h, w)).outputs.get("y")?.type.shape).toEqual([
      1, 1000,
    ]);
  });

  test("refuses sides that don't, and pictures smaller than 31x31", () => {
    const problem =
      "inception_v2: 3c and 4e can't halve the maps of a side of 112 pixels; multiples of 32, such as 96 and 128, will do";
    expect(() => inception_v2({ size: 112 })).toThrow(new UsageError(problem));
    expect(() => trace(inception_v2(), f32(1, 3, 96, 112))).toThrow(problem);
    expect(() => inception_v2({ size: 39 })).toThrow("a side of 39 pixels");
    expect(() => inception_v2({ size: 30 })).toThrow(
      new UsageError("inception_v2: `size` must be a whole number from 31 up, not 30"),
    );
    expect(() => trace(inception_v2(), f32(1, 3, 30, 32))).toThrow(
      "inception_v2: takes pictures of 31x31 and larger, not 30x32",
    );
  });
});
