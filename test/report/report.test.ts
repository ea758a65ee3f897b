import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { inMemory } from "../../src/data/pictures.ts";
import { loadEngine } from "../../src/engines/auto.ts";
import { createModel } from "../../src/models/registry.ts";
import { gather } from "../../src/report/evidence.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { openRun } from "../../src/train/runFolder.ts";
import { convnets } from "../cli/cli.ts";
import { smallRun } from "./fixtures.ts";

let run: string;
beforeAll(async () => {
  run = await smallRun();
}, 60_000);

describe("report", () => {
  it("--plots writes each plot as SVG and as a PNG twice its size, and says which files it wrote", async () => {
    const { out, code } = await convnets(
      "report",
      run,
      "--plots",
      "--engine",
      "wasm",
      "--threads",
      "1",
      "--json",
    );
    expect(code).toBe(0);
    const drawn = ["loss", "accuracy", "rate", "speed", "confusion"].flatMap((id) => [
      `${id}.svg`,
      `${id}.png`,
    ]);
    const plots = [...drawn, "filters.png"].map((name) => join(run, "plots", name));
    expect(JSON.parse(out)).toEqual({ run, files: [join(run, "report.html"), ...plots] });
    const svg = readFileSync(join(run, "plots", "loss.svg"), "utf8");
    const [, width] = /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="(\d+)"/.exec(svg) ?? [];
    const png = await sharp(join(run, "plots", "loss.png")).metadata();
    expect(png.width).toBe(2 * Number(width));
  });

  it("the same run gives the same bytes", async () => {
    const path = join(run, "report.html");
    const write = async () => {
      rmSync(path, { force: true });
      await convnets("report", run, "--engine", "wasm", "--threads", "1");
      return readFileSync(path, "utf8");
    };
    expect(await write()).toBe(await write());
  });

  it("what it counts is what evaluate counts, and the errors are the most confident ones", async () => {
    const { config, weights } = await openRun(run);
    const model = createModel(config.model, config.options);
    const engine = await loadEngine("wasm", { threads: 1 });
    const evaluator = await Evaluator.create(model, engine, { image: config.image, batch: 100 });
    evaluator.load(weights);
    const test = inMemory((await loadDigits()).test);
    const { evaluation, errors } = await gather(evaluator, test, config.classes, 5);
    const expected = await evaluator.evaluate(test);
    expect({ ...evaluation, loss: 0 }).toEqual({ ...expected, loss: 0 });
    expect(evaluation.loss).toBeCloseTo(expected.loss, 5);
    const all = (await gather(evaluator, test, config.classes, 1000)).errors;
    expect(all.length).toBe(Math.round(expected.count * (1 - expected.top1)));
    expect(errors).toEqual(all.slice(0, 5));
    for (const { index, label, chosen, pixels } of errors) {
      expect(chosen).not.toBe(label);
      const { images, labels } = (await loadDigits()).test;
      expect(labels[index]).toBe(label);
      expect(pixels).toEqual(images.slice(index * 784, (index + 1) * 784));
    }
  });
});
