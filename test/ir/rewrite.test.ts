import { expect, it } from "vitest";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { print } from "../../src/ir/print.ts";
import { countUses, rewrite } from "../../src/ir/rewrite.ts";
import { f32 } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import { add } from "../../src/ops/arithmetic.ts";

const builder = new GraphBuilder();
const x = builder.input("x", f32(2));
const w = builder.state("w", f32(2));
builder.scope = "layer1";
const sum = add(x, w);
const y = relu(sum);
builder.output("y", y);
builder.update(w, sum);
const graph = builder.finish();

it("rewrite: without a change, the copy reads the same and is another graph", () => {
  const copy = rewrite(graph, () => undefined);
  expect(print(copy)).toBe(print(graph));
  expect(copy.nodes.map(({ scope }) => scope)).toEqual(["layer1", "layer1"]);
  expect(copy.inputs[0]?.graph).not.toBe(x.graph);
});

it("rewrite: readers, outputs and updates take what a rule puts in a node's place", () => {
  const bare = rewrite(graph, ({ op }, inputs) => (op === "add" ? inputs.slice(0, 1) : undefined));
  expect(print(bare)).toBe(
    `
input x: f32[2]
state w: f32[2]
%0: f32[2] = relu(x)
output y = %0
w <- x
`.trim(),
  );
});

it("countUses: nodes, outputs and updates read", () => {
  const uses = countUses(graph);
  expect([x, w, sum, y].map((value) => uses.get(value))).toEqual([1, 1, 2, 1]);
});
