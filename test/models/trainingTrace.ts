import { f32, type Shape } from "../../src/ir/type.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace } from "../../src/nn/trace.ts";

/** A walk of two pictures through the network. */
export function walked(model: Classifier, training = true): Trace {
  const walk = new Trace(model, { training });
  run(walk.graph.input("x", f32(2, ...model.input)), model);
  return walk;
}

/** The output of each auxiliary head and what its loss weighs. */
export function headsOf(model: Classifier, training = true): [logits: Shape, weight: number][] {
  return walked(model, training).auxiliaries.map(({ logits, weight }) => [logits.type.shape, weight]);
}

/** The shares that the layers of dropout drop in training, in the order of the computation. */
export function dropped(model: Classifier): unknown[] {
  return (
    walked(model)
      .graph.nodes.filter(({ op }) => op === "dropout")
      // What the op `dropout` has for attributes.
      .map(({ attrs }) => (attrs as { p: number }).p)
  );
}
