import type { Graph, Node, Value } from "../ir/graph.ts";

/**
 * Moves each node that makes a state's next contents to the earliest place that leaves it in place: after its
 * operands are made and after the last reader of the states it replaces. Gradients then die young: fewer of them
 * share the memory, and the optimiser finds them in the cache. A node whose results others read stays where it is,
 * unless these are updates too.
 */
export function hoistUpdates(graph: Graph): Graph {
  const statesOf = new Map<Value, Value>(graph.updates.map(({ state, value }) => [value, state]));
  const updates = updatesOf(graph, statesOf);
  const rest = graph.nodes.filter((node) => !updates.has(node));
  const ready = new Map<Value, number>();
  rest.forEach((node, index) => {
    for (const value of [...node.inputs, ...node.results]) {
      // A value is ready once made; a state can be replaced once its last reader has run.
      if (value.source.kind === "state" || node.results.includes(value)) ready.set(value, index);
    }
  });
  const after = new Map<number, Node[]>();
  for (const node of graph.nodes.filter((node) => updates.has(node))) {
    const states = node.results.flatMap((result) => statesOf.get(result) ?? []);
    const place = Math.max(-1, ...[...node.inputs, ...states].map((value) => ready.get(value) ?? -1));
    after.set(place, [...(after.get(place) ?? []), node]);
    const readStates = node.inputs.filter(({ source }) => source.kind === "state");
    for (const value of [...node.results, ...readStates])
      ready.set(value, Math.max(place, ready.get(value) ?? -1));
  }
  const first = after.get(-1) ?? [];
  return {
    ...graph,
    nodes: [...first, ...rest.flatMap((node, index) => [node, ...(after.get(index) ?? [])])],
  };
}

/** The nodes that make nothing but next contents of states, which nobody reads but others of them. */
function updatesOf(graph: Graph, statesOf: ReadonlyMap<Value, Value>): ReadonlySet<Node> {
  const updates = new Set<Node>();
  const readByOthers = new Set<Value>();
  for (const node of graph.nodes.toReversed()) {
    const isUpdate = node.results.every((result) => statesOf.has(result) && !readByOthers.has(result));
    if (isUpdate) updates.add(node);
    else for (const input of node.inputs) readByOthers.add(input);
  }
  return updates;
}
