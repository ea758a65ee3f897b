import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseNpy, serializeNpy } from "../../src/formats/npy.ts";
import { serializeSafetensors } from "../../src/formats/safetensors.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const file = (name: string) => join(folder, name);
const engine = ["--engine", "reference"];

describe("export, and .onnx in the place of a model", () => {
  writeFileSync(
    file("w.safetensors"),
    serializeSafetensors(
      new Map(
        [...namedTensors(createModel("lenet5"))].map(([path, { init, shape }]) => [
          path,
          { shape, data: initialize(init, shape, path, 3) },
        ]),
      ),
    ),
  );
  const x = { shape: [2, 1, 28, 28], data: Float32Array.from({ length: 2 * 784 }, (_, i) => Math.sin(i)) };
  writeFileSync(file("x.npy"), serializeNpy(x));

  it("run gives for the file what it gives for the model and its weights", async () => {
    const weights = ["--weights", file("w.safetensors")];
    const exported = await convnets("export", "lenet5", ...weights, "--onnx", file("m.onnx"), "--json");
    expect(exported.err).toBe("");
    expect(JSON.parse(exported.out)).toMatchObject({ model: "lenet5", opset: 13 });
    const arrays = ["--input", file("x.npy"), "--output"];
    expect((await convnets("run", "lenet5", ...weights, ...arrays, file("a.npy"), ...engine)).code).toBe(0);
    expect((await convnets("run", file("m.onnx"), ...arrays, file("b.npy"), ...engine)).code).toBe(0);
    const [a, b] = ["a.npy", "b.npy"].map((name) => parseNpy(readFileSync(file(name))));
    expect(b?.shape).toEqual([2, 10]);
    a?.data.forEach((n, i) => {
      expect(b?.data[i]).toBeCloseTo(n, 5);
    });
  });

  it("evaluate takes the file", async () => {
    const { code, out } = await convnets("evaluate", file("m.onnx"), "--data", "digits", "--json", ...engine);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ model: "lenet5" });
  });

  it("what is missing is said", async () => {
    expect((await convnets("export", "lenet5", "--onnx", file("n.onnx"))).err).toContain(
      "say which weights of lenet5",
    );
    expect((await convnets("export", "lenet5")).err).toContain("say where the model goes, --onnx FILE");
    const both = await convnets("run", file("m.onnx"), "--seed", "1", "--input", "x", "--output", "y");
    expect(both.err).toContain("has its own weights and extents");
    expect((await convnets("evaluate", file("m.onnx"))).err).toContain(
      "say which data set this network is for",
    );
  });
});
