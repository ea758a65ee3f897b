import type { Value } from "../ir/graph.ts";
import { sgdUpdate } from "../ops/update.ts";

/** Adds to a graph the update of the parameter `w` at `path` by its gradient `dw`, and the states it needs. */
export type Optimizer = (path: string, w: Value, dw: Value, rate: Value) => void;

export interface SgdOptions {
  /** Default 0. */
  readonly momentum?: number;
  /** Adds `weightDecay` times the parameter to its gradient. Default 0. */
  readonly weightDecay?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/** The prefix of states that belong to an optimiser and not to the network. */
export const optimizerPrefix = "optimizer/";

/** Stochastic gradient descent with momentum in PyTorch's form; `sgdUpdate` has the equations. */
export function sgd({ momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions = {}): Optimizer {
  return (path, w, dw, rate) => {
    const velocity = w.graph.state(`${optimizerPrefix}velocity/${path}`, w.type);
    const [next, nextVelocity] = sgdUpdate(w, velocity, dw, rate, { momentum, weightDecay, nesterov });
    w.graph.update(w, next);
    w.graph.update(velocity, nextVelocity);
  };
}
