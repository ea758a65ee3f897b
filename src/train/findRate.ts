import { UsageError } from "../ir/errors.ts";

export interface FindRateOptions {
  /** The first rate. Default 1e-6. */
  readonly from?: number;
  /** The last rate. Default 10. */
  readonly to?: number;
  /** How many steps lie between them. Default 100. */
  readonly steps?: number;
  /** How much of the running mean of the loss stays at each step. Default 0.9. */
  readonly smoothing?: number;
  /** Ends when the smoothed loss is so many times its least. Default 4. */
  readonly divergence?: number;
}

export interface RatePoint {
  readonly rate: number;
  /** Of this step alone. */
  readonly loss: number;
  readonly smoothed: number;
}

export interface FoundRate {
  readonly points: readonly RatePoint[];
  /** Where the smoothed loss falls fastest over the logarithm of the rate; undefined when it never falls. */
  readonly suggestion: number | undefined;
}

/**
 * The range test of Smith, "Cyclical learning rates for training neural networks", 2015,
 * https://arxiv.org/abs/1506.01186: trains with a rate that grows geometrically, until the loss runs away. `step` does
 * one update with a rate and gives the loss before it.
 */
export async function findRate(
  step: (rate: number) => Promise<number>,
  options: FindRateOptions = {},
): Promise<FoundRate> {
  const { from = 1e-6, to = 10, steps = 100, smoothing = 0.9, divergence = 4 } = options;
  if (!(from > 0 && to > from && Number.isFinite(to)))
    throw new UsageError(`findRate: the rates go from ${from} to ${to}, expected growing numbers above 0`);
  if (!Number.isInteger(steps) || steps < 2)
    throw new UsageError(`findRate: steps is ${steps}, expected a whole number of 2 or more`);
  const points: RatePoint[] = [];
  let mean = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) {
    const rate = from * (to / from) ** (i / (steps - 1));
    const loss = await step(rate);
    if (!Number.isFinite(loss)) break;
    mean = smoothing * mean + (1 - smoothing) * loss;
    // The mean began at 0, as Adam's do.
    const smoothed = mean / (1 - smoothing ** (i + 1));
    points.push({ rate, loss, smoothed });
    if (smoothed > divergence * least) break;
    least = Math.min(least, smoothed);
  }
  return { points, suggestion: steepest(points) };
}

/** Slopes are those between the neighbours of a point, since their logarithms lie evenly. */
function steepest(points: readonly RatePoint[]): number | undefined {
  let most = 0;
  let found: number | undefined;
  points.forEach(({ rate }, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after || before.smoothed - after.smoothed <= most) return;
    most = before.smoothed - after.smoothed;
    found = rate;
  });
  return found;
}
