import { expect, it } from "vitest";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { print } from "../../src/ir/print.ts";
import { f32 } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import { add } from "../../src/ops/arithmetic.ts";
import { maxPool2d } from "../../src/ops/pool.ts";

it("print: a line a value that comes from outside, a node, an output and an update", () => {
  const builder = new GraphBuilder();
  const images = builder.input("images", f32(1, 1, 4, 4));
  const bias = builder.state("conv1.bias", f32(1, 1, 2, 2));
  const attrs = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], ceil: false } as const;
  const [y] = maxPool2d(images, attrs);
  const sum = add(relu(y), bias);
  builder.output("sum", sum);
  builder.update(bias, sum);
  expect(print(builder.finish())).toBe(
    `
input images: f32[1,1,4,4]
state conv1.bias: f32[1,1,2,2]
%0: f32[1,1,2,2], %1: u8[1,1,2,2] = maxPool2d(images) {"kernel":[2,2],"stride":[2,2],"padding":[0,0,0,0],"ceil":false}
%2: f32[1,1,2,2] = relu(%0)
%3: f32[1,1,2,2] = add(%2, conv1.bias)
output sum = %3
conv1.bias <- %3
`.trim(),
  );
});

it("print: what a graph uses but does not have is a question mark", () => {
  const builder = new GraphBuilder();
  const x = builder.input("x", f32(2));
  builder.output("y", relu(x));
  expect(print({ ...builder.finish(), inputs: [], nodes: [] })).toBe("output y = ?");
});
