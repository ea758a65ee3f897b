import { describe, expect, test } from "vitest";
import { f32 } from "../../src/ir/type.ts";
import {
  ResNetCifar,
  resnet20_cifar,
  resnet32_cifar,
  resnet44_cifar,
  resnet56_cifar,
  resnet110_cifar,
  resnet1202_cifar,
  summarize,
} from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";
import { forward } from "./run.ts";

// The paper prints 0.27, 0.46, 0.66, 0.85, 1.7 and 19.4 million parameters.
describe.each([
  ["resnet20_cifar", resnet20_cifar, 269_722, "40.6", 20],
  ["resnet32_cifar", resnet32_cifar, 464_154, "68.9", 32],
  ["resnet44_cifar", resnet44_cifar, 658_586, "97.2", 44],
  ["resnet56_cifar", resnet56_cifar, 853_018, "125.5", 56],
  ["resnet110_cifar", resnet110_cifar, 1_727_962, "252.9", 110],
] as const)("%s", (_, create, parameters, macs, depth) => {
  test(`has ${parameters} parameters, ${macs} M multiply-adds and ${depth} layers`, () => {
    const summary = summarize(create());
    expect(summary).toMatchObject({ parameters, depth, input: [1, 3, 32, 32], output: [1, 10] });
    expect((summary.macs / 1e6).toFixed(1)).toBe(macs);
  });
});

test("resnet1202_cifar has 19,421,274 parameters", () => {
  const sizes = [...namedTensors(resnet1202_cifar())]
    .filter(([path]) => !path.includes("running"))
    .map(([, { shape }]) => shape.reduce((product, extent) => product * extent, 1));
  expect(sizes.reduce((sum, size) => sum + size)).toBe(19_421_274);
});

test("CIFAR-100 takes 275,572 and 1,733,812 parameters with 20 and 110 layers", () => {
  expect(summarize(resnet20_cifar({ classes: 100 })).parameters).toBe(275_572);
  expect(summarize(resnet110_cifar({ classes: 100 })).parameters).toBe(1_733_812);
});

test("the three stages work at 32, 16 and 8 pixels with 16, 32 and 64 channels", () => {
  const { rows } = summarize(resnet20_cifar());
  const stages = rows.filter(({ path }) => /^layer\d$/.test(path));
  expect(stages.map(({ path, output }) => `${path} ${output.slice(1).join("x")}`)).toEqual([
    "layer1 16x32x32",
    "layer2 32x16x16",
    "layer3 64x8x8",
  ]);
});

test("tensors are named as the published weights name them", () => {
  const paths = [...namedTensors(resnet20_cifar())].map(([path]) => path);
  expect(paths).toHaveLength(97);
  expect(paths.slice(0, 7)).toEqual([
    "conv1.weight",
    "bn1.weight",
    "bn1.bias",
    "bn1.running_mean",
    "bn1.running_var",
    "layer1.0.conv1.weight",
    "layer1.0.bn1.weight",
  ]);
  expect(paths.slice(-2)).toEqual(["linear.weight", "linear.bias"]);
  expect(paths.filter((path) => path.includes("shortcut"))).toEqual([]);
});

test("option B projects by a convolution and batch norm where the shape changes", () => {
  const model = resnet20_cifar({ shortcut: "B" });
  const projections = [...namedTensors(model)].filter(([path]) => path.includes("shortcut"));
  expect(projections.map(([path, { shape }]) => `${path} ${shape.join()}`).slice(0, 5)).toEqual([
    "layer2.0.shortcut.0.weight 32,16,1,1",
    "layer2.0.shortcut.1.weight 32",
    "layer2.0.shortcut.1.bias 32",
    "layer2.0.shortcut.1.running_mean 32",
    "layer2.0.shortcut.1.running_var 32",
  ]);
  expect(projections).toHaveLength(10);
  expect(summarize(model).parameters).toBe(269_722 + (16 * 32 + 64) + (32 * 64 + 128));
});

test("option A takes every second pixel into the middle channels, with zeros on both sides", async () => {
  // With every other tensor at zero the branches are silent: the stem's map passes through the shortcuts alone.
  const model = resnet20_cifar({ channels: 1, classes: 64, size: 8 });
  const tensors = new Map(
    [...namedTensors(model)].map(([path, t]) => [path, new Float32Array(volume(t.shape))]),
  );
  for (const [path, values] of tensors) if (path.endsWith("running_var")) values.fill(1);
  tensors.get("bn1.weight")?.fill(1);
  // Channel c of the stem is c + 1 times the picture.
  tensors.get("conv1.weight")?.forEach((_, i, weight) => {
    weight[i] = i % 9 === 4 ? Math.floor(i / 9) + 1 : 0;
  });
  // The full connection is the identity.
  tensors.get("linear.weight")?.forEach((_, i, weight) => {
    weight[i] = i % 64 === Math.floor(i / 64) ? 1 : 0;
  });
  const picture = Float32Array.from({ length: 64 }, (_, i) => i);
  const output = await forward(model, tensors, picture);
  // Pixels 0, 4, 32 and 36 are left, whose mean is 18.
  const expected = [
    ...zeros(16 + 8),
    ...Array.from({ length: 16 }, (_, c) => 18 * (c + 1)),
    ...zeros(8 + 16),
  ];
  expect(output).toHaveLength(64);
  expected.forEach((value, c) => {
    expect(output[c]).toBeCloseTo(value, 1);
  });
});

test("colour pictures are scaled as the published weights expect, others by their dataset's", () => {
  expect(resnet20_cifar().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
  expect(resnet20_cifar({ channels: 1 }).normalization).toBeUndefined();
});

test("is constructed with any number of blocks by its class", () => {
  expect(summarize(new ResNetCifar("resnet8", 1)).depth).toBe(8);
});

test.each([
  [1, 1],
  [33, 47],
])("takes pictures of any size, such as %ix%i", (height, width) => {
  const { outputs } = trace(resnet20_cifar(), f32(1, 3, height, width));
  expect(outputs.get("y")?.type.shape).toEqual([1, 10]);
});

function volume(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
