import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { type Nin, nin_cifar, nin_imagenet, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { deviationOf, forward, startAt, startOf } from "./run.ts";

const opsOf = (model: Nin, training = false) => {
  const walk = new Trace(model, { training });
  walk.call(model, walk.graph.input("x", f32(1, ...model.input)));
  return walk.graph.nodes.map(({ op }) => op);
};

/** What the poolings put out, for pictures of `side`. */
const pooled = (model: Nin, side: number) =>
  trace(model, f32(1, 3, side, side)).nodes.flatMap(({ op, results: [y] }) =>
    op.includes("Pool") ? [`${op} ${y?.type.shape.slice(1).join("x")}`] : [],
  );

describe("nin_cifar", () => {
  test("has 966,986 parameters and takes 0.2225 G multiply-adds, with 100 classes 984,356 and 0.2236 G", () => {
    expect(summarize(nin_cifar())).toMatchObject({ parameters: 966_986, macs: 222_486_528, depth: 9 });
    const hundred = summarize(nin_cifar({ classes: 100 }));
    expect(hundred).toMatchObject({ parameters: 984_356, output: [1, 100] });
    expect((hundred.macs / 1e9).toFixed(4)).toBe("0.2236");
  });

  test("rounds its poolings up: 16x16 and 8x8, where rounding down leaves 15x15 and 7x7", () => {
    expect(pooled(nin_cifar(), 32)).toEqual(["maxPool2d 96x16x16", "avgPool2d 192x8x8", "avgPool2d 10x1x1"]);
  });

  test("names its parameters as Caffe's model does", () => {
    const shapes = [...namedTensors(nin_cifar())].map(([path, { shape }]) => [path, shape]);
    expect(shapes.filter(([path]) => `${path}`.endsWith("weight"))).toEqual([
      ["conv1.weight", [192, 3, 5, 5]],
      ["cccp1.weight", [160, 192, 1, 1]],
      ["cccp2.weight", [96, 160, 1, 1]],
      ["conv2.weight", [192, 96, 5, 5]],
      ["cccp3.weight", [192, 192, 1, 1]],
      ["cccp4.weight", [192, 192, 1, 1]],
      ["conv3.weight", [192, 192, 3, 3]],
      ["cccp5.weight", [192, 192, 1, 1]],
      ["cccp6.weight", [10, 192, 1, 1]],
    ]);
  });

  test("has ReLU behind every convolution, the last one too", () => {
    const ops = opsOf(nin_cifar());
    expect(ops.filter((op) => op === "relu")).toHaveLength(9);
    expect(ops.slice(-5)).toEqual(["conv2d", "addChannels", "relu", "avgPool2d", "reshape"]);
  });

  test("gives scores from 0 up", async () => {
    const model = nin_cifar();
    const x = Float32Array.from({ length: 3 * 8 * 8 }, (_, i) => 2 * Math.sin(i * i));
    const scores = await forward(model, startOf(model), x, [3, 8, 8]);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scores)).toBeGreaterThan(0);
  });

  test("drops out behind its first two poolings in training, and nowhere when told not to", () => {
    const ops = opsOf(nin_cifar(), true);
    const before = ops.flatMap((op, index) => (op === "dropout" ? [ops[index - 1]] : []));
    expect(before).toEqual(["maxPool2d", "avgPool2d"]);
    expect(opsOf(nin_cifar({ dropout: false }), true)).not.toContain("dropout");
  });

  test.each([
    [4, 4],
    [28, 28],
    [33, 7],
  ])("takes pictures of %ix%i", (height, width) => {
    expect(trace(nin_cifar(), f32(2, 3, height, width)).outputs.get("y")?.type.shape).toEqual([2, 10]);
  });

  test("refuses pictures that its poolings leave nothing of", () => {
    expect(() => trace(nin_cifar(), f32(1, 3, 3, 32))).toThrow(
      "nin_cifar: takes pictures of 4x4 and larger, not 3x32\n  given  f32[1,3,3,32]",
    );
    expect(() => nin_cifar({ size: 3 })).toThrow(
      new UsageError("nin_cifar: `size` must be a whole number from 4 up, not 3"),
    );
  });
});

describe("nin_imagenet", () => {
  test("has 7,595,176 parameters, and takes 1.100 G multiply-adds at 224x224 and 1.106 G at 227x227", () => {
    const at224 = summarize(nin_imagenet());
    expect(at224).toMatchObject({ parameters: 7_595_176, depth: 12, output: [1, 1000] });
    expect((at224.macs / 1e9).toFixed(3)).toBe("1.100");
    const at227 = summarize(nin_imagenet({ size: 227 }));
    expect(at227.parameters).toBe(7_595_176);
    expect((at227.macs / 1e9).toFixed(3)).toBe("1.106");
  });

  test.each([224, 227])("has Caffe's maps for pictures of %i", (side) => {
    const { rows } = summarize(nin_imagenet({ size: side }));
    const first = side === 224 ? 54 : 55;
    expect(rows.find(({ path }) => path === "conv1")?.output).toEqual([1, 96, first, first]);
    expect(pooled(nin_imagenet(), side)).toEqual([
      "maxPool2d 96x27x27",
      "maxPool2d 256x13x13",
      "maxPool2d 384x6x6",
      "avgPool2d 1000x1x1",
    ]);
  });

  test("drops out behind its third pooling in training", () => {
    const ops = opsOf(nin_imagenet(), true);
    expect(ops.filter((op) => op === "dropout")).toHaveLength(1);
    expect(ops.slice(0, ops.indexOf("dropout")).filter((op) => op === "maxPool2d")).toHaveLength(3);
  });

  test("starts by N(0, 0.01) in conv1, conv3 and the last layer, by N(0, 0.05) elsewhere, biases at 0", () => {
    const model = nin_imagenet();
    const weights = [...namedTensors(model)].flatMap(([path]) => (path.endsWith("weight") ? [path] : []));
    const stds = weights.map((path) => [path.split(".")[0], deviationOf(startAt(model, path)).toFixed(2)]);
    const small = stds.filter(([, std]) => std === "0.01").map(([layer]) => layer);
    expect(small).toEqual(["conv1", "conv3", "cccp8"]);
    expect(stds.filter(([, std]) => std === "0.05")).toHaveLength(9);
    expect(deviationOf(startAt(model, "conv2.bias"))).toBe(0);
  });

  test("reads pixels from 0 to 255 less the mean colour", () => {
    expect(nin_imagenet().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [1 / 255] });
  });

  test("takes pictures of 39x39 and larger", () => {
    expect(trace(nin_imagenet(), f32(1, 3, 39, 90)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
    expect(() => trace(nin_imagenet(), f32(1, 3, 38, 90))).toThrow(
      "nin_imagenet: takes pictures of 39x39 and larger, not 38x90",
    );
  });
});
