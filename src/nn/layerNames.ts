import type { Node, Value } from "../ir/graph.ts";
import type { Call, Trace } from "./trace.ts";

/**
 * The name of the layer that each node is part of, for nodes that depend on `x`: that of a module without others inside
 * it is its path, as `layer1.0.conv1`; what a module made of others does in its own `forward` is named by the op, as
 * `layer1.0.relu`, from the second on with a number, as `layer1.0.relu:2`.
 */
export function layerNames({ graph: { nodes }, calls }: Trace, x: Value): ReadonlyMap<Node, string> {
  const owner = new Map<Node, Call>();
  // Inner calls come later and overwrite.
  for (const call of calls) for (const node of nodes.slice(call.from, call.to)) owner.set(node, call);
  const outer = outerCalls(calls);
  const varying = new Set([x]);
  const counts = new Map<string, number>();
  const names = new Map<Node, string>();
  for (const node of nodes) {
    if (!node.inputs.some((input) => varying.has(input))) continue;
    for (const result of node.results) varying.add(result);
    const call = owner.get(node);
    if (call === undefined) continue;
    if (!outer.has(call.path)) {
      names.set(node, call.path);
      continue;
    }
    const name = call.path === "" ? node.op : `${call.path}.${node.op}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.set(node, count === 1 ? name : `${name}:${count}`);
  }
  return names;
}

/** The paths of the calls with others inside them, and that of the network, which from ONNX has nothing but ops. */
export function outerCalls(calls: readonly Call[]): ReadonlySet<string> {
  return new Set(["", ...calls.flatMap(({ path }) => prefixes(path).slice(0, -1))]);
}

/** `a.b.c` -> `a`, `a.b`, `a.b.c`. */
export function prefixes(path: string): readonly string[] {
  const names = path.split(".");
  return names.map((_, index) => names.slice(0, index + 1).join("."));
}
