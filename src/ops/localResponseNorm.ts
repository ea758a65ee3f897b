import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { size, type TensorType } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineOp, notDifferentiable, type Op } from "./define.ts";

/**
 * The constants in the paper's form, k + alpha (sum of squares). Others divide alpha by `size` within the power:
 *
 * |                                       | within the power | the paper's 1e-4 is their |
 * | ------------------------------------- | ---------------- | ------------------------- |
 * | AlexNet's paper, TensorFlow, this op  | k + alpha sum    | 1e-4                      |
 * | PyTorch, ONNX                         | k + alpha/n sum  | 5e-4 (n = 5)              |
 * | Caffe, whose k is 1 unless told       | k + alpha/n sum  | 5e-4 (n = 5)              |
 *
 * Caffe's own networks say 1e-4 and mean it divided by n: not the paper's numbers.
 */
export interface LocalResponseNormAttrs {
  /** How many neighbouring channels, an odd number with the channel itself in the middle. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/**
 * x / (k + alpha sum of x² over the `size` nearest channels)^beta; channels that are not there count as 0.
 * Krizhevsky et al. 2012, section 3.3. x `[n, c, h, w]` -> y as x.
 */
export const localResponseNorm: Op<[x: Value], LocalResponseNormAttrs> = defineOp("localResponseNorm", {
  type: ([x], attrs) => {
    expectAttrs("localResponseNorm", attrs, [x]);
    return x;
  },
  grad: ([x], attrs, dy) => [localResponseNormGrad(x, dy, attrs)],
  flops: ([x], _, attrs) => (2 * attrs.size + 4) * size(x.shape),
});

/**
 * The gradient of `localResponseNorm`, with d = k + alpha sum of x²:
 * dx = dy / d^beta - 2 alpha beta x (sum of dy x / d^(beta + 1) over the `size` nearest channels).
 */
export const localResponseNormGrad: Op<[x: Value, dy: Value], LocalResponseNormAttrs> = defineOp(
  "localResponseNormGrad",
  {
    type: ([x, dy], attrs) => {
      expectAttrs("localResponseNormGrad", attrs, [x, dy]);
      return sameF32("localResponseNormGrad", [x, dy]);
    },
    grad: notDifferentiable("localResponseNormGrad", "training needs first derivatives only"),
    flops: ([x], _, attrs) => (3 * attrs.size + 10) * size(x.shape),
  },
);

function expectAttrs(op: string, attrs: LocalResponseNormAttrs, given: readonly TensorType[]): void {
  const [x] = given;
  if (x?.dtype !== "f32" || x.shape.length !== 4)
    throw new ShapeError(op, "x must be f32 [n, c, h, w]", given);
  if (!Number.isInteger(attrs.size) || attrs.size < 1 || attrs.size % 2 === 0)
    throw new ShapeError(op, `size must be an odd number of channels, not ${attrs.size}`, given);
  for (const name of ["alpha", "beta"] as const)
    if (!(attrs[name] >= 0 && Number.isFinite(attrs[name])))
      throw new ShapeError(op, `${name} must be a number from 0 up, not ${attrs[name]}`, given);
  if (!(attrs.k > 0 && Number.isFinite(attrs.k)))
    throw new ShapeError(op, `k must be a positive number, not ${attrs.k}`, given);
}
