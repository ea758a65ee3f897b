import { present } from "./errors.ts";
import { type Graph, GraphBuilder, type Node, type Value } from "./graph.ts";

/**
 * What a pass makes of a node: the values that take the place of its results, or `undefined` to copy it. `inputs` are
 * its operands in the copy; `copyOf` finds those of other values, if they have been made already.
 */
export type Rule = (
  node: Node,
  inputs: readonly Value[],
  copyOf: (value: Value) => Value | undefined,
) => readonly Value[] | undefined;

/** A copy of `graph` in which `rule` has had its say on every node. */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const builder = new GraphBuilder();
  const copies = new Map<Value, Value>();
  const copyOf = (value: Value) => present(copies.get(value), "a node comes before the makers of its inputs");
  for (const value of [...graph.inputs, ...graph.states]) {
    const { source, type } = value;
    if (source.kind === "input") copies.set(value, builder.input(source.name, type));
    if (source.kind === "state") copies.set(value, builder.state(source.name, type));
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(copyOf);
    builder.scope = node.scope;
    const results = rule(node, inputs, (value) => copies.get(value)) ?? copy(node, inputs, builder);
    node.results.forEach((result, index) => {
      const replacement = results[index];
      if (replacement) copies.set(result, replacement);
    });
  }
  for (const [name, value] of graph.outputs) builder.output(name, copyOf(value));
  for (const { state, value } of graph.updates) builder.update(copyOf(state), copyOf(value));
  return builder.finish();
}

function copy(node: Node, inputs: readonly Value[], builder: GraphBuilder): readonly Value[] {
  const types = node.results.map((result) => result.type);
  return builder.add(node.op, inputs, node.attrs, types);
}

/** How many times each value is read: by nodes, outputs and updates. */
export function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const value of graph.outputs.values()) use(value);
  for (const { value } of graph.updates) use(value);
  return uses;
}
