import type { Value } from "../ir/graph.ts";
import { affine } from "../ops/arithmetic.ts";
import { sgdUpdate } from "../ops/update.ts";
import type { Treatment } from "./groups.ts";

/** A parameter to update: its path, its value and its gradient. */
export interface Trained extends Treatment {
  readonly path: string;
  readonly w: Value;
  readonly dw: Value;
}

/** Adds to a graph the updates of `parameters`, and the states they need. `rate` is an f32 scalar. */
export type Optimizer = (parameters: readonly Trained[], rate: Value) => void;

/** The prefix of states that belong to an optimiser and not to the network. */
export const optimizerPrefix = "optimizer/";

export interface SgdOptions {
  /** Default 0. */
  readonly momentum?: number;
  /** Adds `weightDecay` times the parameter to its gradient. Default 0. */
  readonly weightDecay?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent with momentum in PyTorch's form; `sgdUpdate` has the equations. */
export function sgd({ momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions = {}): Optimizer {
  return (parameters, rate) => {
    const scaled = scaledRates(rate);
    for (const { path, w, dw, decays, rate: factor } of parameters) {
      const velocity = stateOf("velocity", path, w);
      const attrs = { momentum, weightDecay: decays ? weightDecay : 0, nesterov };
      const [next, nextVelocity] = sgdUpdate(w, velocity, dw, scaled(factor), attrs);
      w.graph.update(w, next);
      w.graph.update(velocity, nextVelocity);
    }
  };
}

/** A number of the optimiser's for each element of `w`. */
function stateOf(kind: string, path: string, w: Value): Value {
  return w.graph.state(`${optimizerPrefix}${kind}/${path}`, w.type);
}

/** The rate times a factor; parameters with the same factor share the product. */
function scaledRates(rate: Value): (factor: number) => Value {
  const made = new Map([[1, rate]]);
  return (factor) => {
    const scaled = made.get(factor) ?? affine(rate, { scale: [factor], shift: [0] });
    made.set(factor, scaled);
    return scaled;
  };
}
