import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { parseNpy, serializeNpy } from "../../src/formats/npy.ts";
import { parseSafetensors, serializeSafetensors } from "../../src/formats/safetensors.ts";
import { isWeight } from "../../src/train/checkpoint.ts";
import { convnets, scratch, withIo } from "./cli.ts";

const folder = scratch();
const engine = ["--engine", "reference"];
const training = [
  "train",
  "mlp",
  "--data",
  "digits",
  ...engine,
  "--steps",
  "40",
  "--batch",
  "32",
  "--seed",
  "7",
];
const run = join(folder, "mlp");

beforeAll(async () => {
  const { code, out } = await convnets(...training, "--out", run);
  expect(code).toBe(0);
  expect(out).toMatch(/^mlp, 235,146 parameters, 10 classes, on plain loops in TypeScript, 1 thread\n/);
  expect(out).toMatch(/\n {4}1\/1 .*\n/);
  expect(out).toMatch(new RegExp(`\nSaved to ${run}\\. Look closer: convnets evaluate ${run}\n$`));
});

function weightsOf<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...tensors].filter(([name]) => isWeight(name)));
}

function lastMetrics(run: string) {
  return JSON.parse(readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n").at(-1) ?? "");
}

describe("train", () => {
  it("writes a run folder, and nothing else", () => {
    expect(readdirSync(run).sort()).toEqual([
      "best.safetensors",
      "config.json",
      "events.out.tfevents.1.convnets",
      "last.safetensors",
      "metrics.jsonl",
      "report.html",
    ]);
    expect(lastMetrics(run)).toMatchObject({
      kind: "epoch",
      epoch: 1,
      step: 40,
      validation: { top1: expect.any(Number), top5: expect.any(Number), loss: expect.any(Number) },
    });
  });

  it("gives the same bits for the same seed, others for another, and JSON alone with --json", async () => {
    const again = await convnets(...training, "--out", join(folder, "again"), "--json");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ model: "mlp", steps: 40, interrupted: false });
    const other = await convnets(
      ...training,
      "--seed",
      "8",
      "--steps",
      "2",
      "--out",
      join(folder, "other"),
      "--quiet",
    );
    expect(other.out.split("\n")).toHaveLength(4);
    const weights = (name: string) =>
      parseSafetensors(readFileSync(join(folder, name, "last.safetensors"))).tensors;
    expect(weights("again")).toEqual(weights("mlp"));
    expect(weights("other")).not.toEqual(weights("mlp"));
  });

  it("refuses a folder that holds a run", async () => {
    expect(await convnets("train", "mlp", "--out", run)).toEqual({
      code: 2,
      out: "",
      err: `convnets: ${run}: holds a run already; choose another folder or delete it\n`,
    });
  });

  it("at Ctrl-C stops after the step under way, saves, and exits with 130", async () => {
    const out = join(folder, "stopped");
    const result = await withIo(
      {
        onInterrupt: (listener) => {
          listener();
          return () => {};
        },
      },
      ...training,
      "--out",
      out,
    );
    expect(result.code).toBe(130);
    expect(result.out).toMatch(
      new RegExp(`\nStopped after 1 step in .*\\. Go on with: convnets train --resume ${out}\n$`),
    );
    const resumed = await convnets("train", "--resume", out);
    expect(resumed.code).toBe(0);
    expect(resumed.out).toMatch(/\n39 steps in /);
    const tensors = (name: string) => parseSafetensors(readFileSync(join(name, "last.safetensors"))).tensors;
    expect(tensors(out)).toEqual(tensors(run));
    expect((await convnets("train", "--resume", out, "--quiet")).out).toBe(
      `${out} is at its end. To train on: convnets train --config ${out}/config.json --weights ${out}\n`,
    );
  });

  it("draws a bar of at most 80 columns at a terminal and takes it away again", async () => {
    const { err } = await withIo(
      { terminal: true },
      ...training,
      "--steps",
      "5",
      "--out",
      join(folder, "bar"),
    );
    const frames = err.split("\u001b[1G").map(stripVTControlCharacters);
    expect(frames.some((frame) => /^epoch 1\/1 \[[= ]+\] loss \d\.\d{4} {2}.* left$/.test(frame))).toBe(true);
    expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThan(80);
    expect(frames.at(-1)).toBe("");
  });

  it("--profile says where the time goes", async () => {
    const { out } = await convnets(
      ...training,
      "--steps",
      "2",
      "--profile",
      "--out",
      join(folder, "profiled"),
    );
    expect(out).toMatch(/^op +time +share +nodes +GFLOP\/s +of peak +kernel$/m);
    expect(out).toMatch(/^linearBias +[\d.]+ ms +[\d.]+ % +3 /m);
  });
});

describe("evaluate", () => {
  it("--json gives fractions of one and the confusion matrix", async () => {
    const { code, out, err } = await convnets("evaluate", run, ...engine, "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { top1, top5, loss, perClass, confusion, count } = JSON.parse(out);
    expect(count).toBe(1000);
    expect(top1).toBeGreaterThan(0.5);
    expect(top5).toBeGreaterThan(top1);
    expect(top5).toBeLessThanOrEqual(1);
    expect(loss).toBeGreaterThan(0);
    expect(perClass).toHaveLength(10);
    expect(confusion.flat().reduce((sum: number, n: number) => sum + n, 0)).toBe(1000);
    const recorded = lastMetrics(run);
    expect(recorded.validation).toEqual({ top1, top5, loss });
  });

  it("takes a weights file with --model and --data", async () => {
    const weights = join(folder, "copy.safetensors");
    writeFileSync(weights, readFileSync(join(run, "last.safetensors")));
    const named = await convnets("evaluate", weights, "--model", "mlp", "--data", "digits", ...engine);
    expect(named.out).toMatch(/^mlp on digits test, 1,000 pictures\ntop-1 {2}\d\d\.\d\d % /);
    expect(named.out).toContain("confusion: a row for each true class, a column for each answer");
    expect(await convnets("evaluate", weights, ...engine)).toMatchObject({
      code: 2,
      err: `convnets: ${weights}: is no run, so say which network these weights are for: --model NAME\n`,
    });
  });

  it("takes weights of a network trained in parallel, and says that it leaves their prefix out", async () => {
    const weights = join(folder, "parallel.safetensors");
    const { tensors } = parseSafetensors(readFileSync(join(run, "last.safetensors")));
    const prefixed = new Map([...weightsOf(tensors)].map(([name, tensor]) => [`module.${name}`, tensor]));
    writeFileSync(weights, serializeSafetensors(prefixed));
    const argv = ["--model", "mlp", "--data", "digits", ...engine, "--json"];
    const { code, out, err } = await convnets("evaluate", weights, ...argv);
    expect(code).toBe(0);
    expect(err).toBe(
      `note: ${weights}: all names begin with "module.", from training in parallel; read without it\n`,
    );
    const recorded = lastMetrics(run);
    expect(JSON.parse(out)).toMatchObject(recorded.validation);
  });

  it("names all weights that do not fit at once", async () => {
    const weights = join(run, "last.safetensors");
    const { code, err } = await convnets(
      "evaluate",
      weights,
      "--model",
      "lenet5",
      "--data",
      "digits",
      ...engine,
    );
    expect(code).toBe(1);
    expect(err).toContain(
      `convnets: ${weights}: these weights are not this model's\n  missing (10)\n    conv1.weight\n`,
    );
    expect(err).toContain("  unexpected (6)\n    layers.0.weight\n");
    expect(err).not.toMatch(/^ {4}at /m);
  });
});

describe("predict", () => {
  it("names held-out digits", async () => {
    const { code, out } = await convnets("predict", run, "--index", "0,1", "--json", ...engine);
    expect(code).toBe(0);
    const answers = JSON.parse(out);
    expect(answers).toHaveLength(2);
    expect(answers[0]).toMatchObject({ source: "digits test 0", truth: "7" });
    expect(answers[0].predictions).toHaveLength(3);
  });

  it("sees in a file what it sees in the data, and the same in its negative with --invert", async () => {
    const { test } = await loadDigits();
    const seven = sharp(test.images.subarray(0, 784), { raw: { width: 28, height: 28, channels: 1 } });
    const [png, negative] = [join(folder, "seven.png"), join(folder, "paper.png")];
    await seven.clone().png().toFile(png);
    await seven.clone().negate().png().toFile(negative);
    const predictions = async (...argv: string[]) => {
      const { out } = await convnets("predict", run, ...argv, "--json", ...engine);
      return JSON.parse(out)[0].predictions;
    };
    const expected = await predictions("--index", "0");
    expect(await predictions(png)).toEqual(expected);
    expect(await predictions(negative, "--invert")).toEqual(expected);
    const { err } = await convnets("predict", run, negative, ...engine);
    expect(err).toBe(
      `note: ${negative} is bright at its border, this network knows bright on dark: try --invert\n`,
    );
  });

  it.each([
    ["a text", "not a picture", "is no picture"],
    ["nothing", "", "is empty"],
    [
      "a program",
      "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
      "is a picture of the kind svg",
    ],
  ])("refuses %s", async (_, content, problem) => {
    const file = join(folder, "strange.png");
    writeFileSync(file, content);
    expect(await convnets("predict", run, file, ...engine)).toEqual({
      code: 1,
      out: "",
      err: `convnets: ${file}: ${problem}, expected PNG, JPEG, WebP, GIF, TIFF or AVIF\n`,
    });
  });
});

describe("run", () => {
  const [x, y] = [join(folder, "x.npy"), join(folder, "y.npy")];

  it("writes the raw output", async () => {
    writeFileSync(x, serializeNpy({ shape: [3, 1, 28, 28], data: new Float32Array(3 * 784).fill(0.5) }));
    const argv = ["run", "mlp", "--weights", run, "--input", x, "--output", y, ...engine];
    expect(await convnets(...argv, "--json")).toMatchObject({ code: 0, err: "" });
    const { shape, data } = parseNpy(readFileSync(y));
    expect(shape).toEqual([3, 10]);
    expect(data.slice(0, 10)).toEqual(data.slice(20, 30));
  });

  it("takes start values from --seed, and pictures of other sizes where the network does", async () => {
    writeFileSync(x, serializeNpy({ shape: [1, 3, 20, 12], data: new Float32Array(720).fill(1) }));
    const options = [
      "--seed",
      "1",
      "--channels",
      "3",
      "--classes",
      "4",
      "--input",
      x,
      "--output",
      y,
      ...engine,
    ];
    expect(await convnets("run", "googlenet_article", ...options)).toMatchObject({ code: 0 });
    expect(parseNpy(readFileSync(y)).shape).toEqual([1, 4]);
  });

  it("refuses pictures of the wrong shape and leaves no file behind", async () => {
    const missing = join(folder, "none.npy");
    expect(
      await convnets("run", "lenet5", "--seed", "1", "--input", x, "--output", missing, ...engine),
    ).toEqual({
      code: 1,
      out: "",
      err: "convnets: lenet5: takes pictures of 1 channel, not 3; the option `channels` sets it\n  given  f32[1,3,20,12]\n",
    });
    expect(readdirSync(folder)).not.toContain("none.npy");
  });

  it("asks for weights or a seed", async () => {
    expect(await convnets("run", "lenet5", "--input", x, "--output", y)).toEqual({
      code: 2,
      out: "",
      err: "convnets: run: give --weights FILE, or --seed N for start values, and not both\n",
    });
  });
});
