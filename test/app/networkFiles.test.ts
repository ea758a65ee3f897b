import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  adam,
  constantRate,
  createModel,
  inMemory,
  lenet5,
  namedTensors,
  parseSafetensors,
  referenceEngine,
  serializeSafetensors,
  subset,
  Trainer,
} from "convnets";
import { formatOf, serializeTorch } from "convnets/formats";
import { loadDigits } from "convnets/node";
import { describe, expect, it, test } from "vitest";
import { type FileForm, fileName } from "../../app/networks/fileForm.ts";
import type { Network } from "../../app/networks/network.ts";
import { openNetwork } from "../../app/networks/open.ts";
import { candidatesOf } from "../../app/networks/read.ts";
import { classesIn, numbersIn, rangeIn } from "../../app/networks/settle.ts";
import { tryOnDigits } from "../../app/networks/trial.ts";
import { fileOf } from "../../app/networks/write.ts";

const lenet: Network = {
  id: "1",
  name: "My digits",
  form: { kind: "zoo", model: "lenet5", options: { classes: 3, channels: 3, size: 32 } },
  weights: weightsOf("lenet5", { classes: 3, channels: 3, size: 32 }),
  classes: ["cat", "dog", "none"],
  normalization: { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] },
  digits: false,
  origin: "a test",
};
const plain = { fold: false, softmax: false, normalize: false };

/** A file of the model's tensors, each with numbers of its own. */
function weightsOf(name: string, options = {}): Uint8Array<ArrayBuffer> {
  const tensors = [...namedTensors(createModel(name, options))].map(([path, { shape }], which) => {
    const length = shape.reduce((product, extent) => product * extent, 1);
    const data = Float32Array.from({ length }, (_, index) => Math.sin(which + index) / 10);
    return [path, { shape, data }] as const;
  });
  return serializeSafetensors(new Map(tensors));
}

async function read(bytes: Uint8Array<ArrayBuffer>, file: string) {
  return (await candidatesOf(bytes, file)).map(({ draft, network }) => ({ draft, network: network() }));
}

describe("a network that goes out and comes in", () => {
  it("is the same by .safetensors: its name, how it is built, classes, normalisation", async () => {
    const [found, ...others] = await read(await fileOf(lenet, "safetensors", plain), "x.safetensors");
    expect(others).toEqual([]);
    const { id, origin, weights, ...same } = lenet;
    expect(found?.network).toMatchObject(same);
    expect(found?.network.origin).toBe("file x.safetensors");
    expect(parseSafetensors(found?.network.weights ?? weights).tensors).toEqual(
      parseSafetensors(weights).tensors,
    );
  });

  it("has its weights by .pth; the ways it may be built are offered, and names and range are guessed", async () => {
    const found = await read(await fileOf(lenet, "pth", plain), "mine.pth");
    expect(found.map(({ draft }) => [draft.title, draft.note, draft.name])).toEqual([
      ["lenet5: 32 × 32, 3 channels, 3 classes", undefined, "mine"],
    ]);
    const [first] = found;
    expect(first?.draft.classes).toEqual(["class 0", "class 1", "class 2"]);
    expect(first?.draft.normalization.mean).toEqual([0.485, 0.456, 0.406]);
    expect(first?.draft.digits).toBe(false);
    expect(parseSafetensors(first?.network.weights ?? new Uint8Array()).tensors).toEqual(
      parseSafetensors(lenet.weights).tensors,
    );
  });

  it.each([
    [plain, { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] }],
    [
      { fold: true, softmax: true, normalize: true },
      { mean: [0], std: [1 / 255] },
    ],
  ])("is a network of ONNX by .onnx, with what %j asks for", async (choices, normalization) => {
    const [found] = await read(await fileOf(lenet, "onnx", choices), "x.onnx");
    expect(found?.draft).toMatchObject({
      title: "ONNX: 32 × 32, 3 channels, 3 classes",
      ...{ name: "My digits", classes: lenet.classes, normalization, digits: false },
    });
    if (found === undefined) throw new Error("nothing was read");
    const opened = await openNetwork(found.network);
    expect([opened.model.input, opened.model.classes, opened.weights.size]).toEqual([
      ...[[3, 32, 32], 3],
      choices.normalize ? 12 : 10,
    ]);
    for (const form of ["safetensors", "pth"] satisfies FileForm[])
      expect((await fileOf(found.network, form, plain)).length).toBeGreaterThan(lenet.weights.length / 2);
  });
});

test("weights of no network name the nearest, and what it misses", async () => {
  const { tensors } = parseSafetensors(weightsOf("resnet20_cifar"));
  const [first = ""] = tensors.keys();
  const file = serializeTorch(new Map([...tensors].filter(([name]) => name !== first)));
  await expect(candidatesOf(file, "part.pth")).rejects.toThrow(
    "part.pth: these are the weights of no network of the zoo. The nearest is resnet20_cifar, but these weights are not this model's\n  missing (1)\n    conv1.weight",
  );
  const strange = serializeSafetensors(new Map([["a", { shape: [1], data: Float32Array.of(1) }]]));
  await expect(candidatesOf(strange, "a.safetensors")).rejects.toThrow(
    "a.safetensors: none of its 1 tensors is named as in a network of the zoo; expected a state_dict with the names of torchvision, timm or this page",
  );
});

test("what a header claims without its weights bearing it out counts for nothing", async () => {
  const { tensors } = parseSafetensors(weightsOf("mlp"));
  const claims = {
    model: "resnet1202_cifar",
    options: '{"size":1e9}',
    classes: '["only one"]',
    mean: "[0]",
    std: "[0]",
  };
  const [found] = await read(serializeSafetensors(tensors, { ...claims, name: "  " }), "m.safetensors");
  expect(found?.network).toMatchObject({
    ...{ name: "m", form: { kind: "zoo", model: "mlp" }, digits: true },
    normalization: { mean: [0.1307], std: [0.3081] },
  });
  expect(found?.network.classes).toHaveLength(10);
});

test.each(["w.pth", "w.safetensors", "w.npz", "w.onnx"])(
  "%s that holds noise is refused by a typed error",
  async (file) => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 7919) % 251);
    await expect(candidatesOf(bytes, file)).rejects.toMatchObject({ name: "FormatError" });
  },
);

test("a name becomes the name of a file on any system", () => {
  expect(fileName({ name: "LeNet-5: 98 % / été" }, "pth")).toBe("LeNet-5- 98 - - été.pth");
  expect(fileName({ name: "../../etc/passwd" }, "onnx")).toBe("etc-passwd.onnx");
  expect(fileName({ name: "???" }, "safetensors")).toBe("network.safetensors");
});

const shared = process.env.CONVNETS_SHARED ?? join(import.meta.dirname, "..", "..", "..", "shared");
const published = join(shared, "weights");

describe.skipIf(!existsSync(published))("files that others published", () => {
  it.each([
    [
      "resnet20_cifar/resnet20-12fca82f.th",
      "resnet20_cifar: 32 × 32, 3 channels, 10 classes",
      "airplane",
      false,
    ],
    ["lenet_mnist/lenet.pth", "lenet5: 28 × 28, 1 channel, 10 classes", "0", true],
    ["lenet_mnist/lenet.onnx", "ONNX: 28 × 28, 1 channel, 10 classes", "0", true],
    ["onnx_mnist/mnist.onnx", "ONNX: 28 × 28, 1 channel, 10 classes", "0", true],
  ])("%s is %s", async (path, title, first, digits) => {
    const found = await read(new Uint8Array(readFileSync(`${published}/${path}`)), basename(path));
    expect(found[0]?.draft).toMatchObject({ title, digits });
    expect(found[0]?.draft.classes[0]).toBe(first);
    for (const { network } of found) await openNetwork(network);
    if (!digits) return;
    const [network] = found.map((one) => one.network);
    const { test: pictures } = await loadDigits();
    if (network) expect((await tryOnDigits(network, pictures, referenceEngine)).right).toBeGreaterThan(94);
  });
});

test.each([
  // Pixels as they come, which no file of weights says.
  { mean: [0], std: [1 / 255] },
  // What is brighter reads well, too: what is too sure is no better for that.
  { mean: [0.1307], std: [0.3081] },
])("the range $mean, $std of a network for digits is found by showing it some", async (normalization) => {
  const { test: digits } = await loadDigits();
  const trainer = await Trainer.create(lenet5(), referenceEngine, {
    image: { shape: digits.shape, normalization },
    ...{ batch: 20, rate: 0.001, optimizer: adam(), seed: 1, schedule: constantRate() },
  });
  const some = subset(
    digits,
    Array.from({ length: 300 }, (_, index) => index * 3),
  );
  for await (const _ of trainer.fit({ train: inMemory(some) }, { epochs: 3 }));
  const [found] = await candidatesOf(serializeTorch(trainer.weights()), "raw.pth");
  if (found === undefined) throw new Error("nothing was read");
  expect(found.draft.normalization.mean).toEqual([0.1307]);
  const trial = await tryOnDigits(found.network(), digits, referenceEngine);
  expect(trial).toMatchObject({ range: normalization, of: 100 });
  expect(trial.right).toBeGreaterThan(60);
});

test("formats are told by names and first bytes", () => {
  expect(formatOf(weightsOf("lenet5"), "weights").name).toBe("safetensors");
});

test("what is typed about a network is checked, and said how it should be", () => {
  expect(numbersIn("0.5, 0.4 ,1e-1")).toEqual([0.5, 0.4, 0.1]);
  expect(() => numbersIn("0.5, x")).toThrow('"x" is no number; expected one, or one a channel');
  const range = { mean: [0.5], std: [0.1, 0.2, 0.3] };
  expect(rangeIn(range, 3)).toEqual(range);
  expect(() => rangeIn(range, 1)).toThrow("the deviation has 3 numbers, expected 1");
  expect(() => rangeIn({ mean: [0.5], std: [0] }, 1)).toThrow("the deviation 0 is not above 0");
  expect(classesIn(" a\n b c \n\n", 2)).toEqual(["a", "b c"]);
  expect(() => classesIn("a", 2)).toThrow("there are 1 names of classes, expected 2, one a line");
});
