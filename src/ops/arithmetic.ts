import { present, ShapeError } from "../ir/errors.ts";
import type { GraphBuilder, Value } from "../ir/graph.ts";
import { type Shape, sameType, size, type TensorType } from "../ir/type.ts";
import { addNode, defineOp, expectWhole, type Op } from "./define.ts";

/** The sum of one or more values of one shape. */
export const add: Op<readonly Value[]> = defineOp("add", {
  type: (inputs) => sameF32("add", inputs),
  grad: (inputs, _, dy) => inputs.map(() => dy),
  flops: (inputs, y) => (inputs.length - 1) * size(y.shape),
});

/** The product, element by element. */
export const mul: Op<[a: Value, b: Value]> = defineOp("mul", {
  type: (inputs) => sameF32("mul", inputs),
  grad: ([a, b], _, dy) => [mul(dy, b), mul(dy, a)],
  flops: (_, y) => size(y.shape),
});

export interface AffineAttrs {
  /** One factor for all, or one a channel (axis 1). */
  readonly scale: readonly number[];
  /** One summand for all, or one a channel (axis 1). */
  readonly shift: readonly number[];
}

/**
 * `x scale + shift` with constants, as input normalisation needs it. x is f32 or u8, y is f32 of the same shape.
 * No gradient flows to a u8 operand.
 */
export const affine: Op<[x: Value], AffineAttrs> = defineOp("affine", {
  type: ([x], { scale, shift }) => {
    if (x.dtype === "i32") throw new ShapeError("affine", "x must be f32 or u8", [x]);
    const channels = x.shape[1] ?? 1;
    for (const [name, list] of Object.entries({ scale, shift }))
      if (list.length !== 1 && list.length !== channels)
        throw new ShapeError("affine", `${name} has ${list.length} entries for ${channels} channels`, [x]);
    return { dtype: "f32", shape: x.shape };
  },
  grad: ([x], { scale }, dy) => [x.type.dtype === "f32" ? affine(dy, { scale, shift: [0] }) : null],
  flops: ([x]) => 2 * size(x.shape),
});

interface FillAttrs {
  readonly shape: Shape;
  readonly value: number;
}

/** A constant: `value` everywhere. Made by `constant`, since it has no operand to tell its graph. */
export const fill: Op<[], FillAttrs> = defineOp("fill", {
  type: (_, { shape }) => {
    expectWhole("fill", { shape }, 0, []);
    return { dtype: "f32", shape };
  },
  grad: () => [],
  flops: () => 0,
});

/** `fill` in a given graph. */
export function constant(graph: GraphBuilder, shape: Shape, value: number): Value {
  return present(addNode(graph, fill, [], { shape, value })[0], "fill has one result");
}

/** The one type all of `inputs` have, which must be f32. */
export function sameF32(op: string, inputs: readonly TensorType[]): TensorType {
  const [first] = inputs;
  if (first === undefined) throw new ShapeError(op, "needs at least one operand", []);
  if (first.dtype !== "f32" || inputs.some((type) => !sameType(type, first)))
    throw new ShapeError(
      op,
      inputs.length === 1 ? "x must be f32" : "operands must be f32 of one shape",
      inputs,
    );
  return first;
}
