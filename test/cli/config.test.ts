import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkSettings, readSettings } from "../../src/cli/config.ts";
import { recipes } from "../../src/cli/recipes.ts";
import { parseSafetensors } from "../../src/formats/safetensors.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("a configuration file", () => {
  it.each([
    ["settings.json", '{ "model": "mlp", "batch": 32, "nesterov": true, "rate": 1e-2 }'],
    ["settings.yaml", "model: mlp\nbatch: 32\nnesterov: true\nrate: 0.01 # a comment\n"],
  ])("%s gives its settings", async (name, text) => {
    expect(await readSettings(file(name, text))).toEqual({
      model: "mlp",
      batch: 32,
      nesterov: true,
      rate: 0.01,
    });
  });

  it("goes before the defaults of the model, and flags before it; the run keeps what came of that", async () => {
    const config = file("mlp.yaml", "model: mlp\nbatch: 32\nseed: 5\nengine: reference\nsteps: 2\n");
    const out = join(folder, "run");
    expect(await convnets("train", "--config", config, "--seed", "6", "--out", out)).toMatchObject({
      code: 0,
    });
    const kept = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    expect(kept).toMatchObject({
      model: "mlp",
      data: "digits",
      training: { batch: 32, seed: 6, momentum: 0.9 },
    });
    const again = join(folder, "again");
    const config2 = join(out, "config.json");
    expect(await convnets("train", "--config", config2, "--out", again)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(again, "config.json"), "utf8"))).toEqual(kept);
  });

  it.each([
    ["epoch: 3", "there is no setting `epoch`; did you mean `epochs`?"],
    ["weight-decay: 3", "there is no setting `weight-decay`; did you mean `weightDecay`?"],
    ["epochs: 0", "`epochs` is 0, expected a whole number, 1 or more"],
    ["momentum: 1", "`momentum` is 1, expected a number, 0 or more and below 1"],
    ['batch: "64"', '`batch` is "64", expected a whole number, 1 or more'],
    ["nesterov: 1", "`nesterov` is 1, expected true or false"],
    ["just a text", "expected settings by name, such as `epochs: 10`"],
  ])("with %s is refused", async (text, problem) => {
    const path = file("wrong.yaml", text);
    const result = await convnets("train", "mlp", "--config", path);
    expect(result).toEqual({ code: 2, out: "", err: `convnets: ${path}: ${problem}\n` });
  });

  it("with several mistakes has all of them named", async () => {
    const path = file("wrong.yaml", "rate: fast\nmomentums: 0.9\n");
    expect((await convnets("train", "mlp", "--config", path)).err).toBe(
      `convnets: ${path}:\n  \`rate\` is "fast", expected a number, 0 or more\n  there is no setting \`momentums\`; did you mean \`momentum\`?\n`,
    );
  });

  it("that is no YAML is refused", async () => {
    const path = file("broken.yaml", "a: [1\n");
    const { code, err } = await convnets("train", "mlp", "--config", path);
    expect(code).toBe(1);
    expect(err).toMatch(`convnets: ${path}: is neither JSON nor YAML: `);
  });
});

describe("recipes", () => {
  it.each(Object.entries(recipes))("%s has settings that are right", (name, { settings }) => {
    expect(checkSettings(settings, name)).toEqual(settings);
  });
});

describe("--resume", () => {
  it("takes no settings: those of the run stay", async () => {
    const out = join(folder, "run");
    expect(await convnets("train", "--resume", out, "--rate", "0.1")).toEqual({
      code: 2,
      out: "",
      err: `convnets: train: --resume goes on with the settings of ${out}; leave out --rate, or start another run from its weights: --config ${out}/config.json --weights ${out}\n`,
    });
  });

  it("refuses a folder without a run", async () => {
    expect(await convnets("train", "--resume", folder)).toEqual({
      code: 2,
      out: "",
      err: `convnets: ${folder}: holds no run, expected a folder that \`convnets train\` has written\n`,
    });
  });
});

describe("--augment", () => {
  const small = ["train", "mlp", "--engine", "reference", "--steps", "2"];

  it("keeps what a preset or a file stands for in the configuration of the run", async () => {
    const transforms = file("flip.yaml", "- name: randomHorizontalFlip\n");
    const out = join(folder, "augmented");
    expect(await convnets(...small, "--augment", transforms, "--out", out)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).training.augment).toEqual([
      { name: "randomHorizontalFlip", p: 0.5 },
    ]);
  });

  it("names what it knows when it is given something else", async () => {
    const { code, err } = await convnets(...small, "--augment", "cifra", "--out", join(folder, "none"));
    expect(code).toBe(2);
    expect(err).toMatch(
      /^convnets: augment: cifra: no such file.*; presets are none, digits, cifar, imagenet, alexnet\n$/,
    );
  });

  it("refuses transforms that change the size of pictures", async () => {
    const transforms = file("crop.yaml", "- { name: centerCrop, size: 20 }\n");
    expect((await convnets(...small, "--augment", transforms, "--out", join(folder, "crop"))).err).toBe(
      "convnets: augment: makes pictures of 1x20x20 of those of 1x28x28, expected the same size\n",
    );
  });
});

describe("--mixup and --cutmix", () => {
  const lossOf = async (name: string, ...flags: readonly string[]): Promise<number> => {
    const out = join(folder, name);
    const small = ["train", "mlp", "--engine", "reference", "--steps", "2", "--json"];
    expect(await convnets(...small, "--out", out, ...flags)).toMatchObject({ code: 0 });
    return JSON.parse(readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n").at(-1) ?? "").loss;
  };

  it("train on mixed pictures, and 0 is none of them", async () => {
    const plain = await lossOf("plain");
    expect(await lossOf("none", "--mixup", "0")).toBe(plain);
    expect(await lossOf("mixup", "--mixup", "0.2")).not.toBe(plain);
    expect(await lossOf("both", "--mixup", "0.2", "--cutmix", "1")).not.toBe(plain);
  });
});

describe("--finetune", () => {
  it("starts from a run with other classes: the last layer is new, the others are the run's", async () => {
    const start = join(folder, "start");
    const small = ["train", "mlp", "--engine", "reference"];
    expect(await convnets(...small, "--steps", "2", "--out", start)).toMatchObject({ code: 0 });
    const out = join(folder, "tuned");
    const argv = ["--classes", "12", "--rate", "0", "--steps", "1", "--out", out];
    const { code, err } = await convnets(...small, "--finetune", start, ...argv);
    expect(code).toBe(0);
    expect(err).toBe(`note: ${start}: new for 12 classes: layers.2.weight, layers.2.bias\n`);
    const tensors = (run: string) => parseSafetensors(readFileSync(join(run, "last.safetensors"))).tensors;
    expect(tensors(out).get("layers.0.weight")).toEqual(tensors(start).get("layers.0.weight"));
    expect(tensors(out).get("layers.2.weight")?.shape).toEqual([12, 128]);
  });

  it("needs the frozen to be there", async () => {
    const argv = [
      "train",
      "mlp",
      "--engine",
      "reference",
      "--freeze",
      "conv1",
      "--out",
      join(folder, "frozen"),
    ];
    expect((await convnets(...argv)).err).toMatch(/^convnets: freeze: the pattern conv1 fits no path/);
  });
});

describe("--ema and --clip-norm", () => {
  it("test the averages, which is what evaluate takes too, and record the norm of the gradients", async () => {
    const out = join(folder, "averaged");
    const argv = ["--steps", "30", "--clip-norm", "1", "--ema", "0.9", "--out", out];
    expect(await convnets("train", "mlp", "--engine", "reference", ...argv)).toMatchObject({ code: 0 });
    const lines = readFileSync(join(out, "metrics.jsonl"), "utf8").trimEnd().split("\n");
    const metrics = lines.map((line) => JSON.parse(line));
    expect(metrics[0]).toMatchObject({ kind: "step", gradientNorm: expect.any(Number) });
    const { out: evaluated } = await convnets("evaluate", out, "--engine", "reference", "--json");
    expect(JSON.parse(evaluated)).toMatchObject(metrics.at(-1).validation);
    const { tensors } = parseSafetensors(readFileSync(join(out, "last.safetensors")));
    expect(tensors.get("optimizer/ema/layers.0.weight")).not.toEqual(tensors.get("layers.0.weight"));
  });
});

it("--check-numerics names the step, and the op that first made no number", async () => {
  const argv = ["--rate", "1e30", "--steps", "9", "--check-numerics", "--out", join(folder, "diverged")];
  const { code, err } = await convnets("train", "mlp", "--engine", "reference", ...argv);
  expect(code).toBe(1);
  expect(err).toMatch(
    /^convnets: \w+ at .+ made (NaN|Infinity) in f32\[[\d,]*\] at step \d, the first value that is no finite number\n$/,
  );
});
