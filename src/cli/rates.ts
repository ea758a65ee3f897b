import type { Pictures } from "../data/pictures.ts";
import type { Engine } from "../engines/engine.ts";
import { DivergedError } from "../ir/errors.ts";
import type { Classifier } from "../nn/classifier.ts";
import { type FoundRate, findRate } from "../train/findRate.ts";
import type { ImageForm } from "../train/images.ts";
import type { Effective } from "./settings.ts";
import { trainerFor } from "./setUp.ts";

const lines = 20;
const room = 40;

/** The loss as the rate grows, for a training by these settings; as many steps as `settings.steps` says, or 100. */
export async function ratesOf(
  model: Classifier,
  engine: Engine,
  settings: Effective,
  image: ImageForm,
  train: Pictures,
  weights: ReadonlyMap<string, Float32Array> | undefined,
): Promise<FoundRate> {
  let rate = 0;
  const trainer = await trainerFor(model, engine, { ...settings, rate: 1 }, image, { schedule: () => rate });
  if (weights) trainer.start(weights);
  const steps = settings.steps ?? 100;
  const reports = trainer.fit({ train }, { epochs: Number.POSITIVE_INFINITY, steps });
  const step = async (next: number): Promise<number> => {
    rate = next;
    try {
      for (;;) {
        const { value, done } = await reports.next();
        if (done) return Number.NaN;
        if (value.kind === "step") return value.loss;
      }
    } catch (error) {
      if (error instanceof DivergedError) return Number.NaN;
      throw error;
    }
  };
  try {
    return await findRate(step, { steps });
  } finally {
    // Ends what loads pictures ahead.
    await reports.return();
  }
}

/** At most some lines of rate and loss, with bars between the least and the greatest, and what they suggest. */
export function ratesText({ points, suggestion }: FoundRate): string[] {
  const every = Math.max(1, Math.ceil(points.length / lines));
  const shown = points.filter((_, index) => index % every === 0);
  const losses = shown.map(({ smoothed }) => smoothed);
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  const bar = (loss: number) =>
    "█".repeat(most === least ? 1 : 1 + Math.round(((loss - least) / (most - least)) * (room - 1)));
  const rows = shown.map(
    ({ rate, smoothed }) =>
      `${rate.toExponential(1).padStart(8)}  ${smoothed.toFixed(4).padStart(9)}  ${bar(smoothed)}`,
  );
  const advice =
    suggestion === undefined
      ? "The loss falls at none of these rates."
      : `The loss falls fastest at ${suggestion.toPrecision(2)}: try --rate ${Number(suggestion.toPrecision(2))}`;
  return [`${"rate".padStart(8)}  ${"loss".padStart(9)}`, ...rows, "", advice];
}
