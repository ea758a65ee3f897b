import type { Arrays } from "../engines/engine.ts";
import type { Graph, Node, Value } from "../ir/graph.ts";
import { rewrite } from "../ir/rewrite.ts";
import type { TensorType } from "../ir/type.ts";
import { largestMagnitude } from "../ops/clip.ts";

/** The first value of a run with an element that is NaN or infinite. */
export interface NonFinite {
  /** The op that made it; "state" where it was there before the run. */
  readonly op: string;
  /** The path of the module it belongs to, or the state's name. */
  readonly scope: string;
  readonly type: TensorType;
  /** Which of the op's results it is. */
  readonly result: number;
  readonly found: "NaN" | "Infinity";
}

export interface Watched {
  /** The graph with an output more for each value. */
  readonly graph: Graph;
  /** Looks through what a run of it gave. */
  firstNonFinite(outputs: Arrays): NonFinite | undefined;
}

/** What the names of the added outputs begin with. */
export const numericsPrefix = "numerics/";

/**
 * A graph that computes what `graph` does and looks at every f32 value when it is made, and at every state a node reads:
 * one more walk over each. Prepare it in place of `graph`, or for a step to be run again from the states before it.
 */
export function watchNumerics(graph: Graph): Watched {
  const watched: { about: Omit<NonFinite, "found">; flag: Value }[] = [];
  const seen = new Set<Value>();
  const watch = (original: Value, copy: Value, about: Pick<NonFinite, "op" | "scope" | "result">) => {
    if (original.type.dtype !== "f32" || seen.has(original)) return;
    seen.add(original);
    watched.push({ about: { ...about, type: original.type }, flag: largestMagnitude(copy) });
  };
  const rewritten = rewrite(graph, (node: Node, inputs) => {
    const [first] = inputs;
    if (first === undefined) return undefined;
    inputs.forEach((input, index) => {
      const original = node.inputs[index];
      if (original && input.source.kind === "state")
        watch(original, input, { op: "state", scope: input.source.name, result: 0 });
    });
    const types = node.results.map(({ type }) => type);
    const results = first.graph.add(node.op, inputs, node.attrs, types);
    node.results.forEach((original, index) => {
      const copy = results[index];
      if (copy) watch(original, copy, { op: node.op, scope: node.scope, result: index });
    });
    return results;
  });
  const flags = watched.map(({ flag }, index) => [`${numericsPrefix}${index}`, flag] as const);
  return {
    graph: { ...rewritten, outputs: new Map([...rewritten.outputs, ...flags]) },
    firstNonFinite: (outputs) => {
      for (const [index, { about }] of watched.entries()) {
        const magnitude = outputs[`${numericsPrefix}${index}`]?.[0] ?? 0;
        if (!Number.isFinite(magnitude))
          return { ...about, found: Number.isNaN(magnitude) ? "NaN" : "Infinity" };
      }
      return undefined;
    },
  };
}
