import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, type Shape, size, type TensorType } from "../ir/type.ts";
import { sameF32 } from "./arithmetic.ts";
import { defineOp, notDifferentiable, type Op } from "./define.ts";
import { matrix } from "./linear.ts";

/** log(exp(x) / sum of exp(x)) over the classes, without overflow. x `[n, k]` -> y `[n, k]`. */
export const logSoftmax: Op<[x: Value]> = defineOp("logSoftmax", {
  type: ([x]) => {
    matrix("logSoftmax", "x", "[n, k]", x, [x]);
    return x;
  },
  grad: (_inputs, _attrs, dy, y) => [logSoftmaxGrad(dy, y)],
  flops: ([x]) => 5 * size(x.shape),
});

/** dy - exp(y) (sum of dy over the classes). */
export const logSoftmaxGrad: Op<[dy: Value, y: Value]> = defineOp("logSoftmaxGrad", {
  type: (inputs) => {
    matrix("logSoftmaxGrad", "dy", "[n, k]", inputs[0], inputs);
    return sameF32("logSoftmaxGrad", inputs);
  },
  grad: notDifferentiable("logSoftmaxGrad", "training needs first derivatives only"),
  flops: ([dy]) => 4 * size(dy.shape),
});

/** The mean negative log-likelihood. logp `[n, k]`, labels i32 `[n]`, each 0 to k - 1 -> a scalar. */
export const nllLoss: Op<[logp: Value, labels: Value]> = defineOp("nllLoss", {
  type: ([logp, labels]) => {
    const [n] = matrix("nllLoss", "logp", "[n, k]", logp, [logp, labels]);
    expectLabels("nllLoss", n, labels, [logp, labels]);
    return f32();
  },
  grad: ([logp, labels], _, dy) => [nllLossInputGrad(dy, labels, { shape: logp.type.shape }), null],
  flops: ([, labels]) => size(labels.shape),
});

/** The gradient of `nllLoss` towards logp: -dy / n at each label, 0 elsewhere. -> of `shape`. */
export const nllLossInputGrad: Op<[dy: Value, labels: Value], { readonly shape: Shape }> = defineOp(
  "nllLossInputGrad",
  {
    type: ([dy, labels], { shape }) => {
      if (dy.shape.length !== 0 || dy.dtype !== "f32")
        throw new ShapeError("nllLossInputGrad", "dy must be an f32 scalar", [dy, labels]);
      expectLabels("nllLossInputGrad", shape[0] ?? 0, labels, [dy, labels]);
      return { dtype: "f32", shape };
    },
    grad: notDifferentiable("nllLossInputGrad", "training needs first derivatives only"),
    flops: ([, labels]) => size(labels.shape),
  },
);

function expectLabels(op: string, n: number, labels: TensorType, given: readonly TensorType[]): void {
  if (labels.dtype !== "i32" || labels.shape.join() !== `${n}`)
    throw new ShapeError(op, `labels must be i32[${n}], one a sample`, given);
}
