import { describe, expect, it } from "vitest";
import { dataForms } from "../../src/data/source.ts";
import { convnets, withIo } from "./cli.ts";

const commands = ["models", "summary", "train", "evaluate", "predict", "explain", "run", "doctor"];

describe("help", () => {
  it("lists every command", async () => {
    const { code, out, err } = await convnets("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, "m"));
  });

  it.each(commands)("of %s fits 80 columns and names --json", async (command) => {
    const { code, out } = await convnets(command, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`Usage: convnets ${command}`);
    expect(out).toContain("--json");
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("is what a command line without a command gets, as wrong usage", async () => {
    const { code, out, err } = await convnets();
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Usage: convnets");
  });
});

it("--version prints the version alone", async () => {
  expect(await convnets("--version")).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    err: "",
  });
});

describe("wrong usage exits with 2 and names what was meant", () => {
  it.each([
    [["trian"], "convnets: unknown command 'trian'\n(Did you mean train?)\n"],
    [["trian", "--help"], "convnets: unknown command 'trian'\n(Did you mean train?)\n"],
    [["models", "--jsn"], "convnets: unknown option '--jsn'\n(Did you mean --json?)\n"],
    [["summary"], "convnets: missing required argument 'model'\n"],
    [
      ["summary", "lenet"],
      'convnets: there is no model "lenet". Did you mean "lenet5"? `convnets models` lists them all.\n',
    ],
    [
      ["summary", "lenet5", "--input", "28x28"],
      "convnets: option '--input <CxHxW>' argument '28x28' is invalid. Expected CHANNELSxHEIGHTxWIDTH, for example 3x224x224.\n",
    ],
    [
      ["train", "lenet5", "--epochs", "1.5"],
      "convnets: option '--epochs <n>' argument '1.5' is invalid. Expected a whole number, 1 or more.\n",
    ],
    [
      ["train", "lenet5", "--momentum", "1"],
      "convnets: option '--momentum <x>' argument '1' is invalid. Expected a number, 0 or more and below 1.\n",
    ],
    [
      ["train", "lenet5", "--engine", "onedn"],
      'convnets: there is no engine "onedn", expected auto, onednn, wasm, reference; did you mean onednn?\n',
    ],
    [
      ["train", "lenet5", "--data", "digit", "--engine", "reference"],
      `convnets: data: no data set "digit", expected ${dataForms.join(", ")}; did you mean digits?\n`,
    ],
    [
      ["run", "lenet5"],
      "convnets: run: give the pictures, --input X.npy, and where the output goes, --output Y.npy\n",
    ],
  ])("%j", async (argv, message) => {
    expect(await convnets(...argv)).toEqual({ code: 2, out: "", err: message });
  });
});

describe("--json prints JSON alone", () => {
  it("models: one entry a model", async () => {
    const { code, out, err } = await convnets("models", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({
        name: "lenet5",
        form: "modern",
        year: 1998,
        input: [1, 28, 28],
        classes: 10,
        parameters: 61_706,
        evaluationParameters: 61_706,
        macs: 416_520,
        activations: 6518,
        receptiveField: [16, 16],
        depth: 5,
        paper: expect.objectContaining({ url: "https://doi.org/10.1109/5.726791" }),
      }),
    );
  });

  it("summary: the rows and the totals", async () => {
    const { out } = await convnets(
      "summary",
      "googlenet_article",
      "--input",
      "3x64x64",
      "--classes",
      "5",
      "--json",
    );
    expect(JSON.parse(out)).toMatchObject({
      model: "googlenet_article",
      input: [1, 3, 64, 64],
      output: [1, 5],
      rows: expect.arrayContaining([expect.objectContaining({ path: "b3.0", kind: "InceptionV1" })]),
    });
  });

  it("doctor: the engines", async () => {
    const { code, out } = await convnets("doctor", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      node: process.versions.node,
      engines: expect.arrayContaining([expect.objectContaining({ name: "reference", works: true })]),
      packages: { mnist: true, sharp: true },
    });
  });
});

describe("text for people", () => {
  it.each([[["models"]], [["summary", "lenet5"]], [["summary", "googlenet_article"]]])(
    "%j fits 80 columns at a terminal",
    async (argv) => {
      const { out } = await withIo({ terminal: true }, ...argv);
      expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it("summary: a layer a line, then the totals", async () => {
    const { out } = await convnets("summary", "lenet5");
    expect(`\n${out}`).toBe(`
layer             output  window  parameters  mult-adds  sees
LeNet5                10              61,706    416.5 k    32
  conv1 Conv2d   6x28x28  5x5 p2         156    117.6 k     5
  maxPool2d      6x14x14  2x2/2                             6
  conv2 Conv2d  16x10x10  5x5          2,416    240.0 k    14
  maxPool2d:2     16x5x5  2x2/2                            16
  fc1 Linear         120              48,120     48.0 k    32
  fc2 Linear          84              10,164     10.1 k    32
  fc3 Linear          10                 850        840    32

lenet5: 1x28x28 -> 10
  parameters       61,706
  multiply-adds    416,520
  activations      6,518
  receptive field  16
  depth            5 layers with weights
`);
  });

  it("models: under each paper its networks, with their numbers, as far as the line goes", async () => {
    const lines = async (columns: number) => {
      const { out } = await withIo({ terminal: true, columns }, "models", "recognition");
      return out
        .split("\n")
        .slice(0, 5)
        .map((line) => line.replace(/ +/g, " "));
    };
    expect(await lines(80)).toEqual([
      "model form params mult-adds activ. sees depth",
      "",
      "1998 Gradient-based learning applied to document recognition, https://doi.org/…",
      "lenet5 modern 61.7 k 416.5 k 6.5 k 16 5",
      "lenet5_paper paper 60.0 k 325.7 k 6.5 k 16 4",
    ]);
    expect((await lines(400))[3]).toBe(
      "lenet5 modern 1x28x28 61,706 416.5 k 6.5 k 16 5 LeNet-5 as it is built today: dense C3, max pooling, ReLU, linear output",
    );
  });

  it("models: a part of a name, form, year or paper chooses", async () => {
    const names = async (part: string) => {
      const { out } = await convnets("models", part, "--json");
      return JSON.parse(out).map(({ name }: { name: string }) => name);
    };
    expect(await names("LeNet5")).toEqual(["lenet5", "lenet5_paper"]);
    expect(await names("1998")).toEqual(["lenet5", "lenet5_paper"]);
    expect(await names("back-prop")).toEqual(["mlp"]);
    expect(await convnets("models", "transformer")).toEqual({
      code: 2,
      out: "",
      err: 'convnets: models: nothing has "transformer" in its name, form, paper or year\n',
    });
  });
});

it("a picture of the wrong size fails with the model's own error", async () => {
  expect(await convnets("summary", "lenet5", "--input", "1x32x32")).toEqual({
    code: 1,
    out: "",
    err: "convnets: lenet5: takes pictures of 28x28, not 32x32; the option `size` sets it\n  given  f32[1,1,32,32]\n",
  });
});

it("--debug adds the stack trace to an error", async () => {
  const { err } = await convnets("summary", "lenet", "--debug");
  expect(err).toMatch(/^convnets: there is no model "lenet".*\n.*\n {4}at /);
});
