import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { present } from "../../src/ir/errors.ts";
import { f32, type Shape } from "../../src/ir/type.ts";
import { GoogLeNetModelV1, googlenet_article, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";
import { forward } from "./run.ts";
import { fill, hashUniform } from "./torchFill.ts";

interface Golden {
  readonly state_dict: Readonly<Record<string, Shape>>;
  readonly eval_output: readonly (readonly number[])[];
}

// PyTorch's values for the article's own code; the file is part of the repository, so its form is known.
const golden = JSON.parse(
  readFileSync(new URL("../golden/article_googlenet.json", import.meta.url), "utf8"),
) as Golden;

describe("googlenet_article", () => {
  test("has the state_dict of the article's code: same names, shapes and order", () => {
    const tensors = [...namedTensors(googlenet_article())].map(([path, { shape }]) => [path, shape]);
    expect(tensors).toEqual(Object.entries(golden.state_dict));
  });

  test("gives PyTorch's outputs for PyTorch's weights", async () => {
    const tensors = new Map(
      Object.entries(golden.state_dict).map(([path, shape]) => [path, fill(path, shape)]),
    );
    const [first] = golden.eval_output;
    const x = hashUniform("input", 2 * 96 * 96).map((u) => 2 * u);
    const output = await forward(googlenet_article(), tensors, x.subarray(0, 96 * 96), [1, 96, 96]);
    output.forEach((logProbability, k) => {
      expect(logProbability).toBeCloseTo(present(first?.[k], "ten classes"), 4);
    });
  });

  test("has 5,977,530 parameters and 22 layers, and takes 1.503 G multiply-adds at 224x224", () => {
    expect(summarize(googlenet_article())).toMatchObject({
      parameters: 5_977_530,
      depth: 22,
      macs: 1_502_982_144,
    });
  });

  test("has the paper's channels and sizes behind every Inception module", () => {
    const outputs = summarize(googlenet_article())
      .rows.filter(({ kind }) => kind === "InceptionV1")
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "b3.0 256x28x28",
      "b3.1 480x28x28",
      "b4.0 512x14x14",
      "b4.1 512x14x14",
      "b4.2 512x14x14",
      "b4.3 528x14x14",
      "b4.4 832x14x14",
      "b5.0 832x7x7",
      "b5.1 1024x7x7",
    ]);
  });

  test("has no ReLU behind module two's convolutions", () => {
    const { nodes } = trace(googlenet_article(), f32(1, 1, 96, 96));
    expect(nodes.filter(({ scope }) => scope.startsWith("b2")).map(({ op }) => op)).toEqual([
      "conv2d",
      "addChannels",
      "conv2d",
      "addChannels",
      "maxPool2d",
    ]);
  });

  test("is constructed as in the article, by the number of classes", () => {
    expect(new GoogLeNetModelV1(7).classes).toBe(7);
    expect(new GoogLeNetModelV1(7, { channels: 3 }).input).toEqual([3, 224, 224]);
    expect(googlenet_article({ classes: 5, size: 96 })).toMatchObject({ classes: 5, input: [1, 96, 96] });
  });

  test.each([
    [8, 8],
    [1, 1],
    [33, 47],
  ])("takes pictures of any size, such as %ix%i", (height, width) => {
    const { outputs } = trace(googlenet_article(), f32(1, 1, height, width));
    expect(outputs.get("y")?.type.shape).toEqual([1, 10]);
  });
});
