import { present } from "../ir/errors.ts";
import type { GraphBuilder, Value } from "../ir/graph.ts";
import { f32 } from "../ir/type.ts";
import { affine } from "../ops/arithmetic.ts";
import {
  type AdamAttrs,
  adamUpdate,
  centeredRmspropUpdate,
  rmspropUpdate,
  sgdUpdate,
} from "../ops/update.ts";
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

export interface AdamOptions {
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly eps?: number;
  /** Default 0; 0.01 for `adamw`. */
  readonly weightDecay?: number;
}

/** Adam in PyTorch's form, its weight decay by way of the gradient; `adamUpdate` has the equations. */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamOf({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, ...options, decoupled: false });
}

/** Adam that decays the weights themselves. */
export function adamw(options: AdamOptions = {}): Optimizer {
  return adamOf({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, ...options, decoupled: true });
}

function adamOf(attrs: AdamAttrs): Optimizer {
  return (parameters, rate) => {
    const scaled = scaledRates(rate);
    const step = stepOf(rate.graph);
    for (const { path, w, dw, decays, rate: factor } of parameters) {
      const [m, v] = [stateOf("mean", path, w), stateOf("square", path, w)];
      const weightDecay = decays ? attrs.weightDecay : 0;
      const next = adamUpdate(w, m, v, dw, scaled(factor), step, { ...attrs, weightDecay });
      updateAll([w, m, v], next);
    }
  };
}

export interface RmspropOptions {
  /** How much of the mean of squares stays. Default 0.99. */
  readonly alpha?: number;
  /** Added to the root. Default 1e-8. */
  readonly eps?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Divides by the gradient's deviation instead of its root mean square. Default false. */
  readonly centered?: boolean;
}

/** RMSProp in PyTorch's form; `rmspropUpdate` has the equations. */
export function rmsprop({ centered = false, ...options }: RmspropOptions = {}): Optimizer {
  const attrs = { alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0, ...options };
  return (parameters, rate) => {
    const scaled = scaledRates(rate);
    for (const { path, w, dw, decays, rate: factor } of parameters) {
      const own = { ...attrs, weightDecay: decays ? attrs.weightDecay : 0 };
      const [s, v] = [stateOf("square", path, w), stateOf("velocity", path, w)];
      if (centered) {
        const a = stateOf("mean", path, w);
        updateAll([w, s, a, v], centeredRmspropUpdate(w, s, a, v, dw, scaled(factor), own));
      } else updateAll([w, s, v], rmspropUpdate(w, s, v, dw, scaled(factor), own));
    }
  };
}

/** Optimisers by the names that configurations and the command line know them by; every option has a default. */
export const optimizers: {
  readonly sgd: typeof sgd;
  readonly adam: typeof adam;
  readonly adamw: typeof adamw;
  readonly rmsprop: typeof rmsprop;
} = { sgd, adam, adamw, rmsprop };

export type OptimizerName = keyof typeof optimizers;

/** The number of the update under way, from 1: an f32 scalar that counts to 2^24. */
function stepOf(graph: GraphBuilder): Value {
  const done = graph.state(`${optimizerPrefix}step`, f32());
  const step = affine(done, { scale: [1], shift: [1] });
  graph.update(done, step);
  return step;
}

function updateAll(states: readonly Value[], next: readonly Value[]): void {
  states.forEach((state, index) => {
    state.graph.update(state, present(next[index], "next contents for each state"));
  });
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
