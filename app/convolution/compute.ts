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
  const y = { channels, height: rows.count, width: columns.count, data };
  if (operation.kind === "convolution") convolve(x, operation, rows, columns, data);
  else pool(x, operation, rows, columns, data);
  return y;
}

// Sums in double precision, from the bias on, channel by channel and row by row: to the last bit what the library's
// reference engine gives. A row of results grows tap by tap, so that the innermost loop has no condition.
function convolve(
  { channels, height, width, data }: Planes,
  { weight, bias, relu }: Operation & { kind: "convolution" },
  rows: Axis,
  columns: Axis,
  y: Float32Array,
): void {
  const sums = new Float64Array(columns.count);
  for (let row = 0; row < rows.count; row++) {
    sums.fill(Math.fround(bias));
    for (let channel = 0; channel < channels; channel++)
      for (let ky = 0; ky < rows.kernel; ky++) {
        const from = start(rows, row) + ky * rows.dilation;
        if (from < 0 || from >= height) continue;
        const line = (channel * height + from) * width;
        for (let kx = 0; kx < columns.kernel; kx++) {
          const factor = weight[(channel * rows.kernel + ky) * columns.kernel + kx] ?? 0;
          const offset = kx * columns.dilation - columns.before;
          const first = Math.max(0, Math.ceil(-offset / columns.stride));
          const end = Math.min(columns.count, Math.floor((width - 1 - offset) / columns.stride) + 1);
          let at = line + offset + first * columns.stride;
          for (let column = first; column < end; column++, at += columns.stride)
            sums[column] = (sums[column] ?? 0) + factor * (data[at] ?? 0);
        }
      }
    for (let column = 0; column < columns.count; column++) {
      const sum = sums[column] ?? 0;
      y[row * columns.count + column] = relu ? Math.max(sum, 0) : sum;
    }
  }
}

function pool(
  x: Planes,
  operation: Exclude<Operation, { kind: "convolution" }>,
  rows: Axis,
  columns: Axis,
  y: Float32Array,
): void {
  let at = 0;
  for (let channel = 0; channel < x.channels; channel++)
    for (let row = 0; row < rows.count; row++)
      for (let column = 0; column < columns.count; column++) {
        if (operation.kind === "max") y[at++] = largest(x, rows, columns, channel, row, column);
        else {
          const divisor = divisorAt(rows, row, operation) * divisorAt(columns, column, operation);
          y[at++] = total(x, rows, columns, channel, row, column) / divisor;
        }
      }
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
