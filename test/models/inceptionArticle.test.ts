import { describe, expect, test } from "vitest";
import { f32, size } from "../../src/ir/type.ts";
import { InceptionV1 } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";
import { definitionOf } from "../../src/ops/index.ts";

const block3a = new InceptionV1(192, 64, [96, 128], [16, 32], 32);

describe("InceptionV1", () => {
  test("as block 3a stacks 64, 128, 32 and 32 channels and keeps height and width", () => {
    expect(trace(block3a, f32(2, 192, 28, 28)).outputs.get("y")?.type).toEqual(f32(2, 256, 28, 28));
  });

  test("as block 3a has 163,328 weights and 368 biases", () => {
    const count = (leaf: string) =>
      [...namedTensors(block3a)].reduce(
        (n, [path, { shape }]) => n + (path.endsWith(leaf) ? size(shape) : 0),
        0,
      );
    expect(count(".weight")).toBe(163_328);
    expect(count(".bias")).toBe(368);
  });

  test("as block 3a takes the paper's 128 million multiply-adds", () => {
    const convolutions = trace(block3a, f32(1, 192, 28, 28)).nodes.filter(({ op }) => op === "conv2d");
    const flops = convolutions.reduce((n, node) => n + definitionOf(node).flops(node), 0);
    expect(flops / 2).toBe(128_049_152);
  });

  test("names its weights by branch, in the article's order", () => {
    const convolutions = [...namedTensors(block3a)]
      .map(([path]) => path)
      .filter((path) => path.endsWith("weight"));
    expect(convolutions).toEqual([
      "branch1.conv.weight",
      "branch2.0.conv.weight",
      "branch2.1.conv.weight",
      "branch3.0.conv.weight",
      "branch3.1.conv.weight",
      "branch4.1.conv.weight",
    ]);
  });

  test("an input of other channels fails in the first branch that reads it", () => {
    expect(() => trace(block3a, f32(1, 3, 28, 28))).toThrow(
      [
        "conv2d: x has 3 channels, weight wants 192",
        "  given  f32[1,3,28,28], f32[64,192,1,1]",
        "  at     branch1.conv",
      ].join("\n"),
    );
  });
});
