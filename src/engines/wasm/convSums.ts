import { present } from "../../ir/errors.ts";
import { blocksOf, type Layout } from "./draft.ts";
import { at, type Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/** A weight's place in a window: the pixel it meets, and its own in a filter. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** How weights lie in memory: numbers between a filter's neighbours in each direction, and in all of a group. */
export interface Filters {
  readonly place: Place;
  readonly perOutput: number;
  readonly perInput: number;
  readonly perGroup: number;
}

/** Sums over windows of an input: a convolution, or the part of its input's gradient that has the same taps. */
export interface Sums {
  readonly images: number;
  readonly groups: number;
  /** Channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly x: {
    readonly place: Place;
    readonly layout: Layout;
    readonly height: number;
    readonly width: number;
  };
  /** Where the first window begins, seen from x: less than 0 where x is padded. */
  readonly origin: readonly [row: number, column: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  /** From a window's beginning, rows and columns that are not less than 0. */
  readonly taps: readonly Tap[];
  readonly filters: Filters;
  /** How many windows there are. */
  readonly rows: number;
  readonly columns: number;
  readonly y: {
    readonly place: Place;
    readonly height: number;
    readonly width: number;
    readonly first: readonly [row: number, column: number];
    readonly step: readonly [vertical: number, horizontal: number];
  };
  readonly bias?: Place;
  readonly residual?: Place;
  readonly relu?: boolean;
}

/** Bytes of input that a chunk of rows may have, so that it stays in the second cache. */
const chunkBytes = 2 ** 18;

/** Adds the steps that pack the weights, unless they are constant, and that sum. */
export function addSums(sums: Sums, context: Context): void {
  const { images, x, y, stride, origin, rows, columns, bias, residual, relu } = sums;
  const channelwise = sums.inputs === 1 && sums.outputs === 1 && x.layout === "blocked";
  const group = channelwise ? channelGroups(sums) : mergedGroups(sums);
  const { parts } = group;
  const groups = sums.groups / parts;
  const blocks = channelwise ? blocksOf(sums.groups) : groups * blocksOf(group.outputs);
  const perGroup = channelwise ? 1 : blocks / groups;
  const blocked = x.layout === "blocked";
  const pixelBytes = blocked ? 32 : 4;
  const planesOfGroup = blocked ? blocksOf(group.inputs) : group.inputs;
  const planes = channelwise ? blocks : planesOfGroup * groups;

  const lastRow = Math.max(0, ...sums.taps.map(({ row }) => row));
  const lastColumn = Math.max(0, ...sums.taps.map(({ column }) => column));
  const width = (columns - 1) * stride[1] + lastColumn + 1;
  const height = (rows - 1) * stride[0] + lastRow + 1;
  const [top, left] = [-origin[0], -origin[1]];
  const padded = top > 0 || left > 0 || height - top > x.height || width - left > x.width;
  const rowPixels = padded ? width : x.width;

  const chunk = chunkRows(sums, { blocks, rowBytes: planes * rowPixels * pixelBytes }, context.threads);
  const chunks = Math.ceil(rows / chunk);
  const chunkHeight = (chunk - 1) * stride[0] + lastRow + 1;
  const planePixels = padded ? chunkHeight * width : x.height * x.width;
  const pieces = Math.min(blocks, piecesFor(images * chunks, context.threads));

  const runs = blocked ? blockedRuns(sums.taps, group.inputs) : plainRuns(sums.taps, group.inputs);
  const numbers = runs.reduce((sum, { length }) => sum + length, 0);
  const packed = packWeights(
    runs,
    { ...sums, groups, blocks, numbers, alongTaps: !blocked, ...group },
    context,
  );

  const offsets = runs.flatMap(({ plane, row, column, length }) => [
    (plane * planePixels + row * rowPixels + column) * pixelBytes,
    length * 32,
  ]);
  const pixels = grid(chunk, columns).flatMap(([row, column]) => [
    (row * stride[0] * rowPixels + column * stride[1]) * pixelBytes,
    (row * y.step[0] * y.width + column * y.step[1]) * 32,
  ]);
  const yOffset = (y.first[0] * y.width + y.first[1]) * 32;
  const yBlock = y.height * y.width * 32;
  const xOffset = padded ? 0 : (origin[0] * x.width + origin[1]) * pixelBytes;
  // Padding copies by vectors, the last of which may end behind the last row.
  const scratchBytes = planes * planePixels * pixelBytes + 64;
  const padding = padded
    ? [
        context.scratch(scratchBytes * context.threads),
        scratchBytes,
        planePixels * pixelBytes,
        chunkHeight,
        width,
        pixelBytes,
        channelwise ? 1 : planesOfGroup,
        x.height,
        x.width,
        top,
        left,
        chunk * stride[0],
      ]
    : [0];
  context.step(
    channelwise ? "convolveChannels" : "convolve",
    [
      at(x.place, xOffset),
      packed,
      bias ?? 0,
      residual ? at(residual, yOffset) : 0,
      at(y.place, yOffset),
      (bias ? 1 : 0) | (residual ? 2 : 0) | (relu ? 4 : 0),
      context.data(Int32Array.from(offsets)),
      runs.length,
      context.data(Int32Array.from(pixels)),
      chunk * columns,
      chunks,
      (rows - (chunks - 1) * chunk) * columns,
      images,
      planes * x.height * x.width * pixelBytes,
      chunk * stride[0] * x.width * pixelBytes,
      (channelwise ? 1 : planesOfGroup) * planePixels * pixelBytes,
      blocks * yBlock,
      chunk * y.step[0] * y.width * 32,
      yBlock,
      blocks,
      perGroup,
      numbers * 32,
      pieces,
      ...padding,
    ],
    { main: true },
  );
}

/** What is summed in one go: neighbours in memory, from a pixel's offset on. */
interface Run {
  readonly plane: number;
  readonly row: number;
  readonly column: number;
  /** The first input of the group and the first weight. */
  readonly input: number;
  readonly weight: number;
  readonly length: number;
}

/** A group of which `parts` are one, since their channels fill no blocks. */
interface Group {
  readonly parts: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** As few groups in one as make it begin with a block of inputs and of outputs. */
function mergedGroups({ groups, inputs, outputs, x }: Sums): Group {
  const aligned = (parts: number) =>
    (x.layout === "plain" || (parts * inputs) % 8 === 0) && (parts * outputs) % 8 === 0;
  let parts = 1;
  while (parts < groups && !(groups % parts === 0 && aligned(parts))) parts++;
  return { parts, inputs: parts * inputs, outputs: parts * outputs };
}

function channelGroups({ groups }: Sums): Group {
  return { parts: groups, inputs: 1, outputs: groups };
}

function blockedRuns(taps: readonly Tap[], inputs: number): readonly Run[] {
  return Array.from({ length: blocksOf(inputs) }, (_, plane) =>
    taps.map((tap) => ({ ...tap, plane, input: plane * 8, length: Math.min(8, inputs - plane * 8) })),
  ).flat();
}

/** A row of a window is a run: its taps are neighbours. */
function plainRuns(taps: readonly Tap[], inputs: number): readonly Run[] {
  const rows = new Map<number, Tap[]>();
  for (const tap of taps) rows.set(tap.row, [...(rows.get(tap.row) ?? []), tap]);
  return Array.from({ length: inputs }, (_, plane) =>
    [...rows.values()].map((row) => ({
      ...present(row[0], "a row of taps"),
      plane,
      input: plane,
      length: row.length,
    })),
  ).flat();
}

interface Packing extends Sums, Group {
  readonly blocks: number;
  readonly numbers: number;
  readonly alongTaps: boolean;
}

function packWeights(runs: readonly Run[], packing: Packing, context: Context): Place {
  const { filters, blocks, numbers, parts, groups, outputs, inputs } = packing;
  const packed = context.derived(blocks * numbers * 32, filters.place);
  const channelwise = inputs === 1 && parts === outputs;
  context.step("packWeights", [
    filters.place,
    packed,
    context.data(Int32Array.from(runs.flatMap(({ input, weight, length }) => [input, weight, length]))),
    runs.length,
    blocks,
    channelwise ? blocks : blocks / groups,
    parts * filters.perGroup,
    filters.perOutput,
    filters.perInput,
    packing.alongTaps ? 1 : 0,
    outputs,
    channelwise ? outputs : outputs / parts,
    channelwise ? 1 : inputs / parts,
    filters.perGroup,
  ]);
  return packed;
}

/** How many rows of windows a thread works on at a time: those whose input stays near, in shares that are even. */
function chunkRows(
  { rows, columns, images, stride }: Sums,
  { blocks, rowBytes }: { blocks: number; rowBytes: number },
  threads: number,
): number {
  const near = Math.max(1, Math.floor(chunkBytes / (rowBytes * stride[0])));
  const least = Math.min(rows, Math.ceil(16 / columns));
  const wanted = blocks >= threads || images >= threads ? 1 : threads;
  const chunks = Math.max(
    Math.ceil(rows / Math.max(near, least)),
    Math.min(wanted, Math.floor(rows / least)),
  );
  return Math.ceil(rows / chunks);
}

/** Into how many pieces outputs are cut so that `items` times as many are even shares. */
function piecesFor(items: number, threads: number): number {
  if (items >= 8 * threads) return 1;
  let pieces = 1;
  while ((items * pieces) % threads !== 0) pieces++;
  return pieces;
}

function grid(rows: number, columns: number): readonly (readonly [row: number, column: number])[] {
  return Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns] as const);
}
