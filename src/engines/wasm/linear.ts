import type { Value } from "../../ir/graph.ts";
import { nchw } from "../../ir/type.ts";
import type { Activation } from "../../ops/fused.ts";
import type { Kernel } from "../engine.ts";
import { reduceChannels } from "./channels.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

export const linear: Kernel<"linear", Context, void> = ({ inputs: [x, weight], results: [y] }, context) =>
  connect(x, weight, undefined, "none", y, context);

export const linearBias: Kernel<"linearBias", Context, void> = (
  { inputs: [x, weight, bias], results: [y], attrs },
  context,
) => connect(x, weight, bias, attrs.activation, y, context);

/** dx = dy weight. */
export const linearInputGrad: Kernel<"linearInputGrad", Context, void> = (node, context) => {
  const [dy, weight] = node.inputs;
  const [dx] = node.results;
  const [n, i] = nchw(dx.type.shape);
  const [, o] = nchw(dy.type.shape);
  multiply(
    { place: context.plain(dy), row: 4 * o, step: 4 },
    { place: context.plain(weight), row: 4 * i, transposed: false },
    context.define(dx),
    [n, i, o],
    context,
  );
};

export const linearWeightGrad: Kernel<"linearWeightGrad", Context, void> = (node, context) => {
  const [x, dy] = node.inputs;
  weightGrad(x, dy, node.results[0], context);
};

export const linearParameterGrad: Kernel<"linearParameterGrad", Context, void> = (node, context) => {
  const [x, dy] = node.inputs;
  const [dw, db] = node.results;
  weightGrad(x, dy, dw, context);
  const place = context.plain(dy);
  reduceChannels("sumChannels", [place, place], dy, "plain", context.define(db), context);
};

/** y = activation(x weight' + bias). */
function connect(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  activation: Activation,
  y: Value,
  context: Context,
): void {
  const [n, i] = nchw(x.type.shape);
  const [o] = nchw(weight.type.shape);
  const [from, by] = [context.plain(x), context.plain(weight)];
  const of = bias ? context.plain(bias) : 0;
  const relu = activation === "relu" ? 1 : 0;
  const to = context.define(y);
  // So few samples use a weight so seldom that tiles are not worth preparing.
  if (n <= 4) context.step("matvec", [from, by, of, to, n, o, i, relu], { main: true });
  else
    multiply(
      { place: from, row: 4 * i, step: 4 },
      { place: by, row: 4 * i, transposed: true },
      to,
      [n, o, i],
      context,
      of,
      relu,
    );
}

/** dw = dy' x. */
function weightGrad(x: Value, dy: Value, dw: Value, context: Context): void {
  const [n, i] = nchw(x.type.shape);
  const [, o] = nchw(dy.type.shape);
  multiply(
    { place: context.plain(dy), row: 4, step: 4 * o },
    { place: context.plain(x), row: 4 * i, transposed: false },
    context.define(dw),
    [o, i, n],
    context,
  );
}

/** What a thread of `matmul` copies its operands into. */
const packedBytes = 110784;

/** c [m, n] = a [m, k] b [k, n], with distances in bytes. */
function multiply(
  a: { readonly place: Place; readonly row: number; readonly step: number },
  b: { readonly place: Place; readonly row: number; readonly transposed: boolean },
  c: Place,
  [m, n, k]: readonly [number, number, number],
  context: Context,
  bias: Place | 0 = 0,
  relu: 0 | 1 = 0,
): void {
  const panels = context.scratch(packedBytes * context.threads);
  context.step(
    "matmul",
    [a.place, a.row, a.step, b.place, b.row, b.transposed ? 1 : 0, c, m, n, k, bias, relu, panels],
    { main: true },
  );
}
