import { expect, it } from "vitest";
import { inMemory } from "../../src/data/pictures.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { ConvnetsError, UsageError } from "../../src/ir/errors.ts";
import type { Report } from "../../src/train/reports.ts";
import type { Moment } from "../../src/train/schedules.ts";
import type { FitOptions, Trainer } from "../../src/train/trainer.ts";
import { describeEngines } from "../conformance/engines.ts";
import { someDigits, trainerOf } from "./small.ts";

const digits = await someDigits(210);

async function reportsOf(trainer: Trainer, options: FitOptions): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for await (const report of trainer.fit({ train: inMemory(digits) }, options)) reports.push(report);
  return reports;
}

await describeEngines((engine) => {
  it("the loss of a small network falls on digits", async () => {
    const reports = await reportsOf(await trainerOf(engine, digits), { epochs: 8 });
    const losses = reports.filter(({ kind }) => kind === "epoch").map(({ loss }) => loss);
    expect(losses[0]).toBeGreaterThan(1.5);
    expect(losses.at(-1)).toBeLessThan(0.5);
  });

  it("the same seed gives the same weights to the last bit, another seed does not", async () => {
    const weightsAfter = async (seed: number) => {
      const trainer = await trainerOf(engine, digits, { seed });
      await reportsOf(trainer, { epochs: 2 });
      return trainer.weights();
    };
    const weights = await weightsAfter(3);
    expect(await weightsAfter(3)).toEqual(weights);
    expect(await weightsAfter(4)).not.toEqual(weights);
  });
});

it("an epoch has as many steps as full batches; then comes its report", async () => {
  const reports = await reportsOf(await trainerOf(referenceEngine, digits), { epochs: 2 });
  const epoch = [...new Array<string>(10).fill("step"), "epoch"];
  expect(reports.map(({ kind }) => kind)).toEqual([...epoch, ...epoch]);
  expect(reports.at(-2)).toMatchObject({ epoch: 2, step: 20, steps: 20 });
  expect(reports.at(-1)).toMatchObject({ epoch: 2, epochs: 2 });
});

it("`steps` ends training within an epoch, and that epoch is reported", async () => {
  const reports = await reportsOf(await trainerOf(referenceEngine, digits), { epochs: 9, steps: 13 });
  expect(reports.filter(({ kind }) => kind === "step").length).toBe(13);
  expect(reports.at(-1)).toMatchObject({ kind: "epoch", epoch: 2, epochs: 2 });
});

it("the schedule sees how much of the training is done", async () => {
  const schedule = ({ step, steps }: Moment) => 1 - step / steps;
  const trainer = await trainerOf(referenceEngine, digits, { rate: 0.5, schedule });
  const rates = (await reportsOf(trainer, { epochs: 1, steps: 4 })).flatMap((report) =>
    report.kind === "step" ? [report.rate] : [],
  );
  expect(rates).toEqual([0.5, 0.375, 0.25, 0.125]);
});

it("every epoch is validated on the data set that was given", async () => {
  const trainer = await trainerOf(referenceEngine, digits);
  const validations: (number | undefined)[] = [];
  for await (const report of trainer.fit(
    { train: inMemory(digits), validate: inMemory(digits) },
    { epochs: 2 },
  ))
    if (report.kind === "epoch") validations.push(report.validation?.count);
  expect(validations).toEqual([210, 210]);
});

it("a loss that is no number any more stops training and names the rate", async () => {
  const trainer = await trainerOf(referenceEngine, digits, { rate: 1e30 });
  const error = await reportsOf(trainer, { epochs: 2 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConvnetsError);
  expect(String(error)).toMatch(
    /the loss is (NaN|Infinity) at step \d+: training has diverged; a smaller learning rate than 1e\+30 may help/,
  );
});

it("a batch that is no number of pictures, or more than there are, is refused", async () => {
  await expect(trainerOf(referenceEngine, digits, { batch: 0 })).rejects.toThrow(
    new UsageError("the batch is 0, expected a whole number of 1 or more"),
  );
  const trainer = await trainerOf(referenceEngine, digits, { batch: 300 });
  await expect(reportsOf(trainer, { epochs: 1 })).rejects.toThrow(
    new UsageError("digits train has 210 pictures, less than a batch of 300"),
  );
});
