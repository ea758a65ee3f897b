import { ShapeError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { f32, type Shape, sameShape, size, type TensorType } from "../ir/type.ts";
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

export interface SmoothingAttrs {
  /** The share of each target that is spread evenly over all classes (Szegedy et al. 2016), 0 to 1. */
  readonly smoothing: number;
}

/**
 * Cross-entropy with targets t that are distributions: the mean over samples of - sum of t' logp, with
 * t' = (1 - smoothing) t + smoothing / k. logp `[n, k]`; targets f32 `[n, k]`, or labels i32 `[n]` -> a scalar.
 */
export const softCrossEntropy: Op<[logp: Value, targets: Value], SmoothingAttrs> = defineOp(
  "softCrossEntropy",
  {
    type: ([logp, targets], { smoothing }) => {
      const [n, k] = matrix("softCrossEntropy", "logp", "[n, k]", logp, [logp, targets]);
      expectTargets("softCrossEntropy", [n, k], targets, smoothing, [logp, targets]);
      return f32();
    },
    grad: ([logp, targets], attrs, dy) => [
      softCrossEntropyInputGrad(dy, targets, { ...attrs, shape: logp.type.shape }),
      null,
    ],
    flops: ([logp]) => 4 * size(logp.shape),
  },
);

/** The gradient of `softCrossEntropy` towards logp: -t' dy / n. -> of `shape`. */
export const softCrossEntropyInputGrad: Op<
  [dy: Value, targets: Value],
  SmoothingAttrs & { readonly shape: Shape }
> = defineOp("softCrossEntropyInputGrad", {
  type: ([dy, targets], { shape, smoothing }) => {
    if (dy.shape.length !== 0 || dy.dtype !== "f32")
      throw new ShapeError("softCrossEntropyInputGrad", "dy must be an f32 scalar", [dy, targets]);
    expectTargets("softCrossEntropyInputGrad", shape, targets, smoothing, [dy, targets]);
    return { dtype: "f32", shape };
  },
  grad: notDifferentiable("softCrossEntropyInputGrad", "training needs first derivatives only"),
  flops: (_, dx) => 3 * size(dx.shape),
});

function expectTargets(
  op: string,
  shape: Shape,
  targets: TensorType,
  smoothing: number,
  given: readonly TensorType[],
): void {
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new ShapeError(op, `smoothing must be in [0, 1], not ${smoothing}`, given);
  if (targets.dtype === "i32") expectLabels(op, shape[0] ?? 0, targets, given);
  else if (targets.dtype !== "f32" || !sameShape(targets.shape, shape))
    throw new ShapeError(op, `targets must be f32[${shape.join(",")}] as logp, or labels`, given);
}

function expectLabels(op: string, n: number, labels: TensorType, given: readonly TensorType[]): void {
  if (labels.dtype !== "i32" || labels.shape.join() !== `${n}`)
    throw new ShapeError(op, `labels must be i32[${n}], one a sample`, given);
}
