import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseNpy, serializeNpy } from "../../src/formats/npy.ts";
import { serializeSafetensors } from "../../src/formats/safetensors.ts";
import { parseWeights } from "../../src/formats/weights.ts";
import { createModel } from "../../src/models/registry.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const file = (name: string) => join(folder, name);
const engine = ["--engine", "reference"];
const fast = ["--engine", "wasm"];

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

  it("convert takes the weights out of the file, by their names, and puts them into one", async () => {
    for (const [from, to, ...flags] of [
      ["m.onnx", "out.npz", "--model", "lenet5"],
      ["m.onnx", "out.pth", "--dtype", "f16"],
      ["out.npz", "again.onnx", "--model", "lenet5"],
    ] as const)
      expect(await convnets("convert", file(from), file(to), ...flags)).toMatchObject({ code: 0, err: "" });
    const bytes = (name: string) => parseWeights(readFileSync(file(name)), name);
    const [given, out] = [bytes("w.safetensors"), bytes("out.npz")];
    expect([...out.tensors.keys()].sort()).toEqual([...given.tensors.keys()].sort());
    for (const [name, tensor] of given.tensors) expect(out.tensors.get(name)).toEqual(tensor);
    expect([...bytes("out.pth").stored.values()].every((type) => type === "f16")).toBe(true);
    const arrays = ["--input", file("x.npy"), "--output"];
    for (const name of ["m", "again"])
      expect(
        (await convnets("run", file(`${name}.onnx`), ...arrays, file(`${name}.npy`), ...engine)).code,
      ).toBe(0);
    expect(readFileSync(file("again.npy"))).toEqual(readFileSync(file("m.npy")));
  });

  it("convert says what makes no sense", async () => {
    const weights = file("w.safetensors");
    for (const [from, to, flags, message] of [
      [weights, "z.onnx", [], "an ONNX model is a whole network; say which one, --model NAME"],
      [file("m.onnx"), "z.onnx", ["--model", "lenet5"], "is an ONNX model already; `convnets export"],
      [weights, "z.onnx", ["--model", "lenet5", "--dtype", "f16"], "arrays are written as f32"],
    ] as const) {
      const { code, err } = await convnets("convert", from, file(to), ...flags);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
    const other = await convnets("convert", file("m.onnx"), file("z.npz"), "--model", "resnet18");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("m.onnx") });
  });

  it.each([{ form: [] }, { form: ["--normalize"] }, { form: ["--softmax"] }, { form: ["--no-fold"] }])(
    "evaluate gives for the file of a run what it gives for the run, $form",
    async ({ form }) => {
      const run = file("run");
      if (!existsSync(run)) {
        const training = ["--epochs", "1", "--rate", "0.1", "--out", run, ...fast];
        expect(await convnets("train", "lenet5", "--data", "digits", ...training)).toMatchObject({ code: 0 });
      }
      expect((await convnets("export", run, "--onnx", file("run.onnx"), ...form)).code).toBe(0);
      const how = ["--json", "--data", "digits", ...fast];
      const [own, its] = await Promise.all(
        [run, file("run.onnx")].map(async (path) =>
          JSON.parse((await convnets("evaluate", path, ...how)).out),
        ),
      );
      expect(own.top1).toBeGreaterThan(0.8);
      expect([its.model, its.top1, its.confusion]).toEqual([own.model, own.top1, own.confusion]);
      expect(its.loss).toBeCloseTo(own.loss, 5);
    },
  );

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
