import type { Splits } from "../data/pictures.ts";
import type { Engine } from "../engines/engine.ts";
import { summarize } from "../models/summary.ts";
import type { Classifier } from "../nn/classifier.ts";
import { duration, long, percent } from "../report/numbers.ts";
import type { EpochReport } from "../train/reports.ts";
import type { Outcome } from "./outcome.ts";

export function heading(name: string, model: Classifier, engine: Engine, { train, test }: Splits): string[] {
  const { parameters } = summarize(model);
  const shape = train.shape.join("x");
  const input = model.input.join("x");
  return [
    `${name}, ${long(parameters)} parameters, ${model.classes} classes, on ${engine.description}`,
    `${long(train.count)} pictures of ${shape} to train on, ${long(test.count)} to test with${
      input === shape ? "" : `; the network reads ${input}`
    }`,
    "",
  ];
}

const widths = [7, 7, 8, 9, 8, 8, 8, 10];

function line(cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ");
}

export const epochTitles: string = line([
  "epoch",
  "loss",
  "right",
  "test loss",
  "top-1",
  "top-5",
  "images/s",
  "time",
]);

export function epochLine(report: EpochReport): string {
  const { epoch, epochs, loss, accuracy, validation, imagesPerSecond, seconds } = report;
  return line([
    `${epoch}/${epochs}`,
    loss.toFixed(4),
    percent(accuracy),
    validation?.loss.toFixed(4) ?? "",
    validation === undefined ? "" : percent(validation.top1),
    validation === undefined ? "" : percent(validation.top5),
    long(Math.round(imagesPerSecond)),
    duration(seconds),
  ]);
}

export function ending(
  folder: string,
  test: string,
  { epochs, newSteps, seconds, interrupted, stoppedEarly }: Outcome,
): string[] {
  const last = epochs.at(-1)?.validation;
  const work = `${long(newSteps)} ${newSteps === 1 ? "step" : "steps"} in ${duration(seconds)}`;
  if (interrupted) return ["", `Stopped after ${work}. Go on with: convnets train --resume ${folder}`];
  if (newSteps === 0)
    return [
      `${folder} is at its end. To train on: convnets train --config ${folder}/config.json --weights ${folder}`,
    ];
  const early = stoppedEarly ? ", stopped early" : "";
  const result = last === undefined ? "" : `: ${percent(last.top1)} of ${test} right`;
  return ["", `${work}${early}${result}`, `Saved to ${folder}. Look closer: convnets evaluate ${folder}`];
}
