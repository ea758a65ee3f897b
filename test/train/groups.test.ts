import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { UsageError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import { size } from "../../src/ir/type.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { initialize } from "../../src/nn/init.ts";
import { Conv2d, Linear } from "../../src/nn/layers.ts";
import { Module, namedTensors } from "../../src/nn/module.ts";
import { BatchNorm2d } from "../../src/nn/normalization.ts";
import { run } from "../../src/nn/sequential.ts";
import { relu } from "../../src/ops/activation.ts";
import { flatten } from "../../src/ops/shape.ts";
import { type TrainingOptions, trainingGraph } from "../../src/train/graphs.ts";
import { treatments } from "../../src/train/groups.ts";
import { sgd } from "../../src/train/optimizers.ts";

/** Two convolutions with batch norm between them, and a full connection. */
class Small extends Module implements Classifier {
  readonly classes = 3;
  readonly input = [1, 4, 4] as const;
  readonly output = "logits";
  readonly conv1 = new Conv2d(1, 4, { kernel: 3, padding: 1 });
  readonly bn = new BatchNorm2d(4);
  readonly conv2 = new Conv2d(4, 2, { kernel: 3, padding: 1 });
  readonly fc = new Linear(32, 3);

  override forward(x: Value): Value {
    return run(x, this.conv1, this.bn, relu, this.conv2, flatten, this.fc);
  }
}

const form = { batch: 4, shape: [1, 4, 4] as const, normalization: { mean: [0.5], std: [0.5] } };

function graphOf(options: TrainingOptions) {
  return trainingGraph(new Small(), form, sgd({ momentum: 0.9, weightDecay: 0.1 }), options);
}

/** By how much two steps of training move each tensor, at most. */
async function movesOf(options: TrainingOptions): Promise<ReadonlyMap<string, number>> {
  const program = await referenceEngine.prepare(graphOf(options));
  const start = new Map(
    [...namedTensors(new Small())].map(([path, { init, shape }]) => [path, initialize(init, shape, path, 1)]),
  );
  for (const [path, data] of start) program.write(path, data);
  const images = new Uint8Array(4 * size(form.shape)).map((_, i) => (i * 37) % 256);
  for (let step = 0; step < 2; step++)
    await program.run({ images, labels: Int32Array.of(0, 1, 2, 0), rate: Float32Array.of(0.1) });
  return new Map(
    [...start].map(([path, data]) => {
      const end = program.read(path);
      return [path, Math.max(...data.map((element, i) => Math.abs(element - (end[i] ?? 0))))];
    }),
  );
}

const moved = (moves: ReadonlyMap<string, number>) =>
  [...moves].filter(([, by]) => by > 0).map(([path]) => path);

it("what is frozen stays, and no gradient is computed for what lies below the last that is not", async () => {
  const options = { freeze: ["conv1", "bn", "conv2.weight"], freezeNorm: ["bn"] };
  expect(moved(await movesOf(options))).toEqual(["conv2.bias", "fc.weight", "fc.bias"]);
  const names = graphOf({ freeze: ["conv1", "bn", "conv2"] }).nodes.map(({ op }) => op);
  expect(names.filter((op) => op.startsWith("conv") && op.endsWith("Grad"))).toEqual([]);
});

it("a frozen batch norm normalises by its running statistics, which stay; its gamma is still trained", async () => {
  const usual = moved(await movesOf({}));
  expect(usual).toContain("bn.running_mean");
  const frozen = moved(await movesOf({ freezeNorm: ["bn"] }));
  expect(frozen).toEqual(usual.filter((path) => !path.startsWith("bn.running")));
  expect(frozen).toContain("bn.weight");
});

const parameters = new Map([
  ["conv.weight", { shape: [4, 1, 3, 3] }],
  ["conv.bias", { shape: [4] }],
  ["bn.weight", { shape: [4] }],
  ["conv2.weight", { shape: [4, 4, 3, 3] }],
  ["fc.weight", { shape: [3, 4] }],
  ["fc.bias", { shape: [3] }],
]);
const ratesOf = (options: TrainingOptions) =>
  [...treatments(parameters, options)].map(([path, { rate }]) => [path, Number(rate.toPrecision(6))]);

it("weight decay acts on all, or not on parameters of one axis", () => {
  const decaying = (options: TrainingOptions) =>
    [...treatments(parameters, options)].filter(([, { decays }]) => decays).map(([path]) => path);
  expect(decaying({})).toEqual([...parameters.keys()]);
  expect(decaying({ decayNormAndBias: false })).toEqual(["conv.weight", "conv2.weight", "fc.weight"]);
});

it("rates grow geometrically from the first layer to the last", () => {
  expect(ratesOf({ firstLayerRate: 0.01 })).toEqual([
    ["conv.weight", 0.01],
    ["conv.bias", 0.01],
    ["bn.weight", 0.01],
    ["conv2.weight", 0.1],
    ["fc.weight", 1],
    ["fc.bias", 1],
  ]);
});

it("the factors of all patterns that fit a path are multiplied; a pattern is a path, its beginning, or has stars", () => {
  expect(ratesOf({ rates: { conv: 0.5, "*.bias": 2, "bn.*": 0 } })).toEqual([
    ["conv.weight", 0.5],
    ["conv.bias", 1],
    ["bn.weight", 0],
    ["conv2.weight", 1],
    ["fc.weight", 1],
    ["fc.bias", 2],
  ]);
});

it("a parameter with half the rate moves half as far", async () => {
  const [whole, half] = [
    await movesOf({ freeze: ["conv1"] }),
    await movesOf({ freeze: ["conv1"], rates: { fc: 0.5 } }),
  ];
  expect((half.get("fc.bias") ?? 0) / (whole.get("fc.bias") ?? 1)).toBeCloseTo(0.5, 1);
});

it("a pattern that fits nothing, a rate that is none and freezing all are refused", () => {
  expect(() => treatments(parameters, { freeze: ["layer1"] })).toThrow(
    new UsageError(
      "freeze: the pattern layer1 fits no path; there are conv.weight, conv.bias, bn.weight, conv2.weight, fc.weight, ...",
    ),
  );
  expect(() => treatments(parameters, { rates: { fc: -1 } })).toThrow(
    new UsageError("rates: the factor of fc is -1, expected a number of 0 or more"),
  );
  expect(() => treatments(parameters, { firstLayerRate: 0 })).toThrow(
    new UsageError("firstLayerRate is 0, expected a number above 0"),
  );
  expect(() => treatments(parameters, { freeze: ["*"] })).toThrow(
    new UsageError("freeze: no parameter is left to train"),
  );
});
