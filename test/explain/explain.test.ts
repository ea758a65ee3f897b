import { describe, expect, it } from "vitest";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import {
  type Attribution,
  activations,
  faithfulness,
  filters,
  gradCam,
  gradCamOf,
  gradCamPlusPlus,
  gradCamPlusPlusOf,
  integratedGradients,
  layerShapes,
  mostActivating,
  mostActivatingOf,
  occlusion,
  overChannels,
  Probe,
  resizeMap,
  saliency,
  sharing,
  smoothGrad,
} from "../../src/explain/index.ts";
import { UsageError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import { uniform } from "../../src/ir/random.ts";
import { mlp } from "../../src/models/mlp.ts";
import { createModel } from "../../src/models/registry.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { Linear } from "../../src/nn/layers.ts";
import { Module, namedTensors } from "../../src/nn/module.ts";
import { traceOf } from "../../src/nn/trace.ts";
import { reshape } from "../../src/ops/shape.ts";
import { describeEngines } from "../conformance/engines.ts";
import { fill } from "../models/torchFill.ts";
import { someDigits } from "../train/small.ts";
import { digit, filled, trainedLenet } from "./subject.ts";

const digits = await someDigits(600);

await describeEngines((engine) => {
  const trained = trainedLenet(engine, digits);

  it("integrated gradients add up to the difference of the scores", async () => {
    const subject = await trained;
    const { data, score, baselineScore } = await integratedGradients(
      subject,
      await digit(subject, digits, 3),
      {
        steps: 200,
      },
    );
    const sum = data.reduce((total, value) => total + value, 0);
    expect(Math.abs(score - baselineScore)).toBeGreaterThan(0.3);
    expect(Math.abs(sum - (score - baselineScore))).toBeLessThan(0.02 * Math.abs(score - baselineScore));
  });

  it("a probe that was prepared once gives Grad-CAM's maps of every picture", async () => {
    const subject = await trained;
    const layer = "conv2";
    const shape = [16, 10, 10] as const;
    const probe = await Probe.create(subject, { values: [layer], towards: [layer] });
    for (const index of [1, 2]) {
      const x = await digit(subject, digits, index);
      const answer = await probe.run(x, 3);
      const values = answer.values.get(layer) ?? new Float32Array();
      const gradient = answer.gradients.get(layer) ?? new Float32Array();
      const options = { layer, target: 3 };
      expect(gradCamOf({ shape, values, gradient })).toEqual((await gradCam(subject, x, options)).data);
      expect(gradCamPlusPlusOf({ shape, values, gradient })).toEqual(
        (await gradCamPlusPlus(subject, x, options)).data,
      );
    }
  });

  it("pixels that maps name high decide more than pixels drawn by lot", async () => {
    const subject = await trained;
    const black = await blackPicture(subject);
    const sums = new Map<string, { deletion: number; insertion: number }>();
    for (const index of [0, 5, 11, 17]) {
      const x = await digit(subject, digits, index);
      const { data, target } = await integratedGradients(subject, x, { baseline: black });
      const options = { target };
      const maps: Readonly<Record<string, Attribution>> = {
        random: {
          shape: [28, 28],
          data: Float32Array.from({ length: 784 }, (_, i) => uniform(index, i)),
          target,
        },
        integratedGradients: { shape: [28, 28], data, target },
        occlusion: await occlusion(subject, x, { ...options, value: black[0] ?? 0 }),
        gradCam: resizeMap(await gradCam(subject, x, options), [28, 28]),
      };
      for (const [name, map] of Object.entries(maps)) {
        const { deletion, insertion } = await faithfulness(subject, x, map, { baseline: black });
        const before = sums.get(name) ?? { deletion: 0, insertion: 0 };
        sums.set(name, { deletion: before.deletion + deletion, insertion: before.insertion + insertion });
      }
    }
    const random = sums.get("random") ?? { deletion: 0, insertion: 0 };
    for (const name of ["integratedGradients", "occlusion", "gradCam"]) {
      expect(sums.get(name)?.deletion, name).toBeLessThan(random.deletion);
      expect(sums.get(name)?.insertion, name).toBeGreaterThan(random.insertion);
    }
  });
});

describe("methods", () => {
  const subject = filled(referenceEngine, "lenet5", { size: 12 });
  const x = Float32Array.from({ length: 144 }, (_, i) => uniform(7, i) - 0.5);

  it("SmoothGrad without noise is the gradient, and the same seed draws the same noise", async () => {
    const plain = await saliency(subject, x, { target: 2 });
    const still = await smoothGrad(subject, x, { target: 2, samples: 3, noise: 0 });
    plain.data.forEach((value, i) => {
      expect(still.data[i]).toBeCloseTo(value, 5);
    });
    const options = { target: 2, samples: 3, seed: 5 };
    const noisy = await smoothGrad(subject, x, options);
    expect(noisy.data).not.toEqual(still.data);
    expect(await smoothGrad(subject, x, options)).toEqual(noisy);
  });

  it("explains the class the network prefers unless told otherwise", async () => {
    const { scores } = await (await Probe.create(subject)).run(x);
    expect((await saliency(subject, x)).target).toBe(scores.indexOf(Math.max(...scores)));
  });

  it("pictures run in batches give what each gives alone", async () => {
    const three = new Float32Array(3 * 144).map((_, i) => uniform(3, i) - 0.5);
    const question = { values: ["conv1"], towards: ["picture"] };
    const together = await (await Probe.create(subject, { ...question, batch: 2 })).run(three, [1, 2, 3]);
    const alone = await (await Probe.create(subject, question)).run(three.slice(288), [3]);
    const tail = (name: "values" | "gradients", key: string) =>
      together[name].get(key)?.slice(-(alone[name].get(key)?.length ?? 0));
    expect(tail("values", "conv1")).toEqual(alone.values.get("conv1"));
    expect(tail("gradients", "picture")).toEqual(alone.gradients.get("picture"));
  });

  it("a probe that takes other weights answers as one made for them", async () => {
    const others = filled(subject.engine, "lenet5", { size: 12 }, "others");
    const probe = await Probe.create(subject, { values: ["conv1"] });
    const before = await probe.run(x);
    probe.load(others.weights);
    const after = await probe.run(x);
    expect(after.scores).not.toEqual(before.scores);
    expect(after).toEqual(await (await Probe.create(others, { values: ["conv1"] })).run(x));
    expect(() => probe.load(new Map())).toThrow(/the weights lack conv1.weight/);
  });

  it("activations are those of the layer, filters those of the convolution", async () => {
    const found = await activations(subject, x, ["conv1", "relu", "fc3"]);
    expect([...found].map(([name, { shape }]) => [name, shape])).toEqual([
      ["conv1", [6, 12, 12]],
      ["relu", [6, 12, 12]],
      ["fc3", [10]],
    ]);
    const before = found.get("conv1")?.data ?? [];
    expect([...(found.get("relu")?.data ?? [])]).toEqual([...before].map((value) => Math.max(0, value)));
    expect(filters(subject, "conv2").shape).toEqual([16, 6, 5, 5]);
    expect(() => filters(subject, "fc1")).toThrow(
      "fc1 is no convolution with filters; the network has conv1, conv2",
    );
  });

  it("a filter's strongest patch is where the filter answers most, and shows what the unit sees", async () => {
    const lenet = filled(referenceEngine, "lenet5", {});
    const few = inMemory({
      ...digits,
      images: digits.images.slice(0, 784 * 20),
      labels: digits.labels.slice(0, 20),
    });
    const [best, next] = await mostActivating(lenet, few, "conv2", 3, { count: 2, batch: 7 });
    expect(best?.activation).toBeGreaterThanOrEqual(next?.activation ?? Number.POSITIVE_INFINITY);
    const values = (await activations(lenet, best?.picture ?? x, ["conv2"])).get("conv2")?.data;
    const map = values?.slice(300, 400) ?? [];
    expect(Math.max(...map)).toBeCloseTo(best?.activation ?? 0, 4);
    const { top = 0, bottom = 0, left = 0, right = 0 } = best?.region ?? {};
    expect(bottom - top + 1).toBeLessThanOrEqual(14);
    // Pooling by two, and the first convolution's padding of two in front.
    expect(top).toBe(Math.max(0, 2 * (best?.row ?? 0) - 2));
    expect(left).toBe(Math.max(0, 2 * (best?.column ?? 0) - 2));
    expect(right).toBeGreaterThan(left);
    // In one pass with other filters it is the same.
    const both = await mostActivatingOf(lenet, few, "conv2", [0, 3], { count: 2, batch: 7 });
    expect(both.get(3)).toEqual([best, next]);
    expect(best?.label).toBe(digits.labels[best?.index ?? 0]);
  });

  it("methods that share a probe find what each finds alone", async () => {
    const shared = sharing(subject, { values: ["conv2"], towards: ["picture", "conv2"] });
    const question = { values: ["conv2"], towards: ["conv2"] };
    expect(await shared.shared?.find(question)).toBe(await shared.shared?.find({ towards: ["picture"] }));
    expect(shared.shared?.find({ values: ["conv1"] })).toBeUndefined();
    expect(shared.shared?.find({ ...question, batch: 2 })).toBeUndefined();
    const options = { target: 2, layer: "conv2" };
    expect(await gradCam(shared, x, options)).toEqual(await gradCam(subject, x, options));
    expect(await saliency(shared, x, options)).toEqual(await saliency(subject, x, options));
  });
});

it("a network that takes one picture at a time, as some from ONNX do, is explained one at a time", async () => {
  class Single extends Module implements Classifier {
    readonly classes = 2;
    readonly input = [1, 4, 4] as const;
    readonly output = "logits";
    readonly fc = new Linear(16, 2);
    override forward(x: Value): Value {
      return traceOf(x).call(this.fc, reshape(x, { shape: [1, 16] }));
    }
  }
  const model = new Single();
  const weights = new Map(
    [...namedTensors(model)].map(([path, { shape }]) => [path, { shape, data: fill(path, shape, "") }]),
  );
  const one = { model, weights, engine: referenceEngine };
  const x = Float32Array.from({ length: 16 }, (_, i) => uniform(2, i));
  const { data, score, baselineScore } = await integratedGradients(one, x, { target: 1 });
  expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score - baselineScore, 5);
  const three = new Float32Array([...x, ...x, ...x]);
  expect((await (await Probe.create(one, { batch: 3 })).run(three)).scores.length).toBe(6);
});

describe("what can't be explained is said", () => {
  const subject = filled(referenceEngine, "lenet5", { size: 12 });
  const x = new Float32Array(144);

  it.each([
    [
      "a layer that is not there",
      () => gradCam(subject, x, { layer: "conv3" }),
      'there is no layer "conv3"; did you mean conv1?',
    ],
    [
      "maps of one pixel",
      () => gradCam(subject, x, { layer: "fc1" }),
      "fc1 puts out 120, expected maps of more than one pixel",
    ],
    [
      "a picture of another size",
      () => saliency(subject, x.slice(1)),
      "a picture of 143 numbers, the network reads 1x12x12, which are 144",
    ],
    [
      "no steps",
      () => integratedGradients(subject, x, { steps: 0 }),
      "integratedGradients: `steps` is 0, expected a whole number of 1 or more",
    ],
    [
      "a square of no side",
      () => occlusion(subject, x, { side: 0 }),
      "occlusion: `side` is 0, expected a whole number of 1 or more",
    ],
  ])("%s", async (_, explain, message) => {
    await expect(explain()).rejects.toThrow(new UsageError(message));
  });

  it("a network without maps has no Grad-CAM", async () => {
    const model = mlp();
    const weights = filled(referenceEngine, "mlp", {}).weights;
    await expect(gradCam({ model, weights, engine: referenceEngine }, new Float32Array(784))).rejects.toThrow(
      "the network has no layer with maps, which this method explains by",
    );
  });
});

describe("maps", () => {
  it("the largest magnitude and the sum over channels", () => {
    const attribution = { shape: [2, 1, 2], data: Float32Array.of(1, -3, -2, 1), target: 0 };
    expect([...overChannels(attribution).data]).toEqual([2, 3]);
    expect([...overChannels(attribution, "sum").data]).toEqual([-1, -2]);
  });

  it("are resized between pixel centres", () => {
    const map = { shape: [1, 2], data: Float32Array.of(0, 4), target: 0 };
    expect([...resizeMap(map, [1, 4]).data]).toEqual([0, 1, 3, 4]);
  });
});

describe("layer names", () => {
  it("are the modules' paths, and the ops of a module's own forward, numbered from the second on", () => {
    expect([...layerShapes(createModel("lenet5"))].slice(0, 4)).toEqual([
      ["conv1", [6, 28, 28]],
      ["relu", [6, 28, 28]],
      ["maxPool2d", [6, 14, 14]],
      ["conv2", [16, 10, 10]],
    ]);
    const resnet = layerShapes(createModel("resnet18", { size: 64 }));
    expect(resnet.get("layer4.1")).toEqual([512, 2, 2]);
    expect(resnet.get("layer4.1.relu:2")).toEqual([512, 2, 2]);
  });
});

async function blackPicture(subject: Awaited<ReturnType<typeof trainedLenet>>): Promise<Float32Array> {
  return digit(subject, { ...digits, images: new Uint8Array(784) }, 0);
}
