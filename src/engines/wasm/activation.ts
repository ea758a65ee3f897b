import type { Value } from "../../ir/graph.ts";
import type { Kernel } from "../engine.ts";
import type { KernelName } from "./binaries/names.ts";
import { type Context, elementsOf } from "./lowering.ts";

export const relu: Kernel<"relu", Context, void> = unary("relu");
export const tanh: Kernel<"tanh", Context, void> = unary("tanh");
export const sigmoid: Kernel<"sigmoid", Context, void> = unary("sigmoid");
export const exp: Kernel<"exp", Context, void> = unary("exponentials");
export const reluGrad: Kernel<"reluGrad", Context, void> = gradient("reluGrad");
export const tanhGrad: Kernel<"tanhGrad", Context, void> = gradient("tanhGrad");
export const sigmoidGrad: Kernel<"sigmoidGrad", Context, void> = gradient("sigmoidGrad");

interface Unary {
  readonly inputs: readonly [x: Value];
  readonly results: readonly [y: Value];
}

interface Gradient {
  readonly inputs: readonly [dy: Value, y: Value];
  readonly results: readonly [dx: Value];
}

function unary(kernel: KernelName): (node: Unary, context: Context) => void {
  return ({ inputs: [x], results: [y] }, context) => {
    const from = context.any(x);
    const to = context.over(y, from);
    context.step(kernel, [from.place, to, elementsOf(y, from.layout)]);
  };
}

function gradient(kernel: KernelName): (node: Gradient, context: Context) => void {
  return ({ inputs, results: [dx] }, context) => {
    const { places, layout } = context.together(inputs);
    const [dy] = places;
    const to = dy ? context.over(dx, { place: dy, layout }) : context.define(dx, layout);
    context.step(kernel, [...places, to, elementsOf(dx, layout)]);
  };
}
