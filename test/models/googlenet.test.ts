import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32 } from "../../src/ir/type.ts";
import { googlenet, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";
import { forward, startOf } from "./run.ts";
import { dropped, headsOf } from "./trainingTrace.ts";

describe("googlenet", () => {
  test("has 6,624,904 parameters without its heads and 13,004,888 with them", () => {
    expect(summarize(googlenet({ auxiliary: false })).parameters).toBe(6_624_904);
    expect(summarize(googlenet()).parameters).toBe(13_004_888);
  });

  test("takes 1.498 G multiply-adds, and its longest path has 22 layers with weights", () => {
    const { macs, depth } = summarize(googlenet());
    expect((macs / 1e9).toFixed(3)).toBe("1.498");
    expect(depth).toBe(22);
  });

  test("has the paper's sizes behind every Inception module", () => {
    const outputs = summarize(googlenet())
      .rows.filter(({ kind }) => kind === "Inception")
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "inception3a 256x28x28",
      "inception3b 480x28x28",
      "inception4a 512x14x14",
      "inception4b 512x14x14",
      "inception4c 512x14x14",
      "inception4d 528x14x14",
      "inception4e 832x14x14",
      "inception5a 832x7x7",
      "inception5b 1024x7x7",
    ]);
  });

  test("has torchvision's names", () => {
    const paths = [...namedTensors(googlenet())].map(([path]) => path);
    expect(paths.slice(0, 6)).toEqual([
      "conv1.conv.weight",
      "conv1.bn.weight",
      "conv1.bn.bias",
      "conv1.bn.running_mean",
      "conv1.bn.running_var",
      "conv2.conv.weight",
    ]);
    expect(paths).toContain("inception3a.branch3.1.conv.weight");
    expect(paths).toContain("inception5b.branch4.1.bn.running_var");
    expect(paths.filter((path) => /^(aux1|fc)/.test(path) && !path.includes(".bn."))).toEqual([
      "aux1.conv.conv.weight",
      "aux1.fc1.weight",
      "aux1.fc1.bias",
      "aux1.fc2.weight",
      "aux1.fc2.bias",
      "fc.weight",
      "fc.bias",
    ]);
  });

  test("has torchvision's slips: 3x3 in the branch of 5x5, and a last pooling of 2x2", () => {
    const { rows } = summarize(googlenet());
    const windows = Object.fromEntries(rows.map(({ path, window }) => [path, window]));
    expect(windows["inception3a.branch3.1.conv"]).toBe("3x3 p1");
    const halvings = rows.filter(({ kind, level }) => kind === "maxPool2d" && level === 1);
    expect(halvings.map(({ window, output }) => `${window} ${output[2]}`)).toEqual([
      "3x3/2 56",
      "3x3/2 28",
      "3x3/2 14",
      "2x2/2 7",
    ]);
  });

  test("adds 0.3 of each head's loss in training, and in evaluation has no heads", () => {
    const options = { classes: 5, size: 64 };
    expect(headsOf(googlenet(options))).toEqual([
      [[2, 5], 0.3],
      [[2, 5], 0.3],
    ]);
    expect(headsOf(googlenet(options), false)).toEqual([]);
    expect(headsOf(googlenet({ ...options, auxiliary: false }))).toEqual([]);
    expect(googlenet().trainingOnly).toEqual(["aux1", "aux2"]);
  });

  test("drops 70 % in the heads and 20 % before the last layer in training, or nothing by `dropout`", () => {
    expect(dropped(googlenet({ size: 64 }))).toEqual([0.7, 0.7, 0.2]);
    expect(dropped(googlenet({ size: 64, dropout: false }))).toEqual([]);
  });

  test.each([
    [15, 15],
    [16, 31],
    [33, 224],
  ])("takes pictures of any size from 15 up, such as %ix%i", (h, w) => {
    expect(trace(googlenet(), f32(1, 3, h, w)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
  });

  test("refuses pictures smaller than 15x15", () => {
    expect(() => googlenet({ size: 14 })).toThrow(
      new UsageError("googlenet: `size` must be a whole number from 15 up, not 14"),
    );
    expect(() => trace(googlenet(), f32(1, 3, 14, 15))).toThrow(
      "googlenet: takes pictures of 15x15 and larger, not 14x15",
    );
  });

  test("expects torchvision's range of colours, and none in particular of grey", () => {
    expect(googlenet().normalization?.mean).toEqual([0.485, 0.456, 0.406]);
    expect(googlenet({ channels: 1 }).normalization).toBeUndefined();
  });

  test("with `transformInput` gives for torchvision's range what it gives for [-1, 1] without", async () => {
    const options = { classes: 3, size: 15, auxiliary: false };
    const { mean, std } = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const pixels = Float32Array.from({ length: 3 * 225 }, (_, i) => (i * i * 37) % 256);
    const channel = (i: number) => Math.floor(i / 225);
    const torchvision = pixels.map((p, i) => (p / 255 - (mean[channel(i)] ?? 0)) / (std[channel(i)] ?? 1));
    const tensors = startOf(googlenet(options));
    const expected = await forward(
      googlenet(options),
      tensors,
      pixels.map((p) => p / 127.5 - 1),
    );
    const given = await forward(googlenet({ ...options, transformInput: true }), tensors, torchvision);
    expected.forEach((logit, k) => {
      expect(given[k]).toBeCloseTo(logit, 6);
    });
    expect(() => googlenet({ channels: 1, transformInput: true })).toThrow(
      new UsageError("googlenet: `transformInput` is for pictures of 3 channels, not 1"),
    );
  });
});
