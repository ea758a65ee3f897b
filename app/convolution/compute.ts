import { type Axis, start } from "./geometry.ts";

/** A picture, or what becomes of it: `[channels, height, width]`, row by row. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** What happens to the numbers in a window. */
export type Operation =
  | {
      readonly kind: "convolution";
      /** `[channels, kernel, kernel]` */
      readonly weight: Float32Array;
      readonly bias: number;
      readonly relu: boolean;
    }
  | { readonly kind: "max" }
  | { readonly kind: "average"; readonly countPadding: boolean };

/** One number a window for a convolution, which sums over channels; one a window and channel for a pooling. */
export function apply(x: Planes, operation: Operation, rows: Axis, columns: Axis): Planes {
  const channels = operation.kind === "convolution" ? 1 : x.channels;
  const data = new Float32Array(channels * rows.count * columns.count);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < rows.count; row++)
      for (let column = 0; column < columns.count; column++)
        data[at++] = element(x, operation, rows, columns, channel, row, column);
  return { channels, height: rows.count, width: columns.count, data };
}

function element(
  x: Planes,
  operation: Operation,
  rows: Axis,
  columns: Axis,
  channel: number,
  row: number,
  column: number,
): number {
  switch (operation.kind) {
    case "convolution":
      return dot(x, operation, rows, columns, row, column);
    case "max":
      return largest(x, rows, columns, channel, row, column);
    case "average": {
      const divisor = divisorAt(rows, row, operation) * divisorAt(columns, column, operation);
      return total(x, rows, columns, channel, row, column) / divisor;
    }
  }
}

// Sums in double precision, from the bias on, channel by channel and row by row: to the last bit what the library's
// reference engine gives.
function dot(
  { channels, height, width, data }: Planes,
  { weight, bias, relu }: Operation & { kind: "convolution" },
  rows: Axis,
  columns: Axis,
  row: number,
  column: number,
): number {
  const left = start(columns, column);
  let sum = Math.fround(bias);
  let tap = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let ky = 0; ky < rows.kernel; ky++) {
      const y = start(rows, row) + ky * rows.dilation;
      const inside = y >= 0 && y < height;
      const line = (channel * height + y) * width;
      for (let kx = 0; kx < columns.kernel; kx++, tap++) {
        const x = left + kx * columns.dilation;
        if (inside && x >= 0 && x < width) sum += (weight[tap] ?? 0) * (data[line + x] ?? 0);
      }
    }
  }
  return relu ? Math.max(sum, 0) : sum;
}

function largest(x: Planes, rows: Axis, columns: Axis, channel: number, row: number, column: number): number {
  let most = Number.NEGATIVE_INFINITY;
  const top = start(rows, row);
  const left = start(columns, column);
  for (let y = Math.max(0, top); y < Math.min(x.height, top + rows.kernel); y++) {
    const line = (channel * x.height + y) * x.width;
    for (let at = Math.max(0, left); at < Math.min(x.width, left + columns.kernel); at++) {
      const value = x.data[line + at] ?? 0;
      // The first of equals: 0 and -0 are.
      if (value > most) most = value;
    }
  }
  return most;
}

function total(x: Planes, rows: Axis, columns: Axis, channel: number, row: number, column: number): number {
  let sum = 0;
  const top = start(rows, row);
  const left = start(columns, column);
  for (let y = Math.max(0, top); y < Math.min(x.height, top + rows.kernel); y++) {
    const line = (channel * x.height + y) * x.width;
    for (let at = Math.max(0, left); at < Math.min(x.width, left + columns.kernel); at++)
      sum += x.data[line + at] ?? 0;
  }
  return sum;
}

/** How many positions of a window an average counts along one axis: never what lies beyond the padding. */
export function divisorAt(
  axis: Axis,
  index: number,
  { countPadding }: { readonly countPadding: boolean },
): number {
  const first = start(axis, index);
  const end = axis.extent + (countPadding ? axis.after : 0);
  return Math.min(end, first + axis.kernel) - (countPadding ? first : Math.max(0, first));
}

/** One position of a window over one channel. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  /** 0 in the padding. */
  readonly value: number;
  readonly place: "picture" | "padding" | "beyond";
}

/** What a window reads from one channel, row by row. */
export function tapsAt(
  x: Planes,
  channel: number,
  rows: Axis,
  columns: Axis,
  row: number,
  column: number,
): readonly Tap[] {
  return Array.from({ length: rows.kernel * columns.kernel }, (_, index) => {
    const tap = {
      row: start(rows, row) + Math.floor(index / columns.kernel) * rows.dilation,
      column: start(columns, column) + (index % columns.kernel) * columns.dilation,
    };
    const place = placeOf(tap.row, tap.column, rows, columns);
    const value =
      place === "picture" ? (x.data[(channel * x.height + tap.row) * x.width + tap.column] ?? 0) : 0;
    return { ...tap, value, place };
  });
}

/** What is at a position of the padded picture. */
export function placeOf(row: number, column: number, rows: Axis, columns: Axis): Tap["place"] {
  if (row >= rows.extent + rows.after || column >= columns.extent + columns.after) return "beyond";
  return row >= 0 && row < rows.extent && column >= 0 && column < columns.extent ? "picture" : "padding";
}

/** The place of the first largest tap that is in the picture, as `maxPool2d` takes it. */
export function winner(taps: readonly Tap[]): number {
  return taps.reduce((best, tap, index) => {
    if (tap.place !== "picture") return best;
    return best < 0 || tap.value > (taps[best]?.value ?? 0) ? index : best;
  }, -1);
}
