import { present } from "../ir/errors.ts";
import type { Graph, Value } from "../ir/graph.ts";
import { countUses, rewrite } from "../ir/rewrite.ts";
import { size } from "../ir/type.ts";
import { add, affine, mul } from "../ops/arithmetic.ts";
import { addChannels, scaleChannels } from "../ops/channels.ts";
import { conv2d } from "../ops/conv.ts";
import { type AnyNode, asTyped } from "../ops/index.ts";
import { reshape } from "../ops/shape.ts";

/**
 * Moves what scales and shifts the channels behind a convolution into its weights and bias, as batch norm does in
 * evaluation: s (w x + b) + t = (s w) x + (s b + t). What is left of it depends on states alone, and engines compute
 * that once.
 */
export function foldScale(graph: Graph): Graph {
  return foldSums(foldFactors(graph));
}

/** scaleChannels(conv2d(x, w), s) -> conv2d(x, s w), also with a bias between them; the same for a factor of all. */
function foldFactors(graph: Graph): Graph {
  const uses = countUses(graph);
  const once = (value: Value | undefined) => value !== undefined && uses.get(value) === 1;
  return rewrite(graph, (node, [x, s]) => {
    const [read] = node.inputs;
    const factor = factorOf(asTyped(node), s);
    if (!factor || !x || !once(read)) return undefined;
    const maker = makerOf(x);
    if (maker?.op === "conv2d") {
      const [pictures, weight] = maker.inputs;
      return [conv2d(pictures, factor.ofWeight(weight), maker.attrs)];
    }
    if (maker?.op !== "addChannels" || !once(read && makerOf(read)?.inputs[0])) return undefined;
    const [product, bias] = maker.inputs;
    const inner = makerOf(product);
    if (inner?.op !== "conv2d") return undefined;
    const [pictures, weight] = inner.inputs;
    return [addChannels(conv2d(pictures, factor.ofWeight(weight), inner.attrs), factor.ofBias(bias))];
  });
}

/** What a node that multiplies channels does to the weight `[k, ...]` and the bias `[k]` of the convolution before it. */
interface Factor {
  ofWeight(weight: Value): Value;
  ofBias(bias: Value): Value;
}

/** By a number a channel, or by one number for all, as a residual is scaled. */
function factorOf(node: AnyNode, s: Value | undefined): Factor | undefined {
  if (node.op === "scaleChannels" && s)
    return { ofWeight: (weight) => scaleFilters(weight, s), ofBias: (bias) => mul(bias, s) };
  if (node.op !== "affine" || node.attrs.scale.length !== 1 || node.attrs.shift.join() !== "0")
    return undefined;
  const scaled = (x: Value) => affine(x, node.attrs);
  return { ofWeight: scaled, ofBias: scaled };
}

/** addChannels(addChannels(x, a), b) -> addChannels(x, a + b). */
function foldSums(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (node, [x, b]) => {
    const [read] = node.inputs;
    if (node.op !== "addChannels" || !x || !b || !read || uses.get(read) !== 1) return undefined;
    const maker = makerOf(x);
    if (maker?.op !== "addChannels") return undefined;
    const [inner, a] = maker.inputs;
    return [addChannels(inner, add(a, b))];
  });
}

/** weight `[k, ...]` with filter i times s[i]. */
function scaleFilters(weight: Value, s: Value): Value {
  const { shape } = weight.type;
  const k = present(shape[0], "weights have filters");
  return reshape(scaleChannels(reshape(weight, { shape: [1, k, size(shape) / k] }), s), { shape });
}

function makerOf(value: Value): AnyNode | undefined {
  return value.source.kind === "node" ? asTyped(value.source.node) : undefined;
}
