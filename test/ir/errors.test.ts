import { expect, it } from "vitest";
import { unsupported } from "../../src/engines/engine.ts";
import {
  ConvnetsError,
  DeviceError,
  FormatError,
  invariant,
  present,
  ShapeError,
  UnsupportedOp,
  UsageError,
  WeightError,
} from "../../src/ir/errors.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { linear } from "../../src/ops/linear.ts";

it("ShapeError tells the op, the problem, what was given, and where", () => {
  const error = new ShapeError(
    "conv2d",
    "x has 3 channels, weight wants 192",
    [f32(1, 3, 28, 28), f32(64, 192, 1, 1)],
    "branch1.conv",
  );
  expect(String(error)).toBe(
    `
ShapeError: conv2d: x has 3 channels, weight wants 192
  given  f32[1,3,28,28], f32[64,192,1,1]
  at     branch1.conv
`.trim(),
  );
  expect(error).toMatchObject({
    op: "conv2d",
    problem: "x has 3 channels, weight wants 192",
    at: "branch1.conv",
  });
});

it("ShapeError has no line for a place that is not known", () => {
  expect(String(new ShapeError("relu", "x must be f32", [f32()]))).toBe(
    "ShapeError: relu: x must be f32\n  given  f32[]",
  );
});

it("an op that refuses its operands tells the module that called it", () => {
  const builder = new GraphBuilder();
  builder.scope = "classifier.6";
  const [x, weight] = [builder.input("x", f32(2, 3)), builder.input("weight", f32(4, 5))];
  expect(() => linear(x, weight)).toThrow(
    new ShapeError("linear", "x has 3 features, weight wants 5", [x.type, weight.type], "classifier.6"),
  );
});

it("an op refuses operands of two graphs", () => {
  const x = new GraphBuilder().input("x", f32(2, 3));
  const weight = new GraphBuilder().input("weight", f32(4, 3));
  expect(() => linear(x, weight)).toThrow("bug in this library: linear has an operand of another graph");
});

it("UnsupportedOp tells the op, the reason and where", () => {
  const error = new UnsupportedOp("conv2d", "this engine runs 1 group", "features.0");
  expect(String(error)).toBe("UnsupportedOp: conv2d: this engine runs 1 group\n  at     features.0");
  expect(() => unsupported("not here")({ op: "relu", scope: "" })).toThrow(
    new UnsupportedOp("relu", "not here"),
  );
});

it("every error is a ConvnetsError with a name of its own", () => {
  const errors = [
    new FormatError("x"),
    new WeightError("x"),
    new DeviceError("x"),
    new UsageError("x"),
    new ConvnetsError("x"),
  ];
  expect(errors.map(String)).toEqual([
    "FormatError: x",
    "WeightError: x",
    "DeviceError: x",
    "UsageError: x",
    "ConvnetsError: x",
  ]);
  for (const error of errors) expect(error).toBeInstanceOf(ConvnetsError);
});

it("invariant and present begin with whose mistake it is", () => {
  expect(() => invariant(false, "a thing")).toThrow(new Error("bug in this library: a thing"));
  expect(() => present(undefined, "a thing")).toThrow(new Error("bug in this library: a thing"));
  expect(present(0, "a number")).toBe(0);
});
