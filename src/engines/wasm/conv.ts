import type { Value } from "../../ir/graph.ts";
import { nchw } from "../../ir/type.ts";
import type { ConvAttrs } from "../../ops/conv.ts";
import type { Kernel } from "../engine.ts";
import { addSums } from "./convSums.ts";
import { type Sums, tapsOf } from "./convWindows.ts";
import type { Layout } from "./draft.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

export const conv2d: Kernel<"conv2d", Context, void> = (
  { inputs: [x, weight], results: [y], attrs },
  context,
) => addConvolution({ x, weight, y, attrs }, context);

export const conv2dBias: Kernel<"conv2dBias", Context, void> = (
  { inputs: [x, weight, bias], results: [y], attrs },
  context,
) => addConvolution({ x, weight, y, attrs, bias, relu: attrs.activation === "relu" }, context);

export const conv2dBiasAdd: Kernel<"conv2dBiasAdd", Context, void> = (
  { inputs: [x, weight, bias, residual], results: [y], attrs },
  context,
) => addConvolution({ x, weight, y, attrs, bias, residual, relu: attrs.activation === "relu" }, context);

interface Convolution {
  readonly x: Value;
  readonly weight: Value;
  readonly y: Value;
  readonly attrs: ConvAttrs;
  readonly bias?: Value;
  readonly residual?: Value;
  readonly relu?: boolean;
}

function addConvolution(
  { x, weight, y, attrs, bias, residual, relu = false }: Convolution,
  context: Context,
): void {
  const [images, channels, height, width] = nchw(x.type.shape);
  const [, outputs, rows, columns] = nchw(y.type.shape);
  const [, inputs, kh, kw] = nchw(weight.type.shape);
  const { stride, padding, dilation, groups } = attrs;
  const layout = layoutFor(x, weight, attrs, context);
  const from = context.in(layout, x);
  const added = residual && context.blocked(residual);
  const sums: Sums = {
    images,
    groups,
    inputs: channels / groups,
    outputs: outputs / groups,
    x: { place: from, layout, height, width },
    origin: [-padding[0], -padding[1]],
    stride,
    taps: tapsOf(kh, kw, dilation),
    filters: {
      place: context.plain(weight),
      perOutput: inputs * kh * kw,
      perInput: kh * kw,
      perGroup: (outputs / groups) * inputs * kh * kw,
    },
    rows,
    columns,
    y: {
      place: resultPlace(y, from, added, context),
      height: rows,
      width: columns,
      first: [0, 0],
      step: [1, 1],
    },
    ...(bias ? { bias: context.plain(bias) } : {}),
    ...(added ? { residual: added } : {}),
    relu,
  };
  addSums(sums, context);
}

/** Over the residual, unless windows of other pixels are still to be read from there. */
function resultPlace(y: Value, from: Place, residual: Place | undefined, context: Context): Place {
  if (residual === undefined || residual === from) return context.define(y, "blocked");
  return context.over(y, { place: residual, layout: "blocked" });
}

/** Pictures of few channels are read as they come: the rows of a window are the runs there. */
export function layoutFor(
  x: Value,
  weight: Value,
  { groups, dilation }: ConvAttrs,
  context: Context,
): Layout {
  const [filters, inputs, , kw] = nchw(weight.type.shape);
  const few = inputs < 5 && kw > 1 && dilation[1] === 1;
  const whole = groups === 1 || (filters / groups) % 8 === 0;
  return few && whole && context.layoutOf(x) === "plain" ? "plain" : "blocked";
}
