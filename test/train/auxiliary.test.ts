import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import type { Value } from "../../src/ir/graph.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { Linear } from "../../src/nn/layers.ts";
import { Module } from "../../src/nn/module.ts";
import { run } from "../../src/nn/sequential.ts";
import { traceOf } from "../../src/nn/trace.ts";
import { flatten } from "../../src/ops/shape.ts";
import { evaluationGraph, trainingGraph } from "../../src/train/graphs.ts";
import { sgd } from "../../src/train/optimizers.ts";

/** Two pixels, two classes, and a head for each entry of `weights`. */
class Headed extends Module implements Classifier {
  readonly classes = 2;
  readonly input = [1, 1, 2] as const;
  readonly output = "logits";
  readonly trainingOnly = ["aux1", "aux2"];
  readonly normalization = { mean: [0], std: [1 / 255] }; // pixels as they are
  readonly aux1 = new Linear(2, 2);
  readonly aux2 = new Linear(2, 2);
  readonly fc = new Linear(2, 2);
  readonly #weights: readonly [number, number];

  constructor(weights: readonly [number, number]) {
    super();
    this.#weights = weights;
  }

  override forward(x: Value): Value {
    const features = flatten(x);
    const trace = traceOf(x);
    if (trace.training)
      for (const [i, head] of [this.aux1, this.aux2].entries())
        trace.addAuxiliary(run(features, head), this.#weights[i] ?? 0);
    return run(features, this.fc);
  }
}

const form = { batch: 1, shape: [1, 1, 2] as const, normalization: { mean: [0], std: [1 / 255] } };

/** A step of training on pixels 1 and 0 of class 0, where a layer's logits differ by its gap, and fc's by 0. */
async function trained(weights: readonly [number, number], gaps: readonly [number, number]) {
  const program = await referenceEngine.prepare(
    trainingGraph(new Headed(weights), form, sgd({ momentum: 0 })),
  );
  gaps.forEach((gap, i) => {
    program.write(`aux${i + 1}.weight`, Float32Array.of(gap, 0, 0, 0));
  });
  const images = Uint8Array.of(1, 0);
  const { loss } = await program.run({ images, labels: Int32Array.of(0), rate: Float32Array.of(1) });
  return { loss: loss?.[0], moved: (path: string) => program.read(path)[0] };
}

const crossEntropy = (gap: number) => Math.log(1 + Math.exp(-gap));

it("the loss is the main one and, by their weights, those of the auxiliary heads", async () => {
  const { loss } = await trained([0.3, 0.5], [1, -2]);
  expect(loss).toBeCloseTo(Math.log(2) + 0.3 * crossEntropy(1) + 0.5 * crossEntropy(-2), 5);
});

it("an auxiliary head's gradient is scaled by its weight", async () => {
  const { moved } = await trained([0.3, 1], [0, 0]);
  expect(moved("aux1.bias")).toBeCloseTo(0.15, 5);
  expect(moved("aux2.bias")).toBeCloseTo(0.5, 5);
  expect(moved("fc.bias")).toBeCloseTo(0.5, 5);
});

it("evaluation does without the heads", () => {
  const { nodes } = evaluationGraph(new Headed([0.3, 0.3]), form);
  expect(nodes.some(({ scope }) => scope === "fc")).toBe(true);
  expect(nodes.filter(({ scope }) => scope.startsWith("aux"))).toEqual([]);
});
