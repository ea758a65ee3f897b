import type { Splits } from "../data/pictures.ts";
import type { Run } from "../train/runFolder.ts";
import type { EpochReport, FitOptions, Trainer } from "../train/trainer.ts";
import type { Io } from "./io.ts";
import type { EpochResult, Outcome } from "./outcome.ts";
import type { Progress } from "./progress.ts";
import { epochLine, epochTitles } from "./trainText.ts";

/** Trains, shows how it goes, and keeps what came of it after each epoch; Ctrl-C ends it after the step under way. */
export async function fit(
  trainer: Trainer,
  { train, test }: Splits,
  options: FitOptions,
  { run, shown, io }: { readonly run: Run; readonly shown: Progress; readonly io: Io },
): Promise<Outcome> {
  const epochs: EpochResult[] = [];
  let steps = 0;
  let interrupted = false;
  const release = io.onInterrupt(() => {
    interrupted = true;
  });
  const start = performance.now();
  try {
    for await (const report of trainer.fit({ train, validate: test }, options)) {
      if (report.kind === "step") {
        steps = report.step;
        shown.step(report);
      } else {
        const result = resultOf(report);
        if (epochs.length === 0) shown.line(epochTitles);
        shown.line(epochLine(report));
        epochs.push(result);
        await run.record(result);
        await run.save(trainer);
      }
      if (interrupted) break;
    }
    if (interrupted) await run.save(trainer);
  } finally {
    shown.close();
    release();
  }
  return { epochs, steps, seconds: (performance.now() - start) / 1000, interrupted };
}

function resultOf({ kind: _, epochs: __, validation, ...rest }: EpochReport): EpochResult {
  if (validation === undefined) return rest;
  const { top1, top5, loss } = validation;
  return { ...rest, validation: { top1, top5, loss } };
}
