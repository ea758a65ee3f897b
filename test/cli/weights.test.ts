import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeFileAtomically } from "../../src/files/atomicWrite.ts";
import { readFile } from "../../src/files/readFile.ts";
import { serializeTorch } from "../../src/formats/torchWriter.ts";
import { parseWeights } from "../../src/formats/weights.ts";
import { size } from "../../src/ir/type.ts";
import { lenet5 } from "../../src/models/lenet.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { convnets } from "./cli.ts";

const folder = mkdtempSync(join(tmpdir(), "convnets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const weights = new Map(
  [...namedTensors(lenet5())].map(([name, { shape }]) => [
    `module.${name}`,
    { shape, data: Float32Array.from({ length: size(shape) }, (_, i) => (i % 7) / 100) },
  ]),
);

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
