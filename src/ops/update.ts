import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineMultiOp, type MultiOp, notDifferentiable } from "./define.ts";

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
