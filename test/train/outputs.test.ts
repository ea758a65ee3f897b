import { expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present } from "../../src/ir/errors.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import type { OutputKind } from "../../src/nn/classifier.ts";
import { nllLoss } from "../../src/ops/loss.ts";
import { logProbabilities } from "../../src/train/outputs.ts";

/** The loss of one sample whose network puts out `numbers`. */
async function lossOf(kind: OutputKind, numbers: readonly number[], label: number): Promise<number> {
  const graph = new GraphBuilder();
  const output = graph.input("output", f32(1, numbers.length));
  const labels = graph.input("labels", { dtype: "i32", shape: [1] });
  graph.output("loss", nllLoss(logProbabilities[kind](output), labels));
  const program = await referenceEngine.prepare(graph.finish());
  const { loss } = await program.run({ output: Float32Array.from(numbers), labels: Int32Array.of(label) });
  return present(loss?.[0], "the loss");
}

it("logits: cross-entropy", async () => {
  const expected = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 2;
  expect(await lossOf("logits", [1, 2, 3], 1)).toBeCloseTo(expected, 6);
});

it("log-probabilities: the negative of the label's", async () => {
  expect(await lossOf("logProbabilities", [-1, -2, -3], 2)).toBeCloseTo(3, 6);
});

it("distances: equation 9 of LeCun et al. 1998 with j = 1", async () => {
  // y_target + log(exp(-j) + sum of exp(-y_i))
  const expected = 0.5 + Math.log(Math.exp(-1) + Math.exp(-4) + Math.exp(-0.5) + Math.exp(-7));
  expect(await lossOf("distances", [4, 0.5, 7], 1)).toBeCloseTo(expected, 6);
});
