import { nchw } from "../../ir/type.ts";
import type { Kernel } from "../engine.ts";
import type { Context } from "./lowering.ts";

export const squaredDistance: Kernel<"squaredDistance", Context, void> = (node, context) => {
  const [x, centres] = node.inputs;
  const [n, d] = nchw(x.type.shape);
  const [k] = nchw(centres.type.shape);
  const places = [context.plain(x), context.plain(centres), context.define(node.results[0])];
  context.step("squaredDistance", [...places, n, k, d]);
};

/** Both gradients are one sum, with the roles of rows and centres exchanged. */
export const squaredDistanceGrad: Kernel<"squaredDistanceGrad", Context, void> = (node, context) => {
  const [n, d] = nchw(node.inputs[1].type.shape);
  const [k] = nchw(node.inputs[2].type.shape);
  const dy = context.plain(node.inputs[0]);
  const x = context.plain(node.inputs[1]);
  const centres = context.plain(node.inputs[2]);
  const [dx, dcentres] = node.results;
  const main = { main: true };
  context.step("squaredDistanceGrad", [x, centres, dy, context.define(dx), n, k, d, 4 * k, 4], main);
  context.step("squaredDistanceGrad", [centres, x, dy, context.define(dcentres), k, n, d, 4, 4 * k]);
};
