import type { Value } from "../../ir/graph.ts";
import { nchw } from "../../ir/type.ts";
import type { ConvGradAttrs } from "../../ops/conv.ts";
import type { Kernel } from "../engine.ts";
import { reduceChannels } from "./channels.ts";
import { layoutFor } from "./conv.ts";
import { addSums } from "./convSums.ts";
import { groupingOf, piecesFor, readingOf, type Tap, table, tapsOf, type Windows } from "./convWindows.ts";
import { at, type Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/**
 * dx is itself sums over windows of dy. Of a stride of s, each s-th pixel of dx meets the same weights: one step for
 * each of those s x s sets, which share no arithmetic.
 */
export const conv2dInputGrad: Kernel<"conv2dInputGrad", Context, void> = (
  { inputs: [dy, weight], results: [dx], attrs },
  context,
) => {
  const [images, channels, height, width] = nchw(dx.type.shape);
  const [, outputs, yHeight, yWidth] = nchw(dy.type.shape);
  const [, inputs, kh, kw] = nchw(weight.type.shape);
  const { stride, padding, dilation, groups } = attrs;
  const from = context.blocked(dy);
  const filters = {
    place: context.plain(weight),
    perOutput: kh * kw,
    perInput: inputs * kh * kw,
    perGroup: (outputs / groups) * inputs * kh * kw,
  };
  const to = context.define(dx, "blocked");
  for (let row = 0; row < Math.min(stride[0], height); row++)
    for (let column = 0; column < Math.min(stride[1], width); column++) {
      const rows = tapsFrom(row + padding[0], kh, stride[0], dilation[0]);
      const columns = tapsFrom(column + padding[1], kw, stride[1], dilation[1]);
      const taps = rows.taps.flatMap((v) =>
        columns.taps.map((h) => ({ row: v.offset, column: h.offset, weight: v.weight * kw + h.weight })),
      );
      addSums(
        {
          images,
          groups,
          inputs: outputs / groups,
          outputs: channels / groups,
          x: { place: from, layout: "blocked", height: yHeight, width: yWidth },
          origin: [rows.origin, columns.origin],
          stride: [1, 1],
          taps: inOrder(taps),
          filters,
          rows: Math.ceil((height - row) / stride[0]),
          columns: Math.ceil((width - column) / stride[1]),
          y: { place: to, height, width, first: [row, column], step: stride },
        },
        context,
      );
    }
};

/**
 * The weights of one axis that dx's pixel at `position` meets, and where: dy's pixel i met x's at i s + k d - padding by
 * weight k, so (position - k d) / s has to be whole.
 */
function tapsFrom(
  position: number,
  kernel: number,
  stride: number,
  dilation: number,
): {
  readonly origin: number;
  readonly taps: readonly { readonly offset: number; readonly weight: number }[];
} {
  const met = Array.from({ length: kernel }, (_, weight) => ({
    weight,
    pixel: (position - weight * dilation) / stride,
  })).filter(({ pixel }) => Number.isInteger(pixel));
  const origin = met.length === 0 ? 0 : Math.min(...met.map(({ pixel }) => pixel));
  return { origin, taps: met.map(({ pixel, weight }) => ({ offset: pixel - origin, weight })) };
}

function inOrder(taps: readonly Tap[]): readonly Tap[] {
  return [...taps].sort((a, b) => a.row - b.row || a.column - b.column);
}

export const conv2dWeightGrad: Kernel<"conv2dWeightGrad", Context, void> = (
  { inputs: [x, dy], results: [dweight], attrs },
  context,
) => addWeightGradient({ x, dy, dweight, attrs }, context);

export const conv2dParameterGrad: Kernel<"conv2dParameterGrad", Context, void> = (
  { inputs: [x, dy], results: [dweight, dbias], attrs },
  context,
) => {
  const place = addWeightGradient({ x, dy, dweight, attrs }, context);
  reduceChannels("sumChannels", [place, place], dy, "blocked", context.define(dbias), context);
};

interface WeightGradient {
  readonly x: Value;
  readonly dy: Value;
  readonly dweight: Value;
  readonly attrs: ConvGradAttrs;
}

/** Numbers of dy that the innermost loop meets again and again, so that they stay in the first cache. */
const chunkPixels = 512;
/** Bytes of sums a thread works on at a time. */
const itemBytes = 2 ** 18;

/** Adds the steps and gives dy's place. */
function addWeightGradient({ x, dy, dweight, attrs }: WeightGradient, context: Context): Place {
  const [images, channels, height, width] = nchw(x.type.shape);
  const [, outputs, rows, columns] = nchw(dy.type.shape);
  const [, , kh, kw] = nchw(dweight.type.shape);
  const { groups, stride } = attrs;
  const layout = layoutFor(x, dweight, attrs, context);
  const windows: Windows = {
    images,
    groups,
    inputs: channels / groups,
    outputs: outputs / groups,
    x: { place: context.in(layout, x), layout, height, width },
    origin: [-attrs.padding[0], -attrs.padding[1]],
    stride,
    taps: tapsOf(kh, kw, attrs.dilation),
    rows,
    columns,
  };
  const from = context.blocked(dy);
  addSteps(windows, from, context.define(dweight), context);
  return from;
}

function addSteps(windows: Windows, dy: Place, dweight: Place, context: Context): void {
  const { images, taps, stride, rows, columns, x } = windows;
  const grouping = groupingOf(windows);
  const { channelwise, groups, blocks, planes } = grouping;
  const chunk = Math.min(rows, Math.max(1, Math.floor(chunkPixels / columns)));
  const chunks = Math.ceil(rows / chunk);
  // How many inputs a pixel of a plane holds next to each other, for each of which there are sums.
  const lanes = x.layout === "blocked" && !channelwise ? 8 : 1;
  const perPlane = lanes * taps.length;
  const inGroup = grouping.inputs * taps.length;
  const { parts, perItem, pieces } = shares(
    {
      images,
      groups,
      blocks,
      planes,
      tiles: groups * blocks * Math.ceil(inGroup / 4),
      planeBytes: perPlane * blocks * 32,
    },
    context.threads,
  );
  const { pixelBytes, rowPixels, planePixels, offset, padding } = readingOf(
    windows,
    chunk,
    { held: perItem, step: 1 },
    context,
  );
  const sums = context.scratch(parts * groups * blocks * inGroup * 32);
  const weights = Array.from({ length: perItem * lanes }, (_, input) =>
    taps.map((tap) => ({ ...tap, input })),
  ).flat();
  const blockBytes = rows * columns * 32;
  context.step(
    channelwise ? "sumChannelWeightGradient" : "sumWeightGradient",
    [
      sums,
      sums,
      table(
        Array.from({ length: chunk }, (_, row) => row),
        (row) => [row * stride[0] * rowPixels * pixelBytes, columns * 32],
        context,
      ),
      table(
        [...weights.entries()],
        ([index, { row, column, input }]) => [
          (Math.floor(input / lanes) * planePixels + row * rowPixels + column) * pixelBytes +
            (input % lanes) * 4,
          index * 32,
        ],
        context,
      ),
      stride[1] * pixelBytes,
      at(x.place, offset),
      dy,
      chunk,
      chunks,
      rows - (chunks - 1) * chunk,
      images,
      groups * planes * x.height * x.width * pixelBytes,
      chunk * stride[0] * x.width * pixelBytes,
      planePixels * pixelBytes,
      groups * blocks * blockBytes,
      chunk * columns * 32,
      blockBytes,
      groups,
      planes,
      perItem,
      perPlane,
      inGroup,
      blocks,
      pieces,
      parts,
      ...padding,
    ],
    { main: true },
  );
  const whole = channelwise
    ? [8, inGroup, 8, inGroup]
    : [grouping.outputs, inGroup, windows.outputs, windows.inputs * taps.length];
  context.step("finishWeightGradient", [sums, dweight, parts, windows.groups * windows.outputs, ...whole]);
}

interface Work {
  readonly images: number;
  readonly groups: number;
  readonly blocks: number;
  readonly planes: number;
  /** Tiles in all. */
  readonly tiles: number;
  /** Bytes of a plane's sums. */
  readonly planeBytes: number;
}

/** Into what the work is cut. Only the images' parts cut sums: they do not depend on the number of threads. */
function shares(
  { images, groups, blocks, planes, tiles, planeBytes }: Work,
  threads: number,
): { readonly parts: number; readonly perItem: number; readonly pieces: number } {
  const parts = tiles < 64 ? Math.min(images, 8) : 1;
  const near = Math.max(1, Math.min(16, Math.floor(itemBytes / planeBytes)));
  const least = Math.ceil(planes / near);
  const strips = Math.min(planes, least * piecesFor(least * groups * parts, threads));
  const perItem = Math.ceil(planes / strips);
  const items = Math.ceil(planes / perItem) * groups * parts;
  return { parts, perItem, pieces: Math.min(blocks, piecesFor(items, threads)) };
}
