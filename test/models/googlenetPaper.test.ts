import { describe, expect, test } from "vitest";
import { present, UsageError } from "../../src/ir/errors.ts";
import { f32, size } from "../../src/ir/type.ts";
import { googlenet_paper, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { startOf } from "./run.ts";
import { dropped, headsOf, walked } from "./trainingTrace.ts";

describe("googlenet_paper", () => {
  test("has 6,998,552 parameters without its heads and 13,378,280 with them", () => {
    expect(summarize(googlenet_paper({ auxiliary: false })).parameters).toBe(6_998_552);
    expect(summarize(googlenet_paper()).parameters).toBe(13_378_280);
  });

  test("takes 1.5827 G multiply-adds, and its longest path has the paper's 22 layers with weights", () => {
    const { macs, depth } = summarize(googlenet_paper());
    expect((macs / 1e9).toFixed(4)).toBe("1.5827");
    expect(depth).toBe(22);
  });

  test("has the paper's sizes behind every Inception module", () => {
    const outputs = summarize(googlenet_paper())
      .rows.filter(({ kind }) => kind === "Inception")
      .map(({ path, output }) => `${path} ${output.slice(1).join("x")}`);
    expect(outputs).toEqual([
      "inception_3a 256x28x28",
      "inception_3b 480x28x28",
      "inception_4a 512x14x14",
      "inception_4b 512x14x14",
      "inception_4c 512x14x14",
      "inception_4d 528x14x14",
      "inception_4e 832x14x14",
      "inception_5a 832x7x7",
      "inception_5b 1024x7x7",
    ]);
  });

  test("has as many weights in each module as its row's channels say, which is not always what table 1 prints", () => {
    const weights = (module: string) =>
      [...namedTensors(googlenet_paper())].reduce(
        (n, [path, { shape }]) =>
          n + (path.startsWith(`${module}.`) && path.endsWith(".weight") ? size(shape) : 0),
        0,
      );
    expect(weights("conv1")).toBe(9_408);
    expect(weights("conv2")).toBe(114_688);
    const modules = ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"];
    expect(modules.map((module) => weights(`inception_${module}`))).toEqual([
      163_328, 388_096, 375_552, 448_512, 509_440, 604_672, 867_328, 1_042_432, 1_442_816,
    ]);
  });

  test("has Caffe's names, with dots for slashes", () => {
    const paths = [...namedTensors(googlenet_paper())].map(([path]) => path);
    expect(paths.filter((path) => path.endsWith(".weight")).slice(0, 9)).toEqual([
      "conv1.7x7_s2.weight",
      "conv2.3x3_reduce.weight",
      "conv2.3x3.weight",
      "inception_3a.1x1.weight",
      "inception_3a.3x3_reduce.weight",
      "inception_3a.3x3.weight",
      "inception_3a.5x5_reduce.weight",
      "inception_3a.5x5.weight",
      "inception_3a.pool_proj.weight",
    ]);
    expect(paths.filter((path) => path.startsWith("loss"))).toEqual([
      ...["conv", "fc", "classifier"].flatMap((layer) => [`loss1.${layer}.weight`, `loss1.${layer}.bias`]),
      ...["conv", "fc", "classifier"].flatMap((layer) => [`loss2.${layer}.weight`, `loss2.${layer}.bias`]),
      "loss3.classifier.weight",
      "loss3.classifier.bias",
    ]);
  });

  test("pools 3x3 windows without padding, rounded up, and normalises before conv2 and behind it", () => {
    const nodes = trace(googlenet_paper(), f32(1, 3, 224, 224)).nodes.filter(({ scope }) => scope === "");
    expect(nodes.map(({ op, results: [y] }) => `${op} ${y?.type.shape.slice(2).join("x")}`)).toEqual([
      "maxPool2d 56x56",
      "localResponseNorm 56x56",
      "localResponseNorm 56x56",
      "maxPool2d 28x28",
      "maxPool2d 14x14",
      "maxPool2d 7x7",
      "avgPool2d 1x1",
      "reshape ",
    ]);
  });

  test("adds 0.3 of each head's loss in training; a head averages 5x5 windows to 4x4 maps", () => {
    const heads = [
      [[2, 5], 0.3],
      [[2, 5], 0.3],
    ];
    expect(headsOf(googlenet_paper({ classes: 5 }))).toEqual(heads);
    expect(headsOf(googlenet_paper({ classes: 5 }), false)).toEqual([]);
    expect(headsOf(googlenet_paper({ classes: 5, auxiliary: false }))).toEqual([]);
    const { nodes } = walked(googlenet_paper()).graph;
    const pooled = nodes.filter(({ op, scope }) => op === "avgPool2d" && scope.startsWith("loss"));
    expect(pooled.map(({ results: [y] }) => y?.type.shape)).toEqual([
      [2, 512, 4, 4],
      [2, 528, 4, 4],
    ]);
  });

  test("drops 70 % in the heads and 40 % before the last layer in training, or nothing by `dropout`", () => {
    expect(dropped(googlenet_paper({ size: 64 }))).toEqual([0.7, 0.7, 0.4]);
    expect(dropped(googlenet_paper({ size: 64, dropout: false }))).toEqual([]);
  });

  test("starts as Caffe's replica: weights within sqrt(3 / fan in), biases at 0.2, at 0 in the classifiers", () => {
    const start = startOf(googlenet_paper({ classes: 10 }));
    const of = (path: string) => present(start.get(path), path);
    const largest = Math.max(...of("inception_3a.3x3.weight").map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(3 / (96 * 9))));
    expect(largest).toBeGreaterThan(0.99 * Math.sqrt(3 / (96 * 9)));
    expect(new Set(of("loss1.fc.bias"))).toEqual(new Set([Math.fround(0.2)]));
    expect(new Set(of("loss3.classifier.bias"))).toEqual(new Set([0]));
  });

  test("is built for training at sizes from 47 up, and evaluates any from 31 up", () => {
    expect(headsOf(googlenet_paper({ size: [47, 80] }))).toHaveLength(2);
    expect(() => googlenet_paper({ size: 46 })).toThrow(
      new UsageError("googlenet_paper: `size` must be a whole number from 47 up, not 46"),
    );
    expect(trace(googlenet_paper(), f32(1, 3, 31, 33)).outputs.get("y")?.type.shape).toEqual([1, 1000]);
    expect(() => trace(googlenet_paper(), f32(1, 3, 30, 31))).toThrow(
      "googlenet_paper: takes pictures of 31x31 and larger, not 30x31",
    );
  });

  test("in training heads read maps of the size they were built for; without them any size will do", () => {
    const walk = (auxiliary: boolean) => {
      const model = googlenet_paper({ size: 64, auxiliary });
      const walk = new Trace(model, { training: true });
      return run(walk.graph.input("x", f32(2, 3, 80, 80)), model).type.shape;
    };
    expect(walk(false)).toEqual([2, 1000]);
    expect(() => walk(true)).toThrow(
      "googlenet_paper: takes pictures of 64x64, not 80x80; the option `size` sets it",
    );
    expect(() => googlenet_paper({ size: 30, auxiliary: false })).toThrow("from 31 up, not 30");
  });
});
