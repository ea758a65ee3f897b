import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, size } from "../ir/type.ts";
import { defineMultiOp, defineOp, type MultiOp, notDifferentiable, type Op } from "./define.ts";
import { matrix } from "./linear.ts";

/** y_ij = sum over d of (x_id - centre_jd)², the Euclidean RBF units of LeNet-5. x `[n, d]`, centres `[k, d]` -> y `[n, k]`. */
export const squaredDistance: Op<[x: Value, centres: Value]> = defineOp("squaredDistance", {
  type: ([x, centres]) => {
    const [n, d] = matrix("squaredDistance", "x", "[n, d]", x, [x, centres]);
    const [k, width] = matrix("squaredDistance", "centres", "[k, d]", centres, [x, centres]);
    if (d !== width)
      throw new ShapeError("squaredDistance", `x has ${d} features, centres have ${width}`, [x, centres]);
    return f32(n, k);
  },
  grad: ([x, centres], _, dy) => squaredDistanceGrad(dy, x, centres),
  flops: ([x], y) => 3 * size(y.shape) * (x.shape[1] ?? 1),
});

/** dx_i = 2 sum over j of dy_ij (x_i - centre_j); dcentre_j = -2 sum over i of the same. */
export const squaredDistanceGrad: MultiOp<
  [dy: Value, x: Value, centres: Value],
  object,
  [dx: Value, dcentres: Value]
> = defineMultiOp("squaredDistanceGrad", {
  types: ([dy, x, centres]) => {
    const given = [dy, x, centres];
    const [n, d] = matrix("squaredDistanceGrad", "x", "[n, d]", x, given);
    const [k, width] = matrix("squaredDistanceGrad", "centres", "[k, d]", centres, given);
    if (d !== width || dy.dtype !== "f32" || dy.shape.join() !== [n, k].join())
      throw new ShapeError(
        "squaredDistanceGrad",
        `dy must be f32[${n},${k}], x and centres of one width`,
        given,
      );
    return [x, centres];
  },
  grad: notDifferentiable("squaredDistanceGrad", "training needs first derivatives only"),
  flops: ([dy, x]) => 5 * size(dy.shape) * (x.shape[1] ?? 1),
});
