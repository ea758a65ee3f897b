import { expect, test } from "vitest";
import { size, type TensorData } from "../../src/ir/type.ts";
import { fitModel, fittingModels, nearestModel } from "../../src/models/fit.ts";
import { describeMap } from "../../src/models/keyMaps.ts";
import type { ModelOptions } from "../../src/models/options.ts";
import { createModel, models } from "../../src/models/registry.ts";
import { namedTensors } from "../../src/nn/module.ts";

// The tensors of published files by name and shape; values only where a map touches them.

function tensorsOf(name: string, options: ModelOptions = { classes: 1000 }): Map<string, TensorData> {
  const tensors = [...namedTensors(createModel(name, options))];
  return new Map(tensors.map(([path, { shape }]) => [path, { shape, data: new Float32Array(size(shape)) }]));
}

/** As `tensors`, with every name that begins with `from` beginning with `to`. */
function renamed(tensors: Map<string, TensorData>, from: string, to: string): Map<string, TensorData> {
  return new Map([...tensors].map(([name, tensor]) => [name.replace(from, to), tensor]));
}

/** Every value of a last layer's weight and bias says which class it is of. */
function numbered(tensors: Map<string, TensorData>, layer: string): Map<string, TensorData> {
  for (const name of [`${layer}.weight`, `${layer}.bias`]) {
    const { shape, data } = tensors.get(name) ?? { shape: [], data: new Float32Array(0) };
    data.forEach((_, index) => {
      data[index] = Math.floor(index / (data.length / (shape[0] ?? 1)));
    });
  }
  return tensors;
}

test.each([
  ["inception_v4", "last_linear", "last_linear", "Cadene's pretrained-models, timm's first weights"],
  ["inception_resnet_v2", "classif", "last_linear", "Cadene's pretrained-models"],
  ["inception_resnet_v2", "classif", "classif", "timm's first weights"],
])("%s with 1,001 classes loses its background: %s, in the file %s", (name, layer, published, source) => {
  const tensors = renamed(numbered(tensorsOf(name, { classes: 1001 }), layer), layer, published);
  const { model, matched, map } = fitModel(name, { tensors, torch: true }, "f");
  expect(model.classes).toBe(1000);
  expect(matched.get(`${layer}.bias`)).toEqual(Float32Array.from({ length: 1000 }, (_, index) => index + 1));
  expect(matched.get(`${layer}.weight`)?.slice(1535, 1537)).toEqual(Float32Array.of(1, 2));
  expect(map?.source).toBe(source);
  expect(map && describeMap(map)).toContain("the first class, background, is left out");
});

test("inception_resnet_v2 by Cadene's names with 1,000 classes keeps them all", () => {
  const tensors = renamed(numbered(tensorsOf("inception_resnet_v2"), "classif"), "classif", "last_linear");
  const { matched, map } = fitModel("inception_resnet_v2", { tensors, torch: true }, "f");
  expect(matched.get("classif.bias")?.[0]).toBe(0);
  expect(map && describeMap(map)).toBe("as in Cadene's pretrained-models: last_linear is classif here");
});

test("BN-Inception from before PyTorch counted batches is turned from blue, green, red", () => {
  const tensors = tensorsOf("inception_v2");
  const conv = tensors.get("conv1_7x7_s2.weight");
  conv?.data.forEach((_, index) => {
    conv.data[index] = Math.floor(index / 49);
  });
  const rows = new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      name.includes("_bn.") ? { ...tensor, shape: [1, ...tensor.shape] } : tensor,
    ]),
  );
  for (const published of [tensors, rows]) {
    const { matched, map } = fitModel("inception_v2", { tensors: published, torch: true }, "f");
    const weight = matched.get("conv1_7x7_s2.weight") ?? new Float32Array(0);
    const planes = [0, 1, 2, 3, 4, 5].map((plane) => weight[49 * plane + 48]);
    expect(planes).toEqual([2, 1, 0, 5, 4, 3]);
    expect(map && describeMap(map)).toContain("made for blue, green, red");
  }
  const counted = new Map([
    ...tensors,
    ["conv1_7x7_s2_bn.num_batches_tracked", { shape: [], data: Int32Array.of(1) }],
  ]);
  expect(fitModel("inception_v2", { tensors: counted, torch: true }, "f").map).toBeUndefined();
  expect(fitModel("inception_v2", { tensors, torch: false }, "f").map).toBeUndefined();
});

test("weights that no map fits get the error of their own names", () => {
  const tensors = new Map([["a", { shape: [2], data: new Float32Array(2) }]]);
  expect(() => fitModel("lenet5", { tensors, torch: true }, "f")).toThrow(
    /f: these weights are not this model's\n {2}missing \(10\)/,
  );
});

test("classes, channels and side are those that the file's shapes tell of", () => {
  const made = { classes: 7, channels: 3, size: 32 };
  for (const name of ["lenet5", "resnet20_cifar"]) {
    const tensors = tensorsOf(name, made);
    const fits = fittingModels({ tensors, torch: false }).filter((fit) => fit.name === name);
    expect(fits.map(({ model }) => [model.classes, model.input])[0]).toEqual([7, [3, 32, 32]]);
  }
});

test("a LeNet that two pictures fit is found both ways: 28x28 with padding, 32x32 without", () => {
  const found = fittingModels({ tensors: tensorsOf("lenet5", { classes: 10 }), torch: true });
  expect(found.map(({ name, model, options }) => [name, model.input, options])).toEqual([
    ["lenet5", [1, 28, 28], { classes: 10, channels: 1 }],
    ["lenet5", [1, 32, 32], { classes: 10, channels: 1, size: 32, padding: 0 }],
  ]);
});

test.each(Object.keys(models))("weights of %s are found to be its own", (name) => {
  // No values: the shapes alone are looked at.
  const data = new Float32Array(0);
  const tensors = new Map(
    [...namedTensors(createModel(name))].map(([path, { shape }]) => [path, { shape, data }]),
  );
  expect(fittingModels({ tensors, torch: false }).map((fit) => fit.name)).toContain(name);
});

test("for weights of no model, the nearest is the one with most names in common, and what it misses is said", () => {
  const tensors = tensorsOf("resnet20_cifar", {});
  tensors.delete("layer3.2.bn2.bias");
  expect(fittingModels({ tensors, torch: true })).toEqual([]);
  expect(nearestModel({ tensors, torch: true }, "f")).toEqual({
    name: "resnet20_cifar",
    problem: "f: these weights are not this model's\n  missing (1)\n    layer3.2.bn2.bias",
  });
  const strange = new Map([["a", { shape: [2], data: new Float32Array(2) }]]);
  expect(nearestModel({ tensors: strange, torch: true }, "f")).toBeUndefined();
});
