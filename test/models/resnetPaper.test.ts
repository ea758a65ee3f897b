import { describe, expect, test } from "vitest";
import { f32 } from "../../src/ir/type.ts";
import {
  plain18,
  plain34,
  resnet18,
  resnet18_paper,
  resnet34_paper,
  resnet50,
  resnet50_paper,
  resnet101_paper,
  resnet152_paper,
  summarize,
} from "../../src/models/index.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

describe.each([
  ["resnet18_paper", resnet18_paper, 11_515_688, "1.795", 18],
  ["resnet34_paper", resnet34_paper, 21_623_848, "3.644", 34],
  ["plain18", plain18, 11_515_688, "1.795", 18],
  ["plain34", plain34, 21_623_848, "3.644", 34],
  // The paper prints 3.8, 7.6 and 11.3 billion for these.
  ["resnet50_paper", resnet50_paper, 25_557_032, "3.858", 50],
  ["resnet101_paper", resnet101_paper, 44_549_160, "7.570", 101],
  ["resnet152_paper", resnet152_paper, 60_192_808, "11.282", 152],
] as const)("%s", (_, create, parameters, macs, depth) => {
  test(`has ${parameters} parameters, ${macs} G multiply-adds and ${depth} layers`, () => {
    const summary = summarize(create());
    expect(summary).toMatchObject({ parameters, depth });
    expect((summary.macs / 1e9).toFixed(3)).toBe(macs);
  });

  test("takes pictures of any size from one pixel up", () => {
    for (const [height, width] of [
      [1, 1],
      [33, 47],
    ] as const)
      expect(trace(create(), f32(1, 3, height, width)).outputs.get("y")?.type).toEqual(f32(1, 1000));
  });
});

test("a bottleneck's stride is on its first convolution (v1)", () => {
  const windows = summarize(resnet50_paper()).rows.filter(({ path }) => /^layer3\.0\.conv/.test(path));
  expect(windows.map(({ window }) => window)).toEqual(["1x1/2", "3x3 p1", "1x1"]);
});

test("bottlenecks have the names and shapes of torchvision's, so that weights of either form fit the other", () => {
  expect(tensorsOf(resnet50_paper())).toEqual(tensorsOf(resnet50()));
});

test("option A has torchvision's names and shapes without those of the shortcuts, plain networks the same", () => {
  const shared = tensorsOf(resnet18()).filter(([path]) => !path.includes("downsample"));
  expect(tensorsOf(resnet18_paper())).toEqual(shared);
  expect(tensorsOf(plain18())).toEqual(shared);
});

test("a shortcut of option A takes every second pixel and pads channels where the shape changes, nowhere else", () => {
  const { nodes } = trace(resnet18_paper(), f32(1, 3, 64, 64));
  const padding = nodes.filter(({ op }) => op === "pad");
  expect(padding.map(({ scope }) => scope)).toEqual(["layer2.0", "layer3.0", "layer4.0"]);
  expect(padding[0]?.attrs).toEqual({ before: [0, 32, 0, 0], after: [0, 32, 0, 0], value: 0 });
  expect(padding[0]?.inputs[0]?.type).toEqual(f32(1, 64, 8, 8));
  expect(nodes.filter(({ op }) => op === "add")).toHaveLength(8);
});

test("a plain network adds nothing up", () => {
  const { nodes } = trace(plain34(), f32(1, 3, 64, 64));
  expect(nodes.filter(({ op }) => op === "add" || op === "pad")).toEqual([]);
  expect(nodes.filter(({ op }) => op === "relu")).toHaveLength(33);
});

test("pixels are centred and not scaled, whatever their channels", () => {
  expect(resnet50_paper().normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [1 / 255] });
  expect(plain18({ channels: 1 }).normalization).toEqual({ mean: [0.449], std: [1 / 255] });
});

function tensorsOf(model: Classifier): (readonly [path: string, shape: readonly number[]])[] {
  return [...namedTensors(model)].map(([path, { shape }]) => [path, shape]);
}
