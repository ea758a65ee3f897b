import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lenet1 } from "../../examples/model.ts";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { summarize } from "../../src/models/index.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { constantRate } from "../../src/train/schedules.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { someDigits } from "../train/small.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("the model in CONTRIBUTING.md is examples/model.ts", () => {
  expect(read("CONTRIBUTING.md")).toContain(`\`\`\`ts\n${read("examples/model.ts")}\`\`\``);
});

it("it has the layers that it says", () => {
  const { parameters, output, depth } = summarize(lenet1.create({ classes: 7 }));
  expect({ parameters, output, depth }).toEqual({
    parameters: 4 * 26 + 12 * 101 + 7 * 193,
    output: [1, 7],
    depth: 3,
  });
});

it("it learns", async () => {
  const digits = await someDigits(200);
  const trainer = await Trainer.create(lenet1.create(), referenceEngine, {
    image: { shape: digits.shape, normalization: digits.normalization },
    batch: 20,
    optimizer: sgd({ momentum: 0.9 }),
    rate: 0.05,
    schedule: constantRate(),
    seed: 1,
  });
  const losses: number[] = [];
  for await (const report of trainer.fit({ train: inMemory(digits) }, { epochs: 4 }))
    if (report.kind === "epoch") losses.push(report.loss);
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
});
