import type { GraphBuilder } from "../ir/graph.ts";
import { f32 } from "../ir/type.ts";
import { affine } from "../ops/arithmetic.ts";
import { type EmaAttrs, emaUpdate } from "../ops/update.ts";
import { optimizerPrefix } from "./optimizers.ts";

export interface EmaOptions {
  /** The share of the average that stays at each update. Default 0.999. */
  readonly decay?: number;
  /** Whether it stays at most (1 + n) / (10 + n) at update n, so that the average forgets its beginning. Default false. */
  readonly warmup?: boolean;
}

/** The average of the tensor at `path` is the state with this and the path as its name. */
export const emaPrefix: string = `${optimizerPrefix}ema/`;

/**
 * Adds averages over training of all that a step changes in the network: parameters and, as torchvision and timm have
 * it, running statistics. The first update copies. What a step leaves as it is, frozen parameters and fixed buffers, has
 * no average.
 */
export function addAverages(graph: GraphBuilder, { decay = 0.999, warmup = false }: EmaOptions): void {
  const attrs: EmaAttrs = { decay, warmup };
  const done = graph.state(`${optimizerPrefix}averaged`, f32());
  const step = affine(done, { scale: [1], shift: [1] });
  for (const { state, value } of graph.finish().updates) {
    if (state.source.kind !== "state" || state.source.name.startsWith(optimizerPrefix)) continue;
    const average = graph.state(`${emaPrefix}${state.source.name}`, state.type);
    graph.update(average, emaUpdate(average, value, step, attrs));
  }
  graph.update(done, step);
}
