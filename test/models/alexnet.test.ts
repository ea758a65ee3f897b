import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { alexnet, alexnet_paper, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { deviationOf, startAt } from "./run.ts";

const opsOf = (model: ReturnType<typeof alexnet | typeof alexnet_paper>, training = false) => {
  const walk = new Trace(model, { training });
  walk.call(model, walk.graph.input("x", f32(1, ...model.input)));
  return walk.graph.nodes.map(({ op }) => op);
};

describe("alexnet", () => {
  test("has 61,100,840 parameters and takes 0.714 G multiply-adds at 224x224", () => {
    expect(summarize(alexnet())).toMatchObject({ parameters: 61_100_840, macs: 714_188_480, depth: 8 });
  });

  test("names its parameters as torchvision does", () => {
    const shapes = [...namedTensors(alexnet())].map(([path, { shape }]) => [path, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      "features.0.weight": [64, 3, 11, 11],
      "features.0.bias": [64],
      "features.3.weight": [192, 64, 5, 5],
      "features.3.bias": [192],
      "features.6.weight": [384, 192, 3, 3],
      "features.6.bias": [384],
      "features.8.weight": [256, 384, 3, 3],
      "features.8.bias": [256],
      "features.10.weight": [256, 256, 3, 3],
      "features.10.bias": [256],
      "classifier.1.weight": [4096, 9216],
      "classifier.1.bias": [4096],
      "classifier.4.weight": [4096, 4096],
      "classifier.4.bias": [4096],
      "classifier.6.weight": [1000, 4096],
      "classifier.6.bias": [1000],
    });
  });

  test("has torchvision's maps", () => {
    const { rows } = summarize(alexnet());
    const sizes = ["features.0", "features.2", "features.3", "features.5", "features.12"];
    expect(
      sizes.map((at) =>
        rows
          .find(({ path }) => path === at)
          ?.output.slice(1)
          .join("x"),
      ),
    ).toEqual(["64x55x55", "64x27x27", "192x27x27", "192x13x13", "256x6x6"]);
  });

  test("drops out in front of two full connections in training, and nowhere when told not to", () => {
    const dropouts = (model: ReturnType<typeof alexnet>) =>
      opsOf(model, true).filter((op) => op === "dropout");
    expect(dropouts(alexnet())).toHaveLength(2);
    expect(dropouts(alexnet({ dropout: false }))).toEqual([]);
    const ops = opsOf(alexnet(), true);
    expect(ops.slice(ops.indexOf("dropout") - 1, ops.indexOf("dropout") + 2)).toEqual([
      "reshape",
      "dropout",
      "linear",
    ]);
  });

  test.each([
    [63, 63],
    [64, 200],
    [227, 225],
  ])("takes pictures of %ix%i: average pooling brings its maps to 6x6", (height, width) => {
    const { outputs } = trace(alexnet(), f32(2, 3, height, width));
    expect(outputs.get("y")?.type.shape).toEqual([2, 1000]);
  });

  test("refuses pictures that its strides leave nothing of", () => {
    expect(() => trace(alexnet(), f32(1, 3, 64, 62))).toThrow(
      "alexnet: takes pictures of 63x63 and larger, not 64x62\n  given  f32[1,3,64,62]",
    );
    expect(() => alexnet({ size: 32 })).toThrow(
      new UsageError("alexnet: `size` must be a whole number from 63 up, not 32"),
    );
  });

  test("expects ImageNet's range of colour pictures, and the dataset's own of others", () => {
    expect(alexnet().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect(alexnet({ channels: 1 }).normalization).toBeUndefined();
  });
});

describe("alexnet_paper", () => {
  test("has 60,965,224 parameters and takes 0.7244 G multiply-adds at 227x227", () => {
    expect(summarize(alexnet_paper())).toMatchObject({ parameters: 60_965_224, macs: 724_406_816, depth: 8 });
  });

  test("sees half the channels where the towers are apart", () => {
    const shapes = new Map([...namedTensors(alexnet_paper())].map(([path, { shape }]) => [path, shape]));
    expect(shapes.get("conv2.weight")).toEqual([256, 48, 5, 5]);
    expect(shapes.get("conv3.weight")).toEqual([384, 256, 3, 3]);
    expect(shapes.get("conv4.weight")).toEqual([384, 192, 3, 3]);
    expect(shapes.get("conv5.weight")).toEqual([256, 192, 3, 3]);
    expect(shapes.get("fc6.weight")).toEqual([4096, 9216]);
  });

  test("has the neurons of figure 2, but for the first layer's 290,400", () => {
    const { rows } = summarize(alexnet_paper());
    const neurons = rows.flatMap(({ kind, output }) =>
      kind === "Conv2d" || kind === "Linear" ? [output.reduce((n, extent) => n * extent)] : [],
    );
    expect(neurons).toEqual([290_400, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]);
  });

  test("normalises behind ReLU and in front of pooling, twice", () => {
    const front = ["conv2d", "addChannels", "relu", "localResponseNorm", "maxPool2d"];
    const ops = opsOf(alexnet_paper());
    expect(ops.slice(0, 10)).toEqual([...front, ...front]);
    expect(ops.filter((op) => op === "localResponseNorm")).toHaveLength(2);
  });

  test("drops out what the hidden full connections put out", () => {
    expect(opsOf(alexnet_paper(), true).slice(-10)).toEqual([
      "linear",
      "addChannels",
      "relu",
      "dropout",
      "linear",
      "addChannels",
      "relu",
      "dropout",
      "linear",
      "addChannels",
    ]);
    expect(opsOf(alexnet_paper({ dropout: false }), true)).not.toContain("dropout");
  });

  test("starts by N(0, 0.01), and the biases of five layers at 0.1", () => {
    const model = alexnet_paper({ classes: 10 });
    const biases = [...namedTensors(model)].flatMap(([path]) => (path.endsWith(".bias") ? [path] : []));
    expect(biases.map((path) => [path, startAt(model, path)[0]])).toEqual([
      ["conv1.bias", 0],
      ["conv2.bias", Math.fround(0.1)],
      ["conv3.bias", 0],
      ["conv4.bias", Math.fround(0.1)],
      ["conv5.bias", Math.fround(0.1)],
      ["fc6.bias", Math.fround(0.1)],
      ["fc7.bias", Math.fround(0.1)],
      ["fc8.bias", 0],
    ]);
    for (const path of ["conv1.weight", "conv5.weight", "fc8.weight"])
      expect(deviationOf(startAt(model, path)) / 0.01).toBeCloseTo(1, 1);
  });

  test("reads pixels from 0 to 255 less the mean colour", () => {
    const { mean, std } = alexnet_paper().normalization;
    expect([mean, std]).toEqual([[0.485, 0.456, 0.406], [1 / 255]]);
    expect(alexnet_paper({ channels: 1 }).normalization.mean).toEqual([0.449]);
  });

  test.each([[67], [224], [[80, 101]]] as const)("is built for pictures of %o by `size`", (side) => {
    const model = alexnet_paper({ size: side, classes: 7 });
    expect(trace(model, f32(1, ...model.input)).outputs.get("y")?.type.shape).toEqual([1, 7]);
  });

  test("refuses other pictures than it is built for, and sides that its strides leave nothing of", () => {
    expect(() => trace(alexnet_paper(), f32(1, 3, 224, 224))).toThrow(
      "alexnet_paper: takes pictures of 227x227, not 224x224; the option `size` sets it",
    );
    expect(() => alexnet_paper({ size: 66 })).toThrow(
      new UsageError("alexnet_paper: `size` must be a whole number from 67 up, not 66"),
    );
  });
});
