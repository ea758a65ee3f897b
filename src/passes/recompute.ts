import type { Graph, Node, Value } from "../ir/graph.ts";
import { rewrite } from "../ir/rewrite.ts";
import { size } from "../ir/type.ts";
import { normalizeRelu } from "../ops/fusedBatchNorm.ts";
import { asTyped, type OpName } from "../ops/index.ts";

/** Ops that read an activation long after it was made, when the gradients have come back to its layer. */
const lateReaders: ReadonlySet<OpName> = new Set([
  "conv2dWeightGrad",
  "conv2dParameterGrad",
  "linearWeightGrad",
  "linearParameterGrad",
]);

/** Activations below this many bytes are kept: the time a step takes counts for more. */
const least = 1 << 20;

/**
 * Computes the result of batch norm and ReLU again where a weight's gradient reads it, from the operand that the
 * gradient of batch norm keeps alive anyway. Until then its memory is free for others: a fifth of what a ResNet needs
 * to train, for a walk over each such activation.
 */
export function recompute(graph: Graph): Graph {
  const again = new Map<Value, Value>();
  return rewrite(graph, (node, inputs) => {
    if (!lateReaders.has(asTyped(node).op)) return undefined;
    const [x] = inputs;
    const maker = x && makerOf(x);
    const norm = maker && asTyped(maker);
    if (!x || norm?.op !== "batchNormRelu" || 4 * size(x.type.shape) < least) return undefined;
    const [, mean, variance] = norm.results;
    const made = again.get(x) ?? normalizeRelu(...norm.inputs, mean, variance, norm.attrs);
    again.set(x, made);
    const types = node.results.map((result) => result.type);
    return x.graph.add(node.op, inputs.with(0, made), node.attrs, types);
  });
}

function makerOf({ source }: Value): Node | undefined {
  return source.kind === "node" ? source.node : undefined;
}
