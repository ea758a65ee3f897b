import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, size } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineMultiOp, defineOp, type MultiOp, notDifferentiable, type Op } from "./define.ts";

// What clipping gradients takes (Pascanu et al. 2013), and looking for numbers that are none: whole tensors of any shape.

const gradientsOnly = "it works on gradients, and training needs first derivatives only";

/** The sum of all squares -> a scalar. */
export const squaredNorm: Op<[x: Value]> = defineOp("squaredNorm", {
  type: (inputs) => {
    sameF32("squaredNorm", inputs);
    return f32();
  },
  grad: notDifferentiable("squaredNorm", gradientsOnly),
  flops: ([x]) => 2 * size(x.shape),
});

/**
 * From the squared norm of all gradients, what to multiply each by so that their norm is at most `most`, and the norm:
 * min(1, most / (norm + 1e-6)), as PyTorch has it. All scalars.
 */
export const clipFactor: MultiOp<[square: Value], { readonly most: number }, [factor: Value, norm: Value]> =
  defineMultiOp("clipFactor", {
    types: ([square], { most }) => {
      if (square.dtype !== "f32" || square.shape.length !== 0)
        throw new ShapeError("clipFactor", "square must be an f32 scalar", [square]);
      if (!(most > 0)) throw new ShapeError("clipFactor", `most must be above 0, not ${most}`, [square]);
      return [square, square];
    },
    grad: notDifferentiable("clipFactor", gradientsOnly),
    flops: () => 4,
  });

/** Every element times one scalar. */
export const scale: Op<[x: Value, factor: Value]> = defineOp("scale", {
  type: ([x, factor]) => {
    if (factor.dtype !== "f32" || factor.shape.length !== 0)
      throw new ShapeError("scale", "factor must be an f32 scalar", [x, factor]);
    return sameF32("scale", [x]);
  },
  grad: notDifferentiable("scale", gradientsOnly),
  flops: ([x]) => size(x.shape),
});

/** Every element, but at least -most and at most `most`. NaN stays NaN. */
export const clamp: Op<[x: Value], { readonly most: number }> = defineOp("clamp", {
  type: (inputs, { most }) => {
    if (!(most > 0)) throw new ShapeError("clamp", `most must be above 0, not ${most}`, inputs);
    return sameF32("clamp", inputs);
  },
  grad: notDifferentiable("clamp", gradientsOnly),
  flops: ([x]) => 2 * size(x.shape),
});

/** The largest magnitude of all elements -> a scalar; NaN as soon as one of them is. */
export const largestMagnitude: Op<[x: Value]> = defineOp("largestMagnitude", {
  type: (inputs) => {
    sameF32("largestMagnitude", inputs);
    return f32();
  },
  grad: notDifferentiable("largestMagnitude", "it looks on and computes nothing"),
  flops: ([x]) => 2 * size(x.shape),
});
