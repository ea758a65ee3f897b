import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import {
  createModel,
  type ModelName,
  summarize,
  type Vgg,
  vgg11,
  vgg11_bn,
  vgg11_lrn_paper,
  vgg16_bn,
  vgg16c_paper,
} from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { deviationOf, startAt } from "./run.ts";

const opsOf = (model: Vgg, training = false) => {
  const walk = new Trace(model, { training });
  walk.call(model, walk.graph.input("x", f32(2, ...model.input)));
  return walk.graph.nodes.map(({ op }) => op);
};

const convolutionsOf = (model: Vgg) =>
  [...namedTensors(model)].flatMap(([, { shape }]) =>
    shape.length === 4 ? [`${shape[2]}x${shape[3]} ${shape[0]}`] : [],
  );

test.each<[name: ModelName, parameters: number, gigaMacs: string, depth: number]>([
  ["vgg11", 132_863_336, "7.609", 11],
  ["vgg11_bn", 132_868_840, "7.609", 11],
  ["vgg11_lrn_paper", 132_863_336, "7.609", 11],
  ["vgg13", 133_047_848, "11.308", 13],
  ["vgg13_bn", 133_053_736, "11.308", 13],
  ["vgg16", 138_357_544, "15.470", 16],
  ["vgg16_bn", 138_365_992, "15.470", 16],
  ["vgg16c_paper", 133_638_952, "11.771", 16],
  ["vgg19", 143_667_240, "19.632", 19],
  ["vgg19_bn", 143_678_248, "19.632", 19],
])("%s has %i parameters, takes %s G multiply-adds and is as deep as %i", (name, parameters, macs, depth) => {
  const summary = summarize(createModel(name));
  expect(summary).toMatchObject({ parameters, depth });
  expect((summary.macs / 1e9).toFixed(3)).toBe(macs);
});

describe("vgg", () => {
  test("names its parameters as torchvision does, with batch norm and without", () => {
    const weights = (model: Vgg) =>
      [...namedTensors(model)].flatMap(([path]) => (path.endsWith(".weight") ? [path.slice(0, -7)] : []));
    expect(weights(vgg11())).toEqual([
      ...[0, 3, 6, 8, 11, 13, 16, 18].map((index) => `features.${index}`),
      ...[0, 3, 6].map((index) => `classifier.${index}`),
    ]);
    expect(weights(vgg11_bn()).slice(0, 6)).toEqual([0, 1, 4, 5, 8, 9].map((index) => `features.${index}`));
    expect([...namedTensors(vgg16_bn())].slice(0, 6).map(([path]) => path)).toEqual([
      "features.0.weight",
      "features.0.bias",
      "features.1.weight",
      "features.1.bias",
      "features.1.running_mean",
      "features.1.running_var",
    ]);
  });

  test("halves its maps five times and doubles its filters three times", () => {
    const pooled = summarize(vgg11()).rows.filter(({ window }) => window === "2x2/2");
    expect(pooled.map(({ output }) => output.slice(1).join("x"))).toEqual([
      "64x112x112",
      "128x56x56",
      "256x28x28",
      "512x14x14",
      "512x7x7",
    ]);
  });

  test("has batch norm between convolution and ReLU, with eps 1e-5", () => {
    const { nodes } = trace(vgg11_bn(), f32(1, 3, 32, 32));
    expect(nodes.slice(0, 5).map(({ op }) => op)).toEqual([
      "conv2d",
      "addChannels",
      "batchNormScale",
      "scaleChannels",
      "addChannels",
    ]);
    expect(nodes[2]?.attrs).toEqual({ eps: 1e-5 });
    expect(nodes[5]?.op).toBe("relu");
  });

  test("drops out behind two full connections in training, and nowhere when told not to", () => {
    const head = ["reshape", "linear", "addChannels", "relu", "dropout", "linear", "addChannels", "relu"];
    expect(opsOf(vgg11(), true).slice(-11)).toEqual([...head, "dropout", "linear", "addChannels"]);
    expect(opsOf(vgg11({ dropout: false }), true)).not.toContain("dropout");
  });

  test("starts by He's rule for the fan out, full connections by N(0, 0.01), biases at 0", () => {
    const model = vgg11({ classes: 10 });
    const deviation = (path: string) => deviationOf(startAt(model, path));
    expect(deviation("features.3.weight") / Math.sqrt(2 / (128 * 9))).toBeCloseTo(1, 1);
    expect(deviation("features.18.weight") / Math.sqrt(2 / (512 * 9))).toBeCloseTo(1, 2);
    expect(deviation("classifier.6.weight")).toBeCloseTo(0.01, 3);
    expect(deviation("features.0.bias") + deviation("classifier.6.bias")).toBe(0);
  });

  test.each([
    [32, 32],
    [33, 70],
    [256, 224],
  ])("takes pictures of %ix%i: average pooling brings its maps to 7x7", (height, width) => {
    expect(trace(vgg11(), f32(2, 3, height, width)).outputs.get("y")?.type.shape).toEqual([2, 1000]);
  });

  test("refuses pictures that its poolings leave nothing of", () => {
    expect(() => trace(vgg16_bn(), f32(1, 3, 31, 64))).toThrow(
      "vgg16_bn: takes pictures of 32x32 and larger, not 31x64\n  given  f32[1,3,31,64]",
    );
    expect(() => vgg11({ size: [64, 28] })).toThrow(
      new UsageError("vgg11: `size` must be a whole number from 32 up, not 28"),
    );
  });

  test("expects ImageNet's range of colour pictures, and the dataset's own of others", () => {
    expect(vgg11().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect(vgg11({ channels: 1 }).normalization).toBeUndefined();
  });
});

describe("vgg11_lrn_paper", () => {
  test("is A with local response normalisation behind its first ReLU", () => {
    const ops = opsOf(vgg11_lrn_paper());
    expect(ops.slice(0, 5)).toEqual(["conv2d", "addChannels", "relu", "localResponseNorm", "maxPool2d"]);
    expect(ops.toSpliced(3, 1)).toEqual(opsOf(vgg11()));
  });

  test("reads pixels from 0 to 255 less the mean colour", () => {
    expect(vgg11_lrn_paper().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [1 / 255] });
  });
});

describe("vgg16c_paper", () => {
  test("ends its last three blocks with a 1x1 convolution", () => {
    const blocks = [64, 128, 256, 512, 512].map((filters) => [`3x3 ${filters}`, `3x3 ${filters}`]);
    const expected = blocks.flatMap((block, index) =>
      index < 2 ? block : [...block, `1x1 ${[256, 512, 512][index - 2]}`],
    );
    expect(convolutionsOf(vgg16c_paper())).toEqual(expected);
  });

  test("keeps the size of maps through them", () => {
    const { rows } = summarize(vgg16c_paper());
    const last = rows.findLast(({ kind }) => kind === "Conv2d");
    expect(last).toMatchObject({ window: "1x1", output: [1, 512, 14, 14] });
  });
});
