import { present } from "../ir/errors.ts";
import type { Graph, Node } from "../ir/graph.ts";
import { rewrite } from "../ir/rewrite.ts";
import { sameShape } from "../ir/type.ts";
import { asTyped } from "../ops/index.ts";
import { reshape } from "../ops/shape.ts";

/** Removes what computes nothing: reshapes to the same shape, sums and joins of one operand, whole slices, padding by 0. */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => {
    const [x] = inputs;
    if (x === undefined) return undefined;
    if (isIdentity(node)) return [x];
    const { source } = x;
    // Reshapes keep the row-major order, so only the last of a chain counts.
    if (node.op === "reshape" && source.kind === "node" && source.node.op === "reshape")
      return [reshape(present(source.node.inputs[0], "reshape has an operand"), { shape: shapeOf(node) })];
    return undefined;
  });
}

function isIdentity(node: Node): boolean {
  const typed = asTyped(node);
  const [x] = node.inputs;
  if (x === undefined) return false;
  switch (typed.op) {
    case "add":
    case "concat":
      return node.inputs.length === 1;
    case "reshape":
    case "slice":
    case "pad":
      return sameShape(x.type.shape, shapeOf(node));
    case "dropout":
      return typed.attrs.p === 0;
    default:
      return false;
  }
}

function shapeOf(node: Node): readonly number[] {
  return present(node.results[0], "a node has a result").type.shape;
}
