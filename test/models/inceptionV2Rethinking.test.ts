import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { inception_v2_rethinking, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

const summary = summarize(inception_v2_rethinking());

describe("inception_v2_rethinking", () => {
  test("has the sizes that table 1 prints, as the inputs of the layers that follow", () => {
    const outputs = summary.rows
      .filter(({ path, level }) => level === 1 && /^(Conv2d|maxPool2d|Mixed|fc)/.test(path))
      .map(({ path, output }) => `${path} ${output.slice(1).reverse().join("x")}`);
    expect(outputs).toEqual([
      "Conv2d_1a_3x3 149x149x32",
      "Conv2d_2a_3x3 147x147x32",
      "Conv2d_2b_3x3 147x147x64",
      "maxPool2d 73x73x64",
      "Conv2d_3b_3x3 71x71x80",
      "Conv2d_4a_3x3 35x35x192",
      "Conv2d_4b_3x3 35x35x288",
      "Mixed_5b 35x35x288",
      "Mixed_5c 35x35x288",
      "Mixed_5d 35x35x288",
      "Mixed_6a 17x17x768",
      "Mixed_6b 17x17x768",
      "Mixed_6c 17x17x768",
      "Mixed_6d 17x17x768",
      "Mixed_6e 17x17x768",
      "Mixed_6f 17x17x768",
      "Mixed_7a 8x8x1280",
      "Mixed_7b 8x8x2048",
      "Mixed_7c 8x8x2048",
      "fc 1000",
    ]);
  });

  test("has 26,405,192 parameters and 54 layers on the longest path, and takes 6.483 G multiply-adds", () => {
    expect(summary).toMatchObject({ parameters: 26_405_192, depth: 54, macs: 6_482_774_624 });
  });

  test("has no 5x5 and no 7x7 convolution: figure 5 has 3x3, figure 6 1x7 and 7x1, figure 7 1x3 and 3x1", () => {
    const kernels = (module: string) =>
      new Set(
        [...namedTensors(inception_v2_rethinking())]
          .filter(([path]) => path.startsWith(module) && path.endsWith("conv.weight"))
          .map(([, { shape }]) => shape.slice(2).join("x")),
      );
    expect(kernels("Mixed_5")).toEqual(new Set(["1x1", "3x3"]));
    expect(kernels("Mixed_6f")).toEqual(new Set(["1x1", "1x7", "7x1"]));
    expect(kernels("Mixed_7c")).toEqual(new Set(["1x1", "1x3", "3x1", "3x3"]));
  });

  test("takes pictures of any size from 75 up, and refuses smaller ones", () => {
    const of = (h: number, w: number) =>
      trace(inception_v2_rethinking({ classes: 5 }), f32(1, 3, h, w)).outputs.get("y")?.type.shape;
    expect(of(75, 100)).toEqual([1, 5]);
    expect(() => of(74, 75)).toThrow(
      "inception_v2_rethinking: takes pictures of 75x75 and larger, not 74x75",
    );
    expect(() => inception_v2_rethinking({ size: 74 })).toThrow(
      new UsageError("inception_v2_rethinking: `size` must be a whole number from 75 up, not 74"),
    );
  });
});
