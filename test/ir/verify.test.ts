import { describe, expect, it } from "vitest";
import { type Graph, GraphBuilder, type Node } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { verify } from "../../src/ir/verify.ts";
import { relu } from "../../src/ops/activation.ts";
import { add } from "../../src/ops/arithmetic.ts";
import { definitionOf } from "../../src/ops/index.ts";

const typesOf = (node: Node) =>
  definitionOf(node).types(
    node.inputs.map((input) => input.type),
    node.attrs,
  );

const builder = new GraphBuilder();
const x = builder.input("x", f32(2));
const w = builder.state("w", f32(2));
const narrow = builder.state("narrow", f32(1));
const sum = add(x, w);
const y = relu(sum);
builder.output("y", y);
builder.update(w, y);
const good = builder.finish();
const [addNode, reluNode] = good.nodes;
const strange = new GraphBuilder().input("strange", f32(2));

/** The good graph with its second node changed. */
const withRelu = (change: Partial<Node>): Graph => ({
  ...good,
  nodes: [addNode, { ...reluNode, ...change }].filter(isNode),
});
const isNode = (node: Partial<Node> | undefined): node is Node => node !== undefined;

it("verify: accepts a graph that ops have built", () => {
  expect(() => verify(good, typesOf)).not.toThrow();
});

describe("verify: finds", () => {
  const violations: Record<string, readonly [graph: Graph, message: string]> = {
    "an input that a node makes": [{ ...good, inputs: [x, sum] }, "an input or a state is made by a node"],
    "two inputs of one name": [{ ...good, inputs: [x, x] }, "two inputs or states are named x"],
    "an input and a state of one name": [
      { ...good, states: [w, narrow, { ...x, source: { kind: "state", name: "x" } }] },
      "two inputs or states are named x",
    ],
    "a node before the maker of its operand": [
      { ...good, nodes: good.nodes.toReversed() },
      "relu uses a value before it is made",
    ],
    "an operand of another graph": [withRelu({ inputs: [strange] }), "relu uses a value before it is made"],
    "too few results": [withRelu({ results: [] }), "relu has 0 results, its type rule says 1"],
    "too many results": [withRelu({ results: [y, sum] }), "relu has 2 results, its type rule says 1"],
    "a result of another type": [
      withRelu({ results: [{ ...y, type: f32(3) }] }),
      "relu gives f32[3], its type rule says f32[2]",
    ],
    "an output that is never made": [
      { ...good, outputs: new Map([["y", strange]]) },
      "output y is never made",
    ],
    "an update of what is no state": [
      { ...good, updates: [{ state: x, value: y }] },
      "an update needs a state of the graph",
    ],
    "an update of a state of another graph": [
      { ...good, states: [narrow], nodes: [], outputs: new Map(), updates: [{ state: w, value: x }] },
      "an update needs a state of the graph",
    ],
    "an update by what is never made": [
      { ...good, updates: [{ state: w, value: strange }] },
      "an update needs a value of the graph",
    ],
    "an update by another type": [
      { ...good, updates: [{ state: narrow, value: y }] },
      "an update changes the type of narrow",
    ],
    "two updates of one state": [
      {
        ...good,
        updates: [
          { state: w, value: y },
          { state: w, value: sum },
        ],
      },
      "w is updated twice",
    ],
  };
  for (const [what, [graph, message]] of Object.entries(violations))
    it(what, () => {
      expect(() => verify(graph, typesOf)).toThrow(new Error(`bug in this library: ${message}`));
    });
});
