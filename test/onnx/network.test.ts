import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadMnist } from "../../src/data/mnist.ts";
import { inMemory } from "../../src/data/pictures.ts";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { FormatError, present, UnsupportedOp, UsageError } from "../../src/ir/errors.ts";
import { f32, type TensorData } from "../../src/ir/type.ts";
import { createModel } from "../../src/models/registry.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { Emitter } from "../../src/onnx/emit.ts";
import { type ExportOptions, exportOnnx } from "../../src/onnx/export.ts";
import { emitNode } from "../../src/onnx/exporters.ts";
import { parseOnnx } from "../../src/onnx/graph.ts";
import { importOnnx } from "../../src/onnx/network.ts";
import { elementType, type OnnxModel, type Written } from "../../src/onnx/schema.ts";
import { tensorData } from "../../src/onnx/tensors.ts";
import { decode, encode } from "../../src/onnx/wire.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { Evaluator } from "../../src/train/evaluate.ts";

/** Weights, graphs and data that are not part of the repository; the tests that read them are left out without. */
const shared = process.env.CONVNETS_SHARED ?? join(import.meta.dirname, "..", "..", "..", "shared");

const engine = await loadWasm({ threads: 1 });

describe("out and in again", () => {
  const forms: readonly ExportOptions[] = [{}, { fold: false }, { softmax: true }, { batch: 3 }];
  it.each(["lenet5", "lenet5_paper", "mlp", "nin_cifar", "resnet20_cifar"])(
    "%s gives the same numbers",
    async (name) => {
      const model = createModel(name);
      const weights = startOf(model);
      const [ours, ...others] = [await outputOf(model, weights)];
      expect(others).toEqual([]);
      for (const form of forms) {
        if (form.softmax && model.output === "distances") continue;
        const bytes = await exportOnnx(model, weights, form);
        const again = importOnnx(bytes, { logits: form.softmax ?? false });
        const back = await outputOf(again, again.weights());
        expect(farthest(back, ours), JSON.stringify(form)).toBeLessThan(1e-5);
        expect(again.classes).toBe(model.classes);
        expect(again.input).toEqual(model.input);
        expect([again.output, again.placement]).toEqual([model.output, model.placement]);
      }
    },
  );

  it("a network that was read is written again", async () => {
    const model = createModel("resnet20_cifar");
    const first = importOnnx(await exportOnnx(model, startOf(model), { fold: false }));
    const second = importOnnx(await exportOnnx(first, first.weights()));
    expect(
      farthest(await outputOf(second, second.weights()), await outputOf(first, first.weights())),
    ).toBeLessThan(1e-5);
  });

  it("normalisation that is baked in, and classes, are part of the file", async () => {
    const model = createModel("lenet5");
    const normalize = { mean: [0.5], std: [0.25] };
    const classes = Array.from({ length: 10 }, (_, i) => `digit ${i}`);
    const weights = startOf(model);
    const baked = importOnnx(await exportOnnx(model, weights, { normalize, classes, name: "mine" }));
    expect(baked.metadata).toMatchObject({ model: "mine", classes: JSON.stringify(classes) });
    expect(baked.normalization).toEqual({ mean: [0], std: [1 / 255] });
    const noted = importOnnx(await exportOnnx(model, weights, { normalization: normalize }));
    expect(noted.normalization).toEqual(normalize);
    const pixels = Float32Array.from({ length: 3 * 784 }, (_, i) => i % 256);
    const scaled = pixels.map((pixel) => (pixel / 255 - 0.5) / 0.25);
    const apart = farthest(
      await outputOf(baked, baked.weights(), pixels),
      await outputOf(noted, noted.weights(), scaled),
    );
    expect(apart).toBeLessThan(1e-5);
  });

  it("the weights of a folded network keep their names", async () => {
    const model = createModel("lenet5");
    const again = importOnnx(await exportOnnx(model, startOf(model)));
    expect([...again.weights().keys()].sort()).toEqual([...namedTensors(model)].map(([path]) => path).sort());
  });

  it("an op of training is refused by name, with the reason and the place", () => {
    const model = createModel("alexnet");
    const training = new Trace(model, { training: true });
    training.call(model, training.graph.input("x", f32(1, ...model.input)));
    const dropout = training.graph.finish().nodes.find(({ op }) => op === "dropout");
    expect(() => emitNode(present(dropout, "a dropout"), new Emitter(undefined))).toThrow(
      /^dropout: is part of training only; export the network in evaluation\n {2}at {5}classifier/,
    );
  });

  it("weights that are missing are named", async () => {
    await expect(exportOnnx(createModel("lenet5"), new Map())).rejects.toThrow(UsageError);
  });
});

describe.skipIf(!existsSync(join(shared, "onnx_light")))("real graphs with constant weights", () => {
  it.each(["light_bvlc_alexnet", "light_inception_v1", "light_resnet50"])(
    "%s gives its recorded output",
    async (name) => {
      const network = importOnnx(readFileSync(join(shared, "onnx_light", `${name}.onnx`)));
      const path = join(shared, "onnx_light", `${name}_output_0.pb`);
      const expected = tensorData(decode("tensor", readFileSync(path), path), () => undefined, path);
      const graph = optimize(trace(network, { dtype: "f32", shape: [1, ...network.input] }));
      const program = await engine.prepare(graph);
      for (const [weight, { data }] of network.weights()) program.write(weight, data);
      const input = new Float32Array(3 * 224 * 224).map((_, i) => (i % 7) / 7);
      const { y } = await program.run({ x: input });
      expect(farthest(y ?? [], expected.data)).toBeLessThan(1e-4);
    },
  );
});

const mnist = join(shared, "data", "mnist");
describe.skipIf(!existsSync(mnist))("published weights on MNIST's 10,000 test digits", () => {
  it.each([
    ["onnx_mnist/mnist.onnx", { mean: [0], std: [1 / 255] }, 0.9891],
    ["lenet_mnist/lenet.onnx", { mean: [0.1307], std: [0.3081] }, 0.9813],
  ] as const)("%s: the accuracy its README records", async (file, normalization, accuracy) => {
    const network = importOnnx(readFileSync(join(shared, "weights", file)), { logits: true });
    const { test } = await loadMnist("mnist", mnist);
    const evaluator = await Evaluator.create(network, engine, {
      image: { shape: [1, 28, 28], normalization },
      batch: 100,
    });
    evaluator.load(network.weights());
    expect((await evaluator.evaluate(inMemory(test))).top1).toBeCloseTo(accuracy, 4);
  });
});

describe("broken and hostile files", () => {
  const relu = (input: string, output: string) => ({
    opType: "Relu",
    input: [input],
    output: [output],
    attribute: [],
  });
  it.each([
    ["no protobuf", Uint8Array.of(255, 255, 255), /is no ONNX file/],
    ["nothing at all", new Uint8Array(), /has no graph/],
    ["a group", Uint8Array.of(11, 11, 11), /is a group/],
    ["a field longer than the file", Uint8Array.of(58, 127, 1), /is no ONNX file/],
    ["an old opset", modelOf({}, 6), /is of opset 6, expected 7 to 21/],
    ["a cycle", modelOf({ node: [relu("b", "a"), relu("a", "b")] }), /form a cycle, through "" \(Relu\)/],
    ["a value nobody makes", modelOf({ node: [relu("z", "y")] }), /nothing makes "z"/],
    ["a value made twice", modelOf({ node: [relu("x", "y"), relu("x", "y")] }), /"y" is made twice/],
    [
      "two initialisers of a name",
      modelOf({ initializer: [tiny("w"), tiny("w")] }),
      /two initialisers are named "w"/,
    ],
    [
      "a tensor that claims more than it has",
      modelOf({ initializer: [{ ...tiny("w"), dims: [2 ** 40] }] }),
      /tensor "w": 4 bytes of data/,
    ],
    [
      "a text tensor",
      modelOf({ initializer: [{ ...tiny("w"), dataType: 8 }] }),
      /element type 8 is not supported/,
    ],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => parseOnnx(bytes)).toThrow(FormatError);
    expect(() => parseOnnx(bytes)).toThrow(message);
  });

  it.each(["../secret", "/etc/passwd", "a/../../b", "C:\\x"])(
    "data in %s is refused before it is opened",
    (location) => {
      const tensor = {
        name: "w",
        dims: [1],
        dataType: elementType.float,
        dataLocation: 1,
        externalData: [{ key: "location", value: location }],
      };
      const external = () => expect.fail("it was opened");
      expect(() => parseOnnx(modelOf({ initializer: [tensor] }), { external })).toThrow(
        /expected a file within the model's folder/,
      );
    },
  );

  it("data beside the model is read", () => {
    const tensor = {
      name: "w",
      dims: [1],
      dataType: elementType.float,
      dataLocation: 1,
      externalData: [
        { key: "location", value: "w.bin" },
        { key: "offset", value: "4" },
      ],
    };
    const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
    expect(
      parseOnnx(modelOf({ initializer: [tensor] }), { external: () => bytes }).constants.get("w")?.data,
    ).toEqual(Float32Array.of(2));
  });

  it("an unknown op is named, with its node and the opset", () => {
    const node = { opType: "Fancy", name: "node 7", input: ["x"], output: ["y"], attribute: [] };
    expect(() => importOnnx(modelOf({ node: [node] }))).toThrow(UnsupportedOp);
    expect(() => importOnnx(modelOf({ node: [node] }))).toThrow(
      'Fancy: there is no such op here (node "node 7" (Fancy), opset 13)',
    );
  });
});

function tiny(name: string) {
  return { name, dims: [1], dataType: elementType.float, rawData: new Uint8Array(4) };
}

function modelOf(graph: Written<NonNullable<OnnxModel["graph"]>>, version = 13): Uint8Array {
  const dim = [1, 1, 2, 2].map((value) => ({ value }));
  const input = [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim } } } }];
  return encode("model", {
    irVersion: 7,
    opsetImport: [{ domain: "", version }],
    graph: { input, output: [{ name: "y" }], ...graph },
  });
}

function startOf(model: Classifier): ReadonlyMap<string, TensorData> {
  return new Map(
    [...namedTensors(model)].map(([path, { init, shape }]) => [
      path,
      { shape, data: initialize(init, shape, path, 7) },
    ]),
  );
}

async function outputOf(
  model: Classifier,
  weights: ReadonlyMap<string, TensorData>,
  x = Float32Array.from(
    { length: 3 * model.input[0] * model.input[1] * model.input[2] },
    (_, i) => Math.sin(i) / 2,
  ),
): Promise<Float32Array> {
  const graph = optimize(trace(model, { dtype: "f32", shape: [3, ...model.input] }));
  const program = await engine.prepare(graph);
  for (const [path, { data }] of weights) program.write(path, data);
  return Float32Array.from((await program.run({ x })).y ?? []);
}

/** The largest difference, as a share of the largest number. */
function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const errors = Array.from(expected, (n, i) => Math.abs(n - (actual[i] ?? Number.NaN)));
  return Math.max(...errors) / Math.max(...Array.from(expected, Math.abs));
}
