import type { Graph, Value } from "../ir/graph.ts";
import { countUses, rewrite } from "../ir/rewrite.ts";
import {
  conv2dBias,
  conv2dBiasAdd,
  conv2dParameterGrad,
  linearBias,
  linearParameterGrad,
} from "../ops/fused.ts";
import { type AnyNode, asTyped } from "../ops/index.ts";

/**
 * Joins what one kernel computes in one pass over memory: a convolution or full connection with its bias and
 * ReLU, and the gradient towards a bias with the one towards its weight. The parts it replaces are left for
 * `dropDeadCode`.
 */
export function fuse(graph: Graph): Graph {
  return fuseParameterGrads(fuseActivation(fuseResidual(fuseBias(graph))));
}

/** conv2d + addChannels -> conv2dBias, linear + addChannels -> linearBias. */
function fuseBias(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, ({ op, inputs: [read] }, [sum, bias]) => {
    if (op !== "addChannels" || !read || uses.get(read) !== 1 || !sum || !bias) return undefined;
    const maker = makerOf(sum);
    if (maker?.op === "conv2d")
      return [conv2dBias(...maker.inputs, bias, { ...maker.attrs, activation: "none" })];
    if (maker?.op === "linear") return [linearBias(...maker.inputs, bias, { activation: "none" })];
    return undefined;
  });
}

/** conv2dBias + add -> conv2dBiasAdd. Of two convolutions the later one adds the other's result. */
function fuseResidual(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, ({ op, inputs: reads }, sums) => {
    if (op !== "add" || sums.length !== 2) return undefined;
    const candidates = sums.flatMap((sum, i) => {
      const maker = makerOf(sum);
      const residual = sums[1 - i];
      const read = reads[i];
      if (maker?.op !== "conv2dBias" || maker.attrs.activation !== "none") return [];
      return residual && read && uses.get(read) === 1 ? [{ maker, residual, made: sum.id }] : [];
    });
    const [last] = candidates.sort((a, b) => b.made - a.made);
    return last && [conv2dBiasAdd(...last.maker.inputs, last.residual, last.maker.attrs)];
  });
}

/** conv2dBias, conv2dBiasAdd or linearBias + relu -> the same with activation "relu". */
function fuseActivation(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, ({ op, inputs: [read] }, [x]) => {
    if (op !== "relu" || !read || uses.get(read) !== 1 || !x) return undefined;
    const maker = makerOf(x);
    // The layer says more of the joined node than the block that called ReLU.
    if (maker) x.graph.scope = maker.scope;
    if (maker?.op === "conv2dBias")
      return [conv2dBias(...maker.inputs, { ...maker.attrs, activation: "relu" })];
    if (maker?.op === "conv2dBiasAdd")
      return [conv2dBiasAdd(...maker.inputs, { ...maker.attrs, activation: "relu" })];
    if (maker?.op === "linearBias") return [linearBias(...maker.inputs, { activation: "relu" })];
    return undefined;
  });
}

/** sumChannels(dy) with conv2dWeightGrad(x, dy) -> conv2dParameterGrad(x, dy); the same for linear. */
function fuseParameterGrads(graph: Graph): Graph {
  // The bias's gradient comes first in the order of the nodes: what it may be joined with is found beforehand.
  const partners = new Map<Value, AnyNode[]>();
  for (const node of graph.nodes.map(asTyped)) {
    if (node.op !== "conv2dWeightGrad" && node.op !== "linearWeightGrad") continue;
    const [, dy] = node.inputs;
    partners.set(dy, [...(partners.get(dy) ?? []), node]);
  }
  const joined = new Map<Value, Value>();
  return rewrite(graph, (node, inputs, copyOf) => {
    const [result] = node.results;
    const done = result && joined.get(result);
    if (done) return [done];
    if (node.op !== "sumChannels" || !node.inputs[0]) return undefined;
    const partner = partners.get(node.inputs[0])?.shift();
    const read = partner?.inputs[0];
    const x = read && copyOf(read);
    const dy = inputs[0];
    if (!partner || !x || !dy) return undefined;
    const [dweight, dbias] =
      partner.op === "conv2dWeightGrad"
        ? conv2dParameterGrad(x, dy, partner.attrs)
        : linearParameterGrad(x, dy);
    const [whole] = partner.results;
    joined.set(whole, dweight);
    return [dbias];
  });
}

function makerOf(value: Value): AnyNode | undefined {
  return value.source.kind === "node" ? asTyped(value.source.node) : undefined;
}
