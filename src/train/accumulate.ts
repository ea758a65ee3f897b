import { present } from "../ir/errors.ts";
import { GraphBuilder, type Node, type Value } from "../ir/graph.ts";
import { randomBits } from "../ir/random.ts";
import { add } from "../ops/arithmetic.ts";
import { asTyped } from "../ops/index.ts";
import { concat, slice } from "../ops/shape.ts";

/** What of a training step is there before its updates. */
export interface Gradients {
  readonly graph: GraphBuilder;
  readonly rate: Value;
  readonly loss: Value;
  readonly logProbabilities: Value;
  /** In the order of the parameters that are trained. */
  readonly parameters: readonly Value[];
  readonly gradients: readonly Value[];
}

/**
 * The step `times` times in one graph, each on its share of a batch so much larger: losses and gradients are summed,
 * each sum as soon as its summands are there. Activations take the memory of one share, and whatever follows sees one
 * large batch. Batch norm works by the shares, one after the other. `batched` are the inputs that grow.
 */
export function accumulate(step: Gradients, batched: readonly Value[], times: number): Gradients {
  if (times === 1) return step;
  const share = step.graph.finish();
  const graph = new GraphBuilder();
  const whole = new Map<Value, Value>();
  for (const input of share.inputs) {
    const { type } = input;
    const [batch = 1, ...rest] = type.shape;
    whole.set(
      input,
      graph.input(
        nameOf(input),
        batched.includes(input) ? { dtype: type.dtype, shape: [times * batch, ...rest] } : type,
      ),
    );
  }
  const states = new Map(share.states.map((state) => [state, graph.state(nameOf(state), state.type)]));
  // What each state holds after the shares so far.
  const held = new Map(states);
  const sums = new Map<Value, Value>();
  const parts: Value[] = [];
  for (let k = 0; k < times; k++) {
    const copies = new Map(held);
    for (const [input, value] of whole) {
      const size = input.type.shape[0] ?? 1;
      copies.set(input, batched.includes(input) ? slice(value, { axis: 0, start: k * size, size }) : value);
    }
    const copyOf = (value: Value) =>
      present(copies.get(value), "a node comes before the makers of its inputs");
    const summed = new Set([...step.gradients, step.loss]);
    for (const node of share.nodes) {
      graph.scope = node.scope;
      const types = node.results.map(({ type }) => type);
      graph.add(node.op, node.inputs.map(copyOf), attrsOf(node, k), types).forEach((copy, index) => {
        const result = present(node.results[index], "a copy of each result");
        copies.set(result, copy);
        if (!summed.has(result)) return;
        const before = sums.get(result);
        sums.set(result, before ? add(before, copy) : copy);
      });
    }
    for (const { state, value } of share.updates) held.set(state, copyOf(value));
    parts.push(copyOf(step.logProbabilities));
  }
  graph.scope = "";
  const sumOf = (value: Value) => present(sums.get(value), "a sum of what nodes make");
  for (const { state } of share.updates)
    graph.update(present(states.get(state), "a state"), present(held.get(state), "its contents"));
  return {
    graph,
    rate: present(whole.get(step.rate), "the rate is an input"),
    loss: sumOf(step.loss),
    logProbabilities: concat(...parts, { axis: 0 }),
    parameters: step.parameters.map((parameter) => present(states.get(parameter), "parameters are states")),
    gradients: step.gradients.map(sumOf),
  };
}

/** Each share drops out other elements. */
function attrsOf(node: Node, k: number): object {
  const typed = asTyped(node);
  if (typed.op !== "dropout" || k === 0) return node.attrs;
  return { ...typed.attrs, salt: randomBits(typed.attrs.salt, k) };
}

function nameOf({ source }: Value): string {
  return source.kind === "node" ? "" : source.name;
}
