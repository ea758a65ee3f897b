import { expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { UsageError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { Module } from "../../src/nn/module.ts";
import { flatten } from "../../src/ops/shape.ts";
import { Evaluator, rankOf } from "../../src/train/evaluate.ts";
import { flipped, tenCrop } from "../../src/transforms/views.ts";
import { smallMlp } from "./small.ts";

/** A network of seven classes that prefers the brightest of seven pixels. */
class Brightest extends Module implements Classifier {
  readonly classes = 7;
  readonly input = [1, 1, 7] as const;
  readonly output = "logits";

  override forward(x: Value): Value {
    return flatten(x);
  }
}

const [bright, dim, dark] = [255, 51, 0];
const dataset: Dataset = {
  name: "seven pixels",
  images: Uint8Array.from([
    ...[bright, dark, dark, dark, dark, dark, dark],
    ...[bright, dim, dark, dark, dark, dark, dark],
    ...[dark, dim, bright, dark, dark, dark, dark],
    // Of equals the first counts as preferred, so that class 6 comes last of seven.
    ...[dark, dark, dark, dark, dark, dark, dark],
  ]),
  labels: Uint8Array.of(0, 1, 2, 6),
  shape: [1, 1, 7],
  classes: ["a", "b", "c", "d", "e", "f", "g"],
  normalization: { mean: [0], std: [1] },
};
const image = { shape: dataset.shape, normalization: dataset.normalization };

it("evaluate: top-1, top-5, loss, classes and confusion of four pictures counted by hand", async () => {
  // A batch of three leaves one picture for the last, whose fillers must not count.
  const evaluator = await Evaluator.create(new Brightest(), referenceEngine, { image, batch: 3 });
  const { loss, confusion, perClass, ...counts } = await evaluator.evaluate(inMemory(dataset));
  expect(counts).toEqual({ count: 4, top1: 2 / 4, top5: 3 / 4 });
  const sum = (dims: number, darks: number) => Math.log(Math.E + dims * Math.exp(0.2) + darks);
  const losses = [sum(0, 6) - 1, sum(1, 5) - 0.2, sum(1, 5) - 1, Math.log(7)];
  expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 4, 6);
  expect(confusion.map((row) => row.join(" "))).toEqual([
    "1 0 0 0 0 0 0",
    "1 0 0 0 0 0 0",
    "0 0 1 0 0 0 0",
    "0 0 0 0 0 0 0",
    "0 0 0 0 0 0 0",
    "0 0 0 0 0 0 0",
    "1 0 0 0 0 0 0",
  ]);
  expect(perClass[1]).toEqual({ name: "b", count: 1, correct: 0 });
  expect(perClass[2]).toEqual({ name: "c", count: 1, correct: 1 });
});

it("probabilities: one row a picture that sums to one, whatever the batch", async () => {
  const evaluator = await Evaluator.create(new Brightest(), referenceEngine, { image, batch: 3 });
  const rows = await evaluator.probabilities(dataset.images, 4);
  expect(rows.length).toBe(4);
  for (const row of rows) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  expect(rows[0]?.[0]).toBeCloseTo(Math.E / (Math.E + 6), 6);
  expect(rows[3]?.[0]).toBeCloseTo(1 / 7, 6);
});

it("rankOf: the first of equals is preferred, and NaN prefers all others", () => {
  const row = Float32Array.of(1, 3, 3, 2);
  expect([0, 1, 2, 3].map((label) => rankOf(row, label))).toEqual([3, 0, 1, 2]);
  expect(rankOf(new Float32Array(3).fill(Number.NaN), 0)).toBe(2);
});

it("load: a tensor that is missing is named", async () => {
  const model = smallMlp();
  const form = { shape: model.input, normalization: dataset.normalization };
  const evaluator = await Evaluator.create(model, referenceEngine, { image: form, batch: 1 });
  expect(() => evaluator.load(new Map())).toThrow(new UsageError("the weights lack layers.0.weight"));
});

it("views: the probabilities are means over the views of each picture", async () => {
  const evaluator = await Evaluator.create(new Brightest(), referenceEngine, { image, batch: 3 });
  const { top1, loss } = await evaluator.evaluate(inMemory(dataset), { views: flipped });
  const sum = (dims: number, darks: number) => Math.log(Math.E + dims * Math.exp(0.2) + darks);
  const mean = (...logs: number[]) => Math.log(logs.reduce((a, b) => a + Math.exp(b), 0) / logs.length);
  const losses = [sum(0, 6) - mean(1, 0), sum(1, 5) - mean(0.2, 0), sum(1, 5) - mean(1, 0), Math.log(7)];
  expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 4, 5);
  // The bright pixel and its mirror image are equal now, and the first is preferred.
  expect(top1).toBe(2 / 4);
});

it("views: of larger pictures, crops of the size of the network; any other size is refused", async () => {
  const wide: Dataset = {
    ...dataset,
    images: Uint8Array.of(...new Array<number>(18).fill(dark)),
    shape: [1, 1, 9],
  };
  const two: Dataset = { ...wide, labels: Uint8Array.of(0, 1) };
  const evaluator = await Evaluator.create(new Brightest(), referenceEngine, { image, batch: 3 });
  const evaluation = await evaluator.evaluate(inMemory(two), { views: tenCrop([1, 7]) });
  expect(evaluation.count).toBe(2);
  expect(evaluation.loss).toBeCloseTo(Math.log(7), 5);
  await expect(evaluator.evaluate(inMemory(two), { views: flipped })).rejects.toThrow(
    new UsageError("evaluate: `views` gives a picture of [1,1,9], expected [1,1,7]"),
  );
  await expect(evaluator.evaluate(inMemory(two), { views: () => [] })).rejects.toThrow(
    new UsageError("evaluate: `views` gives no picture, expected one or more"),
  );
});
