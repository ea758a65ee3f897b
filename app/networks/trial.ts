import { type Dataset, type Engine, Evaluator, inMemory, type Normalization, subset } from "convnets";
import { ranges } from "./guess.ts";
import type { Network } from "./network.ts";
import { openNetwork } from "./open.ts";

/** How a network did on digits whose pixels were brought to a range. */
export interface Trial {
  readonly range: Normalization;
  /** Digits that it read rightly, of so many. */
  readonly right: number;
  readonly of: number;
}

/** So many digits tell ranges apart. */
const count = 100;

/**
 * Finds out which pixels a network for digits was trained with, which files mostly don't say: some digits are shown to
 * it in each range, its own first. The range with the smallest loss; of equals the first. Not the one with which it
 * reads most: ReLUs read as well what is a hundred times as bright, and are far too sure of it.
 */
export async function tryOnDigits(network: Network, digits: Dataset, engine: Engine): Promise<Trial> {
  const { model, weights } = await openNetwork(network);
  const spread = Array.from({ length: count }, (_, index) =>
    Math.floor((index * digits.labels.length) / count),
  );
  const some = inMemory(subset(digits, spread));
  let best: (Trial & { readonly loss: number }) | undefined;
  for (const range of [network.normalization, ...Object.values(ranges)]) {
    if (range.mean.length > 1) continue;
    const image = { shape: digits.shape, normalization: range, asked: range };
    const evaluator = await Evaluator.create(model, engine, { image, batch: count });
    evaluator.load(weights);
    const { top1, loss } = await evaluator.evaluate(some);
    const right = Math.round(top1 * count);
    if (best === undefined || loss < best.loss) best = { range, right, of: count, loss };
  }
  if (best === undefined) throw new Error(`${network.name} reads no grey pictures`);
  return { range: best.range, right: best.right, of: best.of };
}
