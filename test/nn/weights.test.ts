import { describe, expect, it, test } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { parseSafetensors, serializeSafetensors } from "../../src/formats/safetensors.ts";
import { WeightError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import { size, type TensorData } from "../../src/ir/type.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { Linear } from "../../src/nn/layers.ts";
import { Module, namedTensors } from "../../src/nn/module.ts";
import { BatchNorm2d } from "../../src/nn/normalization.ts";
import { run } from "../../src/nn/sequential.ts";
import { traceOf } from "../../src/nn/trace.ts";
import { matchWeights, withoutParallelPrefix } from "../../src/nn/weights.ts";
import { flatten } from "../../src/ops/shape.ts";
import { Evaluator } from "../../src/train/evaluate.ts";

/** Batch norm, a linear layer, and a head for training, which it can be built without. */
class Headed extends Module implements Classifier {
  readonly classes = 2;
  readonly input = [3, 1, 1] as const;
  readonly output = "logits";
  readonly trainingOnly = ["aux"];
  readonly bn = new BatchNorm2d(3);
  readonly aux: Linear | undefined;
  readonly fc = new Linear(3, 2);

  constructor({ auxiliary = true } = {}) {
    super();
    if (auxiliary) this.aux = new Linear(3, 2);
  }

  override forward(x: Value): Value {
    const features = flatten(run(x, this.bn));
    const { training } = traceOf(x);
    if (this.aux && training) traceOf(x).addAuxiliary(run(features, this.aux), 0.3);
    return run(features, this.fc);
  }
}

const own = ["bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];
const aux = ["aux.weight", "aux.bias"];
const fc = ["fc.weight", "fc.bias"];

/** A file as PyTorch writes it, with the counter of batch norm. */
function published(): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  for (const [path, { shape }] of namedTensors(new Headed()))
    tensors.set(path, { shape, data: Float32Array.from({ length: size(shape) }, (_, i) => i + 1) });
  return tensors.set("bn.num_batches_tracked", { shape: [], data: Int32Array.of(500) });
}

function without(...names: readonly string[]): Map<string, TensorData> {
  return new Map([...published()].filter(([name]) => !names.includes(name)));
}

function renamed(rename: (name: string, index: number) => string): Map<string, TensorData> {
  return new Map([...published()].map(([name, tensor], index) => [rename(name, index), tensor]));
}

function refusal(tensors: ReadonlyMap<string, TensorData>): string {
  try {
    matchWeights(new Headed(), tensors, "w.safetensors");
  } catch (error) {
    if (error instanceof WeightError) return error.message;
  }
  return "";
}

describe("matchWeights", () => {
  it("gives the network's tensors by path, without the batches that batch norm counted", () => {
    const matched = matchWeights(new Headed(), published(), "w.safetensors");
    expect([...matched.keys()]).toEqual([...own, ...aux, ...fc]);
    expect(matched.get("fc.bias")).toEqual(Float32Array.of(1, 2));
  });

  it("does without a head for training, and puts up with one that the network is built without", () => {
    const bare = matchWeights(new Headed(), without(...aux), "w.safetensors");
    expect([...bare.keys()]).toEqual([...own, ...fc]);
    const ignored = matchWeights(new Headed({ auxiliary: false }), published(), "w.safetensors");
    expect([...ignored.keys()]).toEqual([...own, ...fc]);
  });

  it("names a missing tensor with the one that was likely meant, and unexpected and misshapen ones", () => {
    const tensors = renamed((name) => (name === "fc.bias" ? "fc.bais" : name));
    tensors.set("bn.weight", { shape: [4], data: new Float32Array(4) });
    tensors.set("aux.bias", { shape: [2], data: new Int32Array(2) });
    tensors.set("fc.num_batches_tracked", { shape: [], data: Int32Array.of(1) });
    expect(refusal(tensors)).toBe(
      [
        "w.safetensors: these weights are not this model's",
        "  missing (1)",
        "    fc.bias (the file has fc.bais)",
        "  unexpected (2)",
        "    fc.bais",
        "    fc.num_batches_tracked",
        "  misshapen (2)",
        "    bn.weight: f32[4], expected f32[3]",
        "    aux.bias: i32[2], expected f32[2]",
      ].join("\n"),
    );
  });
});

describe("withoutParallelPrefix", () => {
  it("takes the prefix off where all names have it", () => {
    const names = withoutParallelPrefix(renamed((name) => `module.${name}`)).keys();
    expect([...names]).toEqual([...published().keys()]);
  });

  it("leaves names as they are where one lacks it: there it is part of a name", () => {
    const tensors = renamed((name, index) => (index === 0 ? name : `module.${name}`));
    expect(withoutParallelPrefix(tensors)).toBe(tensors);
    expect(refusal(tensors)).toContain("unexpected (8)\n    module.bn.bias");
    expect(withoutParallelPrefix(new Map())).toEqual(new Map());
  });
});

test("a file with batch norm's counter is written again with it", () => {
  const { tensors } = parseSafetensors(serializeSafetensors(published()));
  expect(tensors.get("bn.num_batches_tracked")).toEqual({ shape: [], data: Int32Array.of(500) });
  expect(parseSafetensors(serializeSafetensors(tensors)).tensors).toEqual(published());
});

test("a network with a head for training evaluates with weights that lack the head", async () => {
  const image = { shape: [3, 1, 1] as const, normalization: { mean: [0], std: [1] } };
  const answers = async (tensors: ReadonlyMap<string, TensorData>) => {
    const evaluator = await Evaluator.create(new Headed(), referenceEngine, { image, batch: 1 });
    evaluator.load(tensors);
    return evaluator.probabilities(Uint8Array.of(255, 0, 51), 1);
  };
  expect(await answers(without(...aux))).toEqual(await answers(published()));
});
