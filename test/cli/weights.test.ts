import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeFileAtomically } from "../../src/files/atomicWrite.ts";
import { readFile } from "../../src/files/readFile.ts";
import { parseNpy, serializeNpy } from "../../src/formats/npy.ts";
import { serializeTorch } from "../../src/formats/torchWriter.ts";
import { parseWeights } from "../../src/formats/weights.ts";
import { size } from "../../src/ir/type.ts";
import { type LeNet5Options, lenet5 } from "../../src/models/lenet.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { convnets } from "./cli.ts";

const folder = mkdtempSync(join(tmpdir(), "convnets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const weightsOf = (options: LeNet5Options) =>
  new Map(
    [...namedTensors(lenet5(options))].map(([name, { shape }]) => [
      `module.${name}`,
      { shape, data: Float32Array.from({ length: size(shape) }, (_, i) => (i % 7) / 100) },
    ]),
  );
const weights = weightsOf({});

test("weights go from .pth to .safetensors to .npz to .pth, and inspect names the model they fit", async () => {
  await writeFileAtomically(at("a.pth"), serializeTorch(weights));
  for (const [from, to] of [
    ["a.pth", "b.safetensors"],
    ["b.safetensors", "c.npz"],
    ["c.npz", "d.pth"],
  ] as const)
    expect(await convnets("convert", at(from), at(to), "--model", "lenet5")).toMatchObject({ code: 0 });
  const { tensors } = parseWeights(await readFile(at("d.pth")), "d.pth");
  expect([...tensors.values()]).toEqual([...weights.values()]);
  const { out } = await convnets("weights", "inspect", at("d.pth"), "--json");
  const found = JSON.parse(out);
  expect(found.fits).toEqual(["lenet5"]);
  expect(found.tensors[0]).toEqual({ name: "conv1.weight", dtype: "f32", shape: [6, 1, 5, 5] });
});

test("convert refuses weights of another model, and a name that ends like no format", async () => {
  await writeFileAtomically(at("a.pth"), serializeTorch(weights));
  expect((await convnets("convert", at("a.pth"), at("x.npz"), "--model", "resnet18")).code).toBe(1);
  const { code, err } = await convnets("convert", at("a.pth"), at("x.doc"));
  expect(code).toBe(2);
  expect(err).toContain("its name ends like no file of weights, expected one of .safetensors, .pth");
});

test("a LeNet without padding is told by its shapes: inspect says so, run builds it so, with a note", async () => {
  const tensors = weightsOf({ padding: 0 });
  await writeFileAtomically(at("narrow.pth"), serializeTorch(tensors));
  const found = JSON.parse((await convnets("weights", "inspect", at("narrow.pth"), "--json")).out);
  expect(found.fits).toEqual(["lenet5"]);
  expect(found.maps).toEqual({ lenet5: "as in PyTorch's tutorials: built with padding 0" });
  const { out } = await convnets("weights", "inspect", at("narrow.pth"));
  expect(out).toContain("fits lenet5 as in PyTorch's tutorials: built with padding 0");
  const x = Float32Array.from({ length: 784 }, (_, i) => i % 256);
  await writeFileAtomically(at("x.npy"), serializeNpy({ shape: [1, 1, 28, 28], data: x }));
  const run = (...flags: readonly string[]) =>
    convnets("run", "lenet5", "--weights", at("narrow.pth"), "--engine", "reference", ...flags);
  const { code, err } = await run(
    "--input",
    at("x.npy"),
    "--output",
    at("y.npy"),
    "--normalization",
    "mnist",
  );
  expect({ code, note: err.includes("built with padding 0") }).toEqual({ code: 0, note: true });
  const normalized = x.map((pixel) => (pixel / 255 - 0.1307) / 0.3081);
  await writeFileAtomically(at("n.npy"), serializeNpy({ shape: [1, 1, 28, 28], data: normalized }));
  await run("--input", at("n.npy"), "--output", at("z.npy"));
  const [y, z] = await Promise.all(
    ["y.npy", "z.npy"].map(async (name) => parseNpy(await readFile(at(name)))),
  );
  for (const [index, value] of [...(y?.data ?? [])].entries())
    expect(value).toBeCloseTo(z?.data[index] ?? 0, 4);
  const three = await run("--input", at("x.npy"), "--output", at("y.npy"), "--normalization", "imagenet");
  expect(three.code).toBe(2);
  expect(three.err).toContain("--normalization has 3 numbers (0.485,0.456,0.406), expected 1 or 1");
});

test("--normalization of evaluate comes before that of model and data, and takes no nonsense", async () => {
  await writeFileAtomically(at("a.pth"), serializeTorch(weights));
  const loss = async (...flags: readonly string[]) => {
    const line = ["evaluate", "lenet5", "--weights", at("a.pth"), "--data", "digits", "--json", ...flags];
    return JSON.parse((await convnets(...line, "--engine", "reference")).out).loss;
  };
  const own = await loss();
  expect(await loss("--normalization", "0.1307/0.3081")).toBe(own);
  expect(await loss("--normalization", "inception")).not.toBe(own);
  const wrong = await convnets("evaluate", "lenet5", "--weights", at("a.pth"), "--normalization", "0.5/0");
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("means and deviations of 0..1 with a slash between");
});
