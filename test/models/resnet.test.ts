import { describe, expect, test } from "vitest";
import { f32 } from "../../src/ir/type.ts";
import {
  ResNet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  summarize,
} from "../../src/models/index.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

// Parameters and multiply-adds are those of torchvision's weight metadata.
describe.each([
  ["resnet18", resnet18, 11_689_512, "1.814", 18, 512],
  ["resnet34", resnet34, 21_797_672, "3.664", 34, 512],
  ["resnet50", resnet50, 25_557_032, "4.089", 50, 2048],
  ["resnet101", resnet101, 44_549_160, "7.801", 101, 2048],
  ["resnet152", resnet152, 60_192_808, "11.514", 152, 2048],
] as const)("%s", (_, create, parameters, macs, depth, channels) => {
  const summary = summarize(create());

  test("has torchvision's parameters and multiply-adds, and the layers of its name", () => {
    expect(summary).toMatchObject({ parameters, depth });
    expect((summary.macs / 1e9).toFixed(3)).toBe(macs);
  });

  test("halves the maps between stages and doubles their channels", () => {
    expect(stagesOf(create())).toEqual([
      `layer1 ${channels / 8}x56x56`,
      `layer2 ${channels / 4}x28x28`,
      `layer3 ${channels / 2}x14x14`,
      `layer4 ${channels}x7x7`,
    ]);
  });
});

describe("names and shapes are those of torchvision's state_dict", () => {
  test.each([
    ["the stem", resnet18, "conv1.weight", [64, 3, 7, 7]],
    ["batch norm of the stem", resnet18, "bn1.running_var", [64]],
    ["a basic block", resnet18, "layer2.0.conv1.weight", [128, 64, 3, 3]],
    ["a projecting shortcut", resnet18, "layer2.0.downsample.0.weight", [128, 64, 1, 1]],
    ["its batch norm", resnet18, "layer2.0.downsample.1.running_mean", [128]],
    ["a bottleneck's third convolution", resnet50, "layer1.0.conv3.weight", [256, 64, 1, 1]],
    [
      "the shortcut of stage one, where only channels grow",
      resnet50,
      "layer1.0.downsample.0.weight",
      [256, 64, 1, 1],
    ],
    ["the last bottleneck", resnet152, "layer3.35.bn2.bias", [256]],
    ["the full connection", resnet101, "fc.weight", [1000, 2048]],
  ] as const)("%s", (_, create, path, shape) => {
    expect(tensorsOf(create()).get(path)).toEqual(shape);
  });

  test("a shortcut that keeps the shape has no weights, nor has a convolution a bias", () => {
    const paths = [...tensorsOf(resnet18()).keys()];
    expect(paths.filter((path) => path.includes("downsample"))).toHaveLength(3 * 5);
    expect(paths.filter((path) => /conv\d\.bias/.test(path))).toEqual([]);
    expect(paths.slice(0, 6)).toEqual([
      "conv1.weight",
      "bn1.weight",
      "bn1.bias",
      "bn1.running_mean",
      "bn1.running_var",
      "layer1.0.conv1.weight",
    ]);
    expect(paths.slice(-2)).toEqual(["fc.weight", "fc.bias"]);
  });
});

test("a bottleneck's stride is on its 3x3 convolution (v1.5)", () => {
  const windows = summarize(resnet50()).rows.filter(({ path }) => /^layer3\.0\.conv/.test(path));
  expect(windows.map(({ window }) => window)).toEqual(["1x1", "3x3/2 p1", "1x1"]);
});

test("in evaluation a block ends in convolution, batch norm, sum and ReLU, with the shortcut before them", () => {
  const { nodes } = trace(resnet18(), f32(1, 3, 32, 32));
  const block = nodes.filter(({ scope }) => scope.startsWith("layer2.0"));
  const norm = ["batchNormScale", "scaleChannels", "addChannels"];
  const conv = ["conv2d", ...norm];
  expect(block.map(({ op }) => op)).toEqual([...conv, ...conv, "relu", ...conv, "add", "relu"]);
});

test("zeroInitResidual starts the last gamma of every block at 0 and no other", () => {
  const zeroGammas = (model: Classifier) =>
    [...namedTensors(model)]
      .filter(
        ([path, { init, shape }]) => /(bn\d|downsample\.1)\.weight$/.test(path) && init(shape, 0)[0] === 0,
      )
      .map(([path]) => path);
  expect(zeroGammas(resnet18())).toEqual([]);
  expect(zeroGammas(resnet18({ zeroInitResidual: true }))).toEqual(
    [1, 2, 3, 4].flatMap((layer) => [`layer${layer}.0.bn2.weight`, `layer${layer}.1.bn2.weight`]),
  );
  expect(zeroGammas(resnet50({ zeroInitResidual: true }))).toHaveLength(16);
});

test("colour pictures are scaled by ImageNet's mean and deviation, others by their dataset's", () => {
  expect(resnet18().normalization?.mean).toEqual([0.485, 0.456, 0.406]);
  expect(resnet18({ channels: 1 }).normalization).toBeUndefined();
});

test("classes, channels and size are options", () => {
  const model = resnet34({ classes: 7, channels: 1, size: [70, 90] });
  expect(model).toBeInstanceOf(ResNet);
  expect(model).toMatchObject({ classes: 7, input: [1, 70, 90] });
});

test.each([
  [1, 1],
  [33, 47],
  [224, 160],
])("takes pictures of any size, such as %ix%i", (height, width) => {
  for (const create of [resnet18, resnet50]) {
    const { outputs } = trace(create(), f32(1, 3, height, width));
    expect(outputs.get("y")?.type.shape).toEqual([1, 1000]);
  }
});

test("a size below one pixel is refused", () => {
  expect(() => resnet50({ size: 0 })).toThrow("resnet50: `size` must be a whole number from 1 up, not 0");
});

function tensorsOf(model: Classifier): ReadonlyMap<string, readonly number[]> {
  return new Map([...namedTensors(model)].map(([path, { shape }]) => [path, shape]));
}

function stagesOf(model: Classifier): string[] {
  return summarize(model)
    .rows.filter(({ path }) => /^layer\d$/.test(path))
    .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
}
