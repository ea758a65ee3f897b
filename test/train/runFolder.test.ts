import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { parseSafetensors } from "../../src/formats/safetensors.ts";
import { FormatError } from "../../src/ir/errors.ts";
import { createRun, isRun, openRun, parseConfig, type RunConfig } from "../../src/train/runFolder.ts";
import { someDigits, trainerOf } from "./small.ts";

const config: RunConfig = {
  version: 1,
  model: "mlp",
  options: { classes: 2, channels: 1, size: 28 },
  data: "digits",
  image: { shape: [1, 28, 28], normalization: { mean: [0.1], std: [0.3] } },
  classes: ["no", "yes"],
  training: { seed: 7, schedule: "cosine", exact: false },
};

describe("a run folder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "convnets-run-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives back the configuration and the weights it was saved with", async () => {
    const digits = await someDigits(40);
    const trainer = await trainerOf(referenceEngine, digits);
    for await (const _ of trainer.fit({ train: inMemory(digits) }, { epochs: 1 }));
    const path = join(folder, "new", "run");
    expect(await isRun(path)).toBe(false);
    const run = await createRun(path, config);
    await run.record({ epoch: 1, loss: 0.5 });
    await run.record({ epoch: 2, loss: 0.25 });
    await run.save(trainer);
    expect(await isRun(path)).toBe(true);
    const opened = await openRun(path);
    expect(opened.config).toEqual(config);
    expect(new Map(opened.weights)).toEqual(trainer.weights());
    const metrics = await readFile(join(path, "metrics.jsonl"), "utf8");
    expect(metrics).toBe('{"epoch":1,"loss":0.5}\n{"epoch":2,"loss":0.25}\n');
    const training = parseSafetensors(await readFile(join(path, "training.safetensors")), "training");
    expect([...training.tensors.keys()]).toContain("optimizer/velocity/layers.0.weight");
  });

  it("cannot be made where a file is in the way", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(createRun(join(folder, "file"), config)).rejects.toThrow(join(folder, "file"));
  });
});

describe("parseConfig", () => {
  it("reads what a run writes", () => {
    expect(parseConfig(JSON.stringify(config), "c.json")).toEqual(config);
  });

  it("drops what it does not know", () => {
    const training = { seed: 7, list: [1], nested: { a: 1 } };
    expect(parseConfig(JSON.stringify({ ...config, training, extra: 1 }), "c.json")).toEqual({
      ...config,
      training: { seed: 7 },
    });
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ["a later version", { ...config, version: 2 }, "`version` is 2, not 1"],
    ["no object", [1], "`version` is undefined, not 1"],
    ["a model that is no text", { ...config, model: 3 }, "`model` or `data` is no text"],
    ["no data", { ...config, data: undefined }, "`model` or `data` is no text"],
    ["no classes", { ...config, options: { channels: 1 } }, "`options` lacks classes or channels"],
    [
      "half a channel",
      { ...config, options: { classes: 2, channels: 0.5 } },
      "`options` lacks classes or channels",
    ],
    ["a size of 0", { ...config, options: { ...config.options, size: 0 } }, "`options.size` is no size"],
    [
      "a shape of two",
      { ...config, image: { ...config.image, shape: [28, 28] } },
      "`image.shape` is no [channels, height, width]",
    ],
    [
      "a deviation too few",
      { ...config, image: { ...config.image, normalization: { mean: [1, 2], std: [1] } } },
      "`image.normalization` lacks mean or std",
    ],
    ["a class without a name", { ...config, classes: ["no"] }, "`classes` does not name every class"],
  ];
  it.each(refused)("refuses %s", (_, value, problem) => {
    expect(() => parseConfig(JSON.stringify(value), "c.json")).toThrow(
      new FormatError(`c.json: ${problem}; expected the config.json of a run`),
    );
  });

  it("refuses what is no JSON", () => {
    expect(() => parseConfig("{", "c.json")).toThrow(
      new FormatError("c.json: is no JSON; expected the config.json of a run"),
    );
  });
});
