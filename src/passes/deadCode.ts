import type { Graph, Node, Value } from "../ir/graph.ts";

/** Drops nodes that no output and no update depends on, such as gradients towards the images. */
export function dropDeadCode(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs.values());
  for (const { value } of graph.updates) live.add(value);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.results.some((result) => live.has(result))) continue;
    for (const input of node.inputs) live.add(input);
    nodes.push(node);
  }
  return { ...graph, nodes: nodes.reverse() };
}
