import { invariant } from "./errors.ts";
import type { Graph, Node, Value } from "./graph.ts";
import { formatType, sameType, type TensorType } from "./type.ts";

/**
 * Checks that a graph is well formed: every operand is made before it is used, every node's types are what its
 * type rule (`typesOf`) says, states are updated once and by values of their own type, names are unique.
 * A violation is a mistake in a pass.
 */
export function verify(graph: Graph, typesOf: (node: Node) => readonly TensorType[]): void {
  const known = new Set<Value>();
  const names = new Set<string>();
  for (const value of [...graph.inputs, ...graph.states]) {
    invariant(value.source.kind !== "node", "an input or a state is made by a node");
    invariant(!names.has(value.source.name), `two inputs or states are named ${value.source.name}`);
    names.add(value.source.name);
    known.add(value);
  }
  for (const node of graph.nodes) {
    for (const input of node.inputs) invariant(known.has(input), `${node.op} uses a value before it is made`);
    const types = typesOf(node);
    invariant(
      types.length === node.results.length,
      `${node.op} has ${node.results.length} results, its type rule says ${types.length}`,
    );
    node.results.forEach((result, index) => {
      const type = types[index];
      invariant(
        type !== undefined && sameType(type, result.type),
        `${node.op} gives ${formatType(result.type)}, its type rule says ${type && formatType(type)}`,
      );
      known.add(result);
    });
  }
  for (const [name, value] of graph.outputs) invariant(known.has(value), `output ${name} is never made`);
  const updated = new Set<Value>();
  for (const { state, value } of graph.updates) {
    invariant(state.source.kind === "state" && known.has(state), "an update needs a state of the graph");
    invariant(known.has(value), "an update needs a value of the graph");
    invariant(sameType(state.type, value.type), `an update changes the type of ${state.source.name}`);
    invariant(!updated.has(state), `${state.source.name} is updated twice`);
    updated.add(state);
  }
}
