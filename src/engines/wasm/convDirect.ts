import { present } from "../../ir/errors.ts";
import {
  type Grouping,
  groupingOf,
  piecesFor,
  readingOf,
  rowBytes,
  type Sums,
  type Tap,
  table,
} from "./convWindows.ts";
import { at, type Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/** Bytes of input that a chunk of rows may have, so that it stays in the second cache. */
const chunkBytes = 2 ** 18;

/** Adds the steps that pack the weights, unless they are constant, and that sum. */
export function addDirect(sums: Sums, context: Context): void {
  const { images, x, y, stride, rows, columns, bias, residual, relu } = sums;
  const grouping = groupingOf(sums);
  const { channelwise } = grouping;
  const blocks = grouping.groups * grouping.blocks;
  const planes = grouping.groups * grouping.planes;
  const chunk = chunkRows(sums, { blocks, planes }, context.threads);
  const chunks = Math.ceil(rows / chunk);
  const pieces = Math.min(blocks, piecesFor(images * chunks, context.threads));
  const { pixelBytes, rowPixels, planePixels, offset, padding } = readingOf(
    sums,
    chunk,
    { held: planes, step: grouping.planes },
    context,
  );
  const runs = x.layout === "blocked" ? blockedRuns(sums.taps, grouping) : plainRuns(sums.taps, grouping);
  const numbers = runs.reduce((sum, { length }) => sum + length, 0);
  const packed = packWeights(runs, numbers, sums, grouping, context);
  const yOffset = (y.first[0] * y.width + y.first[1]) * 32;
  const yBlock = y.height * y.width * 32;
  context.step(
    channelwise ? "convolveChannels" : "convolve",
    [
      at(y.place, yOffset),
      residual ? at(residual, yOffset) : 0,
      table(
        runs,
        ({ plane, row, column, length }) => [
          (plane * planePixels + row * rowPixels + column) * pixelBytes,
          length * 32,
        ],
        context,
      ),
      table(
        pixelsOf(chunk, columns),
        ([row, column]) => [
          (row * stride[0] * rowPixels + column * stride[1]) * pixelBytes,
          (row * y.step[0] * y.width + column * y.step[1]) * 32,
        ],
        context,
      ),
      4,
      at(x.place, offset),
      packed,
      bias ?? 0,
      (bias ? 1 : 0) | (residual ? 2 : 0) | (relu ? 4 : 0),
      runs.length,
      chunk * columns,
      chunks,
      (rows - (chunks - 1) * chunk) * columns,
      images,
      planes * x.height * x.width * pixelBytes,
      chunk * stride[0] * x.width * pixelBytes,
      grouping.planes * planePixels * pixelBytes,
      blocks * yBlock,
      chunk * y.step[0] * y.width * 32,
      yBlock,
      blocks,
      grouping.blocks,
      numbers * 32,
      pieces,
      ...padding,
    ],
    { main: true },
  );
}

/** What is summed in one go: neighbours in memory, from a pixel's offset on. */
interface Run extends Tap {
  readonly plane: number;
  /** The first input of the group. */
  readonly input: number;
  readonly length: number;
}

/** The channels of a block are a run. */
function blockedRuns(taps: readonly Tap[], { planes, inputs }: Grouping): readonly Run[] {
  return Array.from({ length: planes }, (_, plane) =>
    taps.map((tap) => ({ ...tap, plane, input: plane * 8, length: Math.min(8, inputs - plane * 8) })),
  ).flat();
}

/** A row of a window is a run: its taps are neighbours. */
function plainRuns(taps: readonly Tap[], { planes }: Grouping): readonly Run[] {
  const rows = new Map<number, Tap[]>();
  for (const tap of taps) rows.set(tap.row, [...(rows.get(tap.row) ?? []), tap]);
  return Array.from({ length: planes }, (_, plane) =>
    [...rows.values()].map((row) => ({
      ...present(row[0], "a row of taps"),
      plane,
      input: plane,
      length: row.length,
    })),
  ).flat();
}

function packWeights(
  runs: readonly Run[],
  numbers: number,
  { filters, groups, inputs, outputs, x }: Sums,
  grouping: Grouping,
  context: Context,
): Place {
  const blocks = grouping.groups * grouping.blocks;
  const packed = context.derived(blocks * numbers * 32, filters.place);
  // Filters of one channel each lie as if they were all of one group.
  const [ofGroup, all] = grouping.channelwise ? [groups, groups] : [outputs, grouping.outputs];
  context.step("packWeights", [
    filters.place,
    packed,
    table(runs, ({ input, weight, length }) => [input, weight, length], context),
    runs.length,
    blocks,
    grouping.channelwise ? blocks : grouping.blocks,
    grouping.parts * filters.perGroup,
    filters.perOutput,
    filters.perInput,
    x.layout === "plain" ? 1 : 0,
    all,
    ofGroup,
    inputs,
    filters.perGroup,
  ]);
  return packed;
}

/** How many rows of windows a thread works on at a time: those whose input stays near, in shares that are even. */
function chunkRows(
  sums: Sums,
  { blocks, planes }: { readonly blocks: number; readonly planes: number },
  threads: number,
): number {
  const { rows, columns, images, stride } = sums;
  const near = Math.max(1, Math.floor(chunkBytes / (rowBytes(sums, planes) * stride[0])));
  const least = Math.min(rows, Math.ceil(16 / columns));
  const wanted = blocks >= threads || images >= threads ? 1 : threads;
  const chunks = Math.max(
    Math.ceil(rows / Math.max(near, least)),
    Math.min(wanted, Math.floor(rows / least)),
  );
  return Math.ceil(rows / chunks);
}

/** Rows and columns of the pixels of some rows. */
function pixelsOf(rows: number, columns: number): readonly (readonly [row: number, column: number])[] {
  return Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns] as const);
}
