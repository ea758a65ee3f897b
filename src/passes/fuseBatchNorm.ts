import type { Graph, Node, Value } from "../ir/graph.ts";
import { countUses, rewrite } from "../ir/rewrite.ts";
import {
  batchNormAddRelu,
  batchNormAddReluGrad,
  batchNormRelu,
  batchNormReluGrad,
} from "../ops/fusedBatchNorm.ts";
import { asTyped, type NodeOf } from "../ops/index.ts";

/**
 * Joins batch norm in training with the ReLU behind it, or with the sum with a residual and ReLU, and the gradients of
 * the same. All of them are bound by memory: each join saves walks over the activations. The parts it replaces are left
 * for `dropDeadCode`.
 */
export function fuseBatchNorm(graph: Graph): Graph {
  return fuseGradients(fuseForward(graph));
}

/** batchNorm + relu -> batchNormRelu; batchNorm + add + relu -> batchNormAddRelu. */
function fuseForward(graph: Graph): Graph {
  const readerOf = onlyReaders(graph);
  // What has become part of a fused node, with that one's result.
  const joined = new Map<Node, Value>();
  return rewrite(graph, (node, inputs, copyOf) => {
    const done = joined.get(node);
    if (done) return [done];
    const norm = asTyped(node);
    const [x, gamma, beta] = inputs;
    if (norm.op !== "batchNorm" || !x || !gamma || !beta) return undefined;
    const [result] = norm.results;
    const next = readerOf(result);
    if (next?.op === "relu") {
      const results = batchNormRelu(x, gamma, beta, norm.attrs);
      joined.set(next, results[0]);
      return results;
    }
    const residual = next && residualOf(next, result);
    // The residual has to be there already, so that blocks compute their shortcut first.
    const shortcut = residual && copyOf(residual);
    const end = next?.results[0] && readerOf(next.results[0]);
    if (!next || !shortcut || end?.op !== "relu") return undefined;
    const results = batchNormAddRelu(x, shortcut, gamma, beta, norm.attrs);
    joined.set(next, results[0]).set(end, results[0]);
    return results;
  });
}

/** reluGrad + batchNormGrad -> batchNormReluGrad or batchNormAddReluGrad, by what the ReLU has become part of. */
function fuseGradients(graph: Graph): Graph {
  const uses = countUses(graph);
  const gradientsOf = new Map<Value, NodeOf<"batchNormGrad">>();
  for (const node of graph.nodes.map(asTyped))
    if (node.op === "batchNormGrad") gradientsOf.set(node.inputs[1], node);
  // By the results of what has become part of a fused node.
  const joined = new Map<readonly Value[], readonly Value[]>();
  return rewrite(graph, (node, inputs, copyOf) => {
    const done = joined.get(node.results);
    if (done) return done;
    const [dy, y] = inputs;
    const [passing] = node.results;
    const gradient = passing && gradientsOf.get(passing);
    if (node.op !== "reluGrad" || !gradient || !dy || y?.source.kind !== "node") return undefined;
    const norm = asTyped(y.source.node);
    if (norm.op !== "batchNormRelu" && norm.op !== "batchNormAddRelu") return undefined;
    const [x] = norm.inputs;
    const [, mean, variance] = norm.results;
    if (copyOf(gradient.inputs[0]) !== x || copyOf(gradient.inputs[3]) !== mean) return undefined;
    if (norm.op === "batchNormRelu") {
      if (uses.get(passing) !== 1) return undefined;
      const [, gamma, beta] = norm.inputs;
      const results = batchNormReluGrad(x, dy, gamma, beta, mean, variance, norm.attrs);
      joined.set(gradient.results, results);
      return [results[0]]; // Nothing reads it any more.
    }
    const [, , gamma] = norm.inputs;
    const [dx, dgamma, dbeta, dresidual] = batchNormAddReluGrad(x, y, dy, gamma, mean, variance, norm.attrs);
    joined.set(gradient.results, [dx, dgamma, dbeta]);
    return [dresidual];
  });
}

/** The other operand, where `node` is the sum of `value` and one more. */
function residualOf(node: Node, value: Value): Value | undefined {
  return node.op === "add" && node.inputs.length === 2
    ? node.inputs.find((input) => input !== value)
    : undefined;
}

/** Finds the node that reads a value, if it is read once and by a node. */
function onlyReaders(graph: Graph): (value: Value) => Node | undefined {
  const uses = countUses(graph);
  const readers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const input of node.inputs) readers.set(input, node);
  return (value) => (uses.get(value) === 1 ? readers.get(value) : undefined);
}
