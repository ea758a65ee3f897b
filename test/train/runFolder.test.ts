import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { serializeSafetensors } from "../../src/formats/safetensors.ts";
import { FormatError, UsageError } from "../../src/ir/errors.ts";
import { parseConfig, type RunConfig } from "../../src/train/runConfig.ts";
import { createRun, isRun, openRun, resumeRun } from "../../src/train/runFolder.ts";
import { someDigits, trainerOf } from "./small.ts";

const config: RunConfig = {
  version: 2,
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
    await run.record({ kind: "step", epoch: 1, step: 1, loss: 0.5 });
    await run.record({ kind: "epoch", epoch: 1, step: 2, loss: 0.25 });
    await run.save(trainer.checkpoint(), false);
    run.close();
    expect(await isRun(path)).toBe(true);
    const opened = await openRun(path);
    expect(opened.config).toEqual(config);
    expect(new Map(opened.weights)).toEqual(trainer.weights());
    const metrics = await readFile(join(path, "metrics.jsonl"), "utf8");
    const lines = [
      '{"kind":"step","epoch":1,"step":1,"loss":0.5}',
      '{"kind":"epoch","epoch":1,"step":2,"loss":0.25}',
    ];
    expect(metrics).toBe(`${lines.join("\n")}\n`);
  });

  it("is taken up where its last checkpoint was: what came later is cut off", async () => {
    const digits = await someDigits(40);
    const trainer = await trainerOf(referenceEngine, digits);
    const path = join(folder, "resumed");
    const run = await createRun(path, config);
    await run.record({ kind: "step", epoch: 1, step: 1, loss: 0.5 });
    await trainer.fit({ train: inMemory(digits) }, { epochs: 1 }).next();
    await run.save(trainer.checkpoint(), true);
    await run.record({ kind: "step", epoch: 1, step: 2, loss: 0.25 });
    run.close();
    const resumed = await resumeRun(path);
    resumed.run.close();
    expect(resumed.config).toEqual(config);
    expect(resumed.checkpoint).toMatchObject(trainer.checkpoint());
    expect(resumed.checkpoint?.state).toMatchObject({ epoch: 0, step: 1, sums: { steps: 1 } });
    expect(await readFile(join(path, "metrics.jsonl"), "utf8")).toBe(
      '{"kind":"step","epoch":1,"step":1,"loss":0.5}\n',
    );
    expect((await openRun(path)).checkpoint).toBe("best");
    expect((await openRun(path, "last")).checkpoint).toBe("last");
  });

  it("without a checkpoint starts anew, and has no weights yet", async () => {
    const path = join(folder, "early");
    const run = await createRun(path, config);
    await run.record({ kind: "step", epoch: 1, step: 1, loss: 0.5 });
    run.close();
    const resumed = await resumeRun(path);
    resumed.run.close();
    expect(resumed.checkpoint).toBeUndefined();
    expect(await readFile(join(path, "metrics.jsonl"), "utf8")).toBe("");
    await expect(openRun(path)).rejects.toThrow(new UsageError(`${path}: has no checkpoint yet`));
  });

  it("is one process's at a time", async () => {
    const path = join(folder, "held");
    const run = await createRun(path, config);
    const problem = new UsageError(`${path}: process ${process.pid} is training in this folder`);
    await expect(resumeRun(path)).rejects.toThrow(problem);
    await expect(createRun(path, config)).rejects.toThrow(problem);
    run.close();
    (await resumeRun(path)).run.close();
  });

  it("of the first version is read, but not resumed", async () => {
    const path = join(folder, "old");
    const run = await createRun(path, { ...config, version: 1 });
    run.close();
    const trainer = await trainerOf(referenceEngine, await someDigits(20));
    await writeFile(join(path, "weights.safetensors"), serializeSafetensors(trainer.weights()));
    expect(new Map((await openRun(path)).weights)).toEqual(trainer.weights());
    await expect(resumeRun(path)).rejects.toThrow(
      `${path}: was written by a version that could not resume; start anew: convnets train mlp --weights ${path}`,
    );
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
    expect(parseConfig(JSON.stringify({ ...config, extra: 1 }), "c.json")).toEqual(config);
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ["a later version", { ...config, version: 3 }, "`version` is 3, not 1 or 2"],
    ["no object", [1], "`version` is undefined, not 1 or 2"],
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
