import type { ConvAttrs } from "../../ops/conv.ts";
import { blocksOf, type Field, type Layout } from "./draft.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/** A weight's place in a window: the pixel it meets, and its own in a filter. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** Windows of an input, and which of its channels go together. */
export interface Windows {
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
  /** How many windows there are. */
  readonly rows: number;
  readonly columns: number;
}

/** Weights, and how many numbers lie between a filter's neighbours in each direction and in all of a group. */
export interface Filters {
  readonly place: Place;
  readonly perOutput: number;
  readonly perInput: number;
  readonly perGroup: number;
}

/** Sums over windows: a convolution, or the part of its input's gradient that has the same taps. */
export interface Sums extends Windows {
  readonly filters: Filters;
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

/** All taps of a window, row by row. */
export function tapsOf(kh: number, kw: number, dilation: ConvAttrs["dilation"]): readonly Tap[] {
  return Array.from({ length: kh * kw }, (_, weight) => ({
    row: Math.floor(weight / kw) * dilation[0],
    column: (weight % kw) * dilation[1],
    weight,
  }));
}

/** Groups as kernels see them. */
export interface Grouping {
  /** Each channel has a filter of its own, and eight are done at once: a block is a group of one plane. */
  readonly channelwise: boolean;
  /** How many groups are one, with zeros for weights between them, since their channels fill no blocks. */
  readonly parts: number;
  /** Of these larger groups. */
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  /** Blocks of eight outputs of a group. */
  readonly blocks: number;
  /** Planes of x of a group: blocks of eight inputs, or inputs where x is plain. */
  readonly planes: number;
}

export function groupingOf({ groups, inputs, outputs, x: { layout } }: Windows): Grouping {
  if (inputs === 1 && outputs === 1 && groups > 1 && layout === "blocked")
    return {
      channelwise: true,
      parts: 1,
      inputs: 1,
      outputs: 8,
      groups: blocksOf(groups),
      blocks: 1,
      planes: 1,
    };
  const aligned = (parts: number) =>
    (layout === "plain" || (parts * inputs) % 8 === 0) && (parts * outputs) % 8 === 0;
  let parts = 1;
  while (parts < groups && !(groups % parts === 0 && aligned(parts))) parts++;
  return {
    channelwise: false,
    parts,
    inputs: parts * inputs,
    outputs: parts * outputs,
    groups: groups / parts,
    blocks: blocksOf(parts * outputs),
    planes: layout === "plain" ? parts * inputs : blocksOf(parts * inputs),
  };
}

/** How kernels get at the windows of some rows: in x itself, or in a copy with zeros around it. */
export interface Reading {
  readonly pixelBytes: number;
  readonly rowPixels: number;
  readonly planePixels: number;
  /** Where the first window begins in x, in bytes. */
  readonly offset: number;
  /** The fields of kernels/padding.ts. */
  readonly padding: readonly Field[];
}

/** Bytes of a row of windows' input: all that its first row reads. */
export function rowBytes(windows: Windows, planes: number): number {
  const { x, columns, stride } = windows;
  const width = Math.max(x.width, columns * stride[1]);
  return planes * width * bytesOfPixel(windows);
}

/** `chunk` rows of windows at a time; a copy has room for `held` planes and is made of `step` or a multiple of it. */
export function readingOf(
  windows: Windows,
  chunk: number,
  { held, step }: { readonly held: number; readonly step: number },
  context: Context,
): Reading {
  const { x, origin, stride, taps, rows, columns } = windows;
  const lastRow = Math.max(0, ...taps.map(({ row }) => row));
  const lastColumn = Math.max(0, ...taps.map(({ column }) => column));
  const height = (rows - 1) * stride[0] + lastRow + 1;
  const width = (columns - 1) * stride[1] + lastColumn + 1;
  const [top, left] = [-origin[0], -origin[1]];
  const pixelBytes = bytesOfPixel(windows);
  if (top <= 0 && left <= 0 && height - top <= x.height && width - left <= x.width)
    return {
      pixelBytes,
      rowPixels: x.width,
      planePixels: x.height * x.width,
      offset: (origin[0] * x.width + origin[1]) * pixelBytes,
      padding: [0],
    };
  const chunkHeight = (chunk - 1) * stride[0] + lastRow + 1;
  const planePixels = chunkHeight * width;
  // It is filled in vectors, the last of which may end behind the last row.
  const bytes = held * planePixels * pixelBytes + 64;
  const memory = context.scratch(bytes * context.threads);
  const planeBytes = planePixels * pixelBytes;
  const ofX = [x.height, x.width, top, left, chunk * stride[0]];
  return {
    pixelBytes,
    rowPixels: width,
    planePixels,
    offset: 0,
    padding: [memory, bytes, planeBytes, chunkHeight, width, pixelBytes, step, ...ofX],
  };
}

/** Into how many pieces work is cut further so that `items` times as many are even shares. */
export function piecesFor(items: number, threads: number): number {
  if (items >= 8 * threads) return 1;
  let pieces = 1;
  while ((items * pieces) % threads !== 0) pieces++;
  return pieces;
}

function bytesOfPixel({ x }: Windows): number {
  return x.layout === "blocked" ? 32 : 4;
}

/** Rows of numbers that kernels look up. */
export function table<Row>(
  rows: readonly Row[],
  numbers: (row: Row) => readonly number[],
  context: Context,
): Place {
  return context.data(Int32Array.from(rows.flatMap(numbers)));
}
