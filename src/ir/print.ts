import type { Graph, Value } from "./graph.ts";
import { formatType } from "./type.ts";

/**
 * The graph as text, a line a node, numbered in the order of the text:
 *
 *     images: f32[2,1,28,28]
 *     %0: f32[2,6,28,28] = conv2d(images, conv1.weight) {"stride":[1,1],...}
 *     output loss = %7
 *     conv1.weight <- %12
 */
export function print(graph: Graph): string {
  const names = new Map<Value, string>();
  const lines: string[] = [];
  for (const value of [...graph.inputs, ...graph.states]) {
    const name = value.source.kind === "node" ? "?" : value.source.name;
    names.set(value, name);
    lines.push(`${value.source.kind} ${name}: ${formatType(value.type)}`);
  }
  const nameOf = (value: Value) => names.get(value) ?? "?";
  let next = 0;
  for (const { op, inputs, attrs, results } of graph.nodes) {
    for (const result of results) names.set(result, `%${next++}`);
    const made = results.map((result) => `${nameOf(result)}: ${formatType(result.type)}`).join(", ");
    const options = Object.keys(attrs).length === 0 ? "" : ` ${JSON.stringify(attrs)}`;
    lines.push(`${made} = ${op}(${inputs.map(nameOf).join(", ")})${options}`);
  }
  for (const [name, value] of graph.outputs) lines.push(`output ${name} = ${nameOf(value)}`);
  for (const { state, value } of graph.updates) lines.push(`${nameOf(state)} <- ${nameOf(value)}`);
  return lines.join("\n");
}
