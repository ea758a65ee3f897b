import { invariant, present } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { sameShape } from "../ir/type.ts";
import { add, constant } from "../ops/arithmetic.ts";
import { definitionOf } from "../ops/index.ts";

/**
 * Adds to the graph of `loss` the nodes that compute its gradient towards each of `wrt` (reverse mode: each op
 * tells its operands' gradients from its results'). Values the loss does not depend on get zeros. With `weights`, of the
 * shape of `loss`, it is the gradient of the sum of their products; without them `loss` is a scalar.
 */
export function gradients(loss: Value, wrt: readonly Value[], weights?: Value): readonly Value[] {
  invariant(
    sameShape(loss.type.shape, weights?.type.shape ?? []),
    "gradients are taken of a scalar, or of a sum with weights of the same shape",
  );
  const graph = loss.graph;
  const nodes = [...graph.nodes];
  const varying = new Set(wrt);
  for (const { inputs, results } of nodes)
    if (inputs.some((input) => varying.has(input))) for (const result of results) varying.add(result);

  // Every part of a value's gradient, from each of its readers; summed once, when its maker is reached.
  const parts = new Map<Value, Value[]>([[loss, [weights ?? constant(graph, [], 1)]]]);
  const total = (value: Value): Value | null => {
    const list = parts.get(value);
    if (list === undefined) return null;
    return list.length === 1 ? present(list[0], "one part") : add(...list);
  };
  for (const node of nodes.toReversed()) {
    if (!node.results.some((result) => varying.has(result) && parts.has(result))) continue;
    graph.scope = node.scope;
    definitionOf(node)
      .grad(node, node.results.map(total))
      .forEach((part, index) => {
        const input = present(node.inputs[index], "a gradient for each operand");
        if (part === null || !varying.has(input)) return;
        const list = parts.get(input);
        if (list) list.push(part);
        else parts.set(input, [part]);
      });
  }
  graph.scope = "";
  return wrt.map((value) => total(value) ?? constant(graph, value.type.shape, 0));
}
