import type { Value } from "../ir/graph.ts";
import type { OutputKind } from "../nn/classifier.ts";
import { affine } from "../ops/arithmetic.ts";
import { logSoftmax } from "../ops/loss.ts";
import { pad } from "../ops/shape.ts";

/**
 * Log-probabilities from what a network puts out, `[n, k]` -> `[n, k]` (`distances`: `[n, k + 1]`). The mean
 * negative log-likelihood of them is the loss that belongs to the kind: see `OutputKind`.
 */
export const logProbabilities: Readonly<Record<OutputKind, (output: Value) => Value>> = {
  logits: (logits) => logSoftmax(logits),
  logProbabilities: (logp) => logp,
  // Equation 9 of LeCun et al. 1998, y_target + log(exp(-j) + sum of exp(-y_i)), is the negative log-likelihood
  // of the softmax over -y_1 .. -y_k and one more class, "none of them", whose penalty is the constant j.
  distances: (y) =>
    logSoftmax(
      pad(affine(y, { scale: [-1], shift: [0] }), { before: [0, 0], after: [0, 1], value: -rubbish }),
    ),
};

/** j of equation 9: it keeps penalties of wrong classes that are large already from growing further. */
const rubbish = 1;
