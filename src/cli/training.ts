import type { Splits } from "../data/pictures.ts";
import type { EpochScore } from "../train/checkpoint.ts";
import type { EpochReport, StepReport } from "../train/reports.ts";
import type { Metrics, Run } from "../train/runFolder.ts";
import type { Trainer } from "../train/trainer.ts";
import type { Io } from "./io.ts";
import type { EpochResult, Outcome } from "./outcome.ts";
import type { Progress } from "./progress.ts";
import type { Effective } from "./settings.ts";
import { epochLine, epochTitles } from "./trainText.ts";

interface Surroundings {
  readonly run: Run;
  readonly shown: Progress;
  readonly io: Io;
  readonly stepsAnEpoch: number;
}

/**
 * Trains from where the trainer is, shows how it goes, and saves after each epoch and whenever else the settings say;
 * Ctrl-C ends it after the step under way.
 */
export async function fit(
  trainer: Trainer,
  { train, test }: Splits,
  { epochs: most, steps: mostSteps, checkpointEvery, earlyStop }: Effective,
  { run, shown, io, stepsAnEpoch }: Surroundings,
): Promise<Outcome> {
  const epochs: EpochResult[] = [];
  const every = Math.min(50, Math.ceil(stepsAnEpoch / 10));
  let interrupted = false;
  const release = io.onInterrupt(() => {
    interrupted = true;
  });
  const start = performance.now();
  const first = trainer.state.step;
  const isOver = () => earlyStop !== undefined && epochsSinceBest(trainer.state.scores) >= earlyStop;
  try {
    const options = { epochs: most, ...(mostSteps !== undefined && { steps: mostSteps }) };
    for await (const report of isOver() ? [] : trainer.fit({ train, validate: test }, options)) {
      if (report.kind === "step") {
        shown.step(report);
        if (report.step % every === 0) await run.record(stepMetrics(report));
        if (checkpointEvery !== undefined && report.step % checkpointEvery === 0)
          await run.save(trainer.checkpoint(), false);
      } else {
        const result = resultOf(report);
        if (epochs.length === 0) shown.line(epochTitles);
        shown.line(epochLine(report));
        epochs.push(result);
        await run.record({ kind: "epoch", ...result });
        await run.save(trainer.checkpoint(), epochsSinceBest(trainer.state.scores) === 0);
        if (isOver()) break;
      }
      if (interrupted) break;
    }
    if (interrupted) await run.save(trainer.checkpoint(), false);
  } finally {
    shown.close();
    release();
  }
  const { step, scores } = trainer.state;
  const seconds = (performance.now() - start) / 1000;
  return {
    epochs,
    steps: step,
    newSteps: step - first,
    seconds,
    interrupted,
    scores,
    stoppedEarly: isOver(),
  };
}

/** How many epochs ago the best one was: that with the highest top-1 and, of equals, the smallest loss. */
export function epochsSinceBest(scores: readonly EpochScore[]): number {
  let best = 0;
  scores.forEach(({ top1, loss }, epoch) => {
    const before = scores[best];
    if (before && (top1 > before.top1 || (top1 === before.top1 && loss < before.loss))) best = epoch;
  });
  return scores.length - 1 - best;
}

function stepMetrics({ steps: _, ...rest }: StepReport): Metrics {
  return rest;
}

function resultOf({ kind: _, epochs: __, validation, ...rest }: EpochReport): EpochResult {
  if (validation === undefined) return rest;
  const { top1, top5, loss } = validation;
  return { ...rest, validation: { top1, top5, loss } };
}
