import { expect, it } from "vitest";
import { mixed } from "../../src/data/mixed.ts";
import { inMemory, type Pictures } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { UsageError } from "../../src/ir/errors.ts";
import type { TrainerOptions } from "../../src/train/trainer.ts";
import { describeEngines } from "../conformance/engines.ts";
import { someDigits, trainerOf } from "./small.ts";

const digits = await someDigits(210);

async function lossesOf(engine: typeof referenceEngine, train: Pictures, options: Partial<TrainerOptions>) {
  const trainer = await trainerOf(engine, digits, options);
  const losses: number[] = [];
  for await (const report of trainer.fit({ train }, { epochs: 8 }))
    if (report.kind === "epoch") losses.push(report.loss);
  return losses;
}

await describeEngines((engine) => {
  it("a small network learns from mixed digits", async () => {
    const pictures = mixed(inMemory(digits), { mixup: 0.2, cutmix: 1 });
    const losses = await lossesOf(engine, pictures, { softTargets: true });
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 0.5);
  });
});

it("batches that nothing is mixed in train as labels do", async () => {
  const unmixed = mixed(inMemory(digits), { p: 0 });
  const soft = await lossesOf(referenceEngine, unmixed, { softTargets: true });
  const hard = await lossesOf(referenceEngine, inMemory(digits), {});
  soft.forEach((loss, epoch) => {
    expect(loss).toBeCloseTo(hard[epoch] ?? 0, 4);
  });
});

it("mixed pictures and `softTargets` go together, or the error says which is missing", async () => {
  await expect(lossesOf(referenceEngine, inMemory(digits), { softTargets: true })).rejects.toThrow(
    new UsageError(
      "train: `softTargets` is set and the pictures have labels only; `mixed` gives them targets",
    ),
  );
  await expect(lossesOf(referenceEngine, mixed(inMemory(digits), { mixup: 1 }), {})).rejects.toThrow(
    new UsageError(
      "train: the pictures are mixed, and their labels are not what to train on; set `softTargets`",
    ),
  );
});
