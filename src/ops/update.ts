import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
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
    if (rate.dtype !== "f32" || rate.shape.length !== 0)
      throw new ShapeError("sgdUpdate", "rate must be an f32 scalar", [w, v, dw, rate]);
    return [type, type];
  },
  grad: notDifferentiable("sgdUpdate", "an update ends a training step"),
  flops: ([w]) => 6 * size(w.shape),
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
