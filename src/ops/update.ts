import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size, type TensorType } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineMultiOp, defineOp, type MultiOp, notDifferentiable, type Op } from "./define.ts";

export interface SgdAttrs {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

/**
 * One step of stochastic gradient descent in PyTorch's form (the rate multiplies the velocity, so a drop of the
 * rate acts at once): g = dw + weightDecay w, v' = momentum v + g, w' = w - rate v', or with Nesterov
 * w' = w - rate (g + momentum v'). rate is an f32 scalar.
 */
export const sgdUpdate: MultiOp<
  [w: Value, v: Value, dw: Value, rate: Value],
  SgdAttrs,
  [w: Value, v: Value]
> = defineMultiOp("sgdUpdate", {
  types: ([w, v, dw, rate]) => {
    const type = sameF32("sgdUpdate", [w, v, dw]);
    expectScalars("sgdUpdate", { rate }, [w, v, dw, rate]);
    return [type, type];
  },
  grad: notDifferentiable("sgdUpdate", "an update ends a training step"),
  flops: ([w]) => 6 * size(w.shape),
});

export interface AdamAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Decays the weight itself (AdamW, Loshchilov and Hutter 2019) and not by way of the gradient. */
  readonly decoupled: boolean;
}

/**
 * One step of Adam (Kingma and Ba 2015) in PyTorch's form. step is an f32 scalar, 1 for the first one.
 * g = dw + weightDecay w, m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g²,
 * w' = w - rate m' / (1 - beta1^step) / (sqrt(v' / (1 - beta2^step)) + eps).
 * Decoupled: g = dw, and w is multiplied by 1 - rate weightDecay first.
 */
export const adamUpdate: MultiOp<
  [w: Value, m: Value, v: Value, dw: Value, rate: Value, step: Value],
  AdamAttrs,
  [w: Value, m: Value, v: Value]
> = defineMultiOp("adamUpdate", {
  types: ([w, m, v, dw, rate, step]) => {
    const type = sameF32("adamUpdate", [w, m, v, dw]);
    expectScalars("adamUpdate", { rate, step }, [w, m, v, dw, rate, step]);
    return [type, type, type];
  },
  grad: notDifferentiable("adamUpdate", "an update ends a training step"),
  flops: ([w]) => 14 * size(w.shape),
});

export interface RmspropAttrs {
  readonly alpha: number;
  readonly eps: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * One step of RMSProp (Tieleman and Hinton 2012) in PyTorch's form, with eps outside of the root.
 * g = dw + weightDecay w, s' = alpha s + (1 - alpha) g², v' = momentum v + g / (sqrt(s') + eps), w' = w - rate v'.
 */
export const rmspropUpdate: MultiOp<
  [w: Value, s: Value, v: Value, dw: Value, rate: Value],
  RmspropAttrs,
  [w: Value, s: Value, v: Value]
> = defineMultiOp("rmspropUpdate", {
  types: ([w, s, v, dw, rate]) => {
    const type = sameF32("rmspropUpdate", [w, s, v, dw]);
    expectScalars("rmspropUpdate", { rate }, [w, s, v, dw, rate]);
    return [type, type, type];
  },
  grad: notDifferentiable("rmspropUpdate", "an update ends a training step"),
  flops: ([w]) => 13 * size(w.shape),
});

/** The same by the variance of the gradient (Graves 2013): a' = alpha a + (1 - alpha) g, and s' - a'² under the root. */
export const centeredRmspropUpdate: MultiOp<
  [w: Value, s: Value, a: Value, v: Value, dw: Value, rate: Value],
  RmspropAttrs,
  [w: Value, s: Value, a: Value, v: Value]
> = defineMultiOp("centeredRmspropUpdate", {
  types: ([w, s, a, v, dw, rate]) => {
    const type = sameF32("centeredRmspropUpdate", [w, s, a, v, dw]);
    expectScalars("centeredRmspropUpdate", { rate }, [w, s, a, v, dw, rate]);
    return [type, type, type, type];
  },
  grad: notDifferentiable("centeredRmspropUpdate", "an update ends a training step"),
  flops: ([w]) => 18 * size(w.shape),
});

export interface MovingAverageAttrs {
  /** The share of the old average that stays. */
  readonly decay: number;
  /** The share of the value that comes in. */
  readonly gain: number;
}

/** decay average + gain value: one step of an average over training steps, such as batch norm's running statistics. */
export const movingAverage: Op<[average: Value, value: Value], MovingAverageAttrs> = defineOp(
  "movingAverage",
  {
    type: (inputs) => sameF32("movingAverage", inputs),
    grad: notDifferentiable("movingAverage", "an update ends a training step"),
    flops: ([average]) => 3 * size(average.shape),
  },
);

export interface EmaAttrs {
  /** The share of the old average that stays. */
  readonly decay: number;
  /** Whether it stays at most (1 + step) / (10 + step), so that the average forgets its beginning. */
  readonly warmup: boolean;
}

/**
 * One step of the average of a weight over training: decay average + (1 - decay) value. step is an f32 scalar; at 1, the
 * first, the average is the value.
 */
export const emaUpdate: Op<[average: Value, value: Value, step: Value], EmaAttrs> = defineOp("emaUpdate", {
  type: ([average, value, step], { decay }) => {
    if (!(decay >= 0 && decay < 1))
      throw new ShapeError("emaUpdate", `decay must be in [0, 1), not ${decay}`, [average, value, step]);
    expectScalars("emaUpdate", { step }, [average, value, step]);
    return sameF32("emaUpdate", [average, value]);
  },
  grad: notDifferentiable("emaUpdate", "an update ends a training step"),
  flops: ([average]) => 3 * size(average.shape),
});

/** The decay of one step of `emaUpdate`. */
export function emaDecay({ decay, warmup }: EmaAttrs, step: number): number {
  if (step <= 1) return 0;
  return warmup ? Math.min(decay, (1 + step) / (10 + step)) : decay;
}

function expectScalars(
  op: string,
  scalars: Readonly<Record<string, TensorType>>,
  given: readonly TensorType[],
): void {
  for (const [name, { dtype, shape }] of Object.entries(scalars))
    if (dtype !== "f32" || shape.length !== 0)
      throw new ShapeError(op, `${name} must be an f32 scalar`, given);
}
