import { nchw, type Shape } from "../../ir/type.ts";
import type { PoolAttrs } from "../../ops/pool.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

/** A window along one axis: the taps `first` to `end` - 1 lie inside the input, tap 0 would be at `start`. */
interface Window {
  readonly start: number;
  readonly first: number;
  readonly end: number;
  /** The taps that count with padding: what `ceil` adds beyond the padding does not. */
  readonly padded: number;
}

/** In each window the first largest element, or the last that is not a number (PyTorch's rule). */
export const maxPool2d: Kernel<"maxPool2d", Context, Step> = ({ inputs: [x], results, attrs }, context) => {
  const [y, indices] = results;
  const [n, c, h, w] = nchw(x.type.shape);
  const { rows, columns } = windows(x.type.shape, y.type.shape, attrs);
  const [, kw] = attrs.kernel;
  const from = context.f32(x);
  const to = context.f32(y);
  const places = context.u8(indices);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      for (const row of rows) {
        for (const column of columns) {
          let largest = Number.NEGATIVE_INFINITY;
          let place = row.first * kw + column.first;
          for (let ky = row.first; ky < row.end; ky++) {
            const start = (plane * h + row.start + ky) * w + column.start;
            for (let kx = column.first; kx < column.end; kx++) {
              const element = from[start + kx] ?? 0;
              if (element > largest || Number.isNaN(element)) {
                largest = element;
                place = ky * kw + kx;
              }
            }
          }
          to[at] = largest;
          places[at++] = place;
        }
      }
    }
  };
};

export const maxPool2dInputGrad: Kernel<"maxPool2dInputGrad", Context, Step> = (node, context) => {
  const [dy, indices] = node.inputs;
  const [dx] = node.results;
  const [n, c, h, w] = nchw(dx.type.shape);
  const { rows, columns } = windows(dx.type.shape, dy.type.shape, node.attrs);
  const [, kw] = node.attrs.kernel;
  const from = context.f32(dy);
  const places = context.u8(indices);
  const to = context.f32(dx);
  const sums = new Float64Array(h * w);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      sums.fill(0);
      for (const row of rows) {
        for (const column of columns) {
          const place = places[at] ?? 0;
          const kx = place % kw;
          const pixel = (row.start + (place - kx) / kw) * w + column.start + kx;
          sums[pixel] = (sums[pixel] ?? 0) + (from[at++] ?? 0);
        }
      }
      to.set(sums, plane * h * w);
    }
  };
};

export const avgPool2d: Kernel<"avgPool2d", Context, Step> = ({ inputs: [x], results, attrs }, context) => {
  const [y] = results;
  const [n, c, h, w] = nchw(x.type.shape);
  const { rows, columns } = windows(x.type.shape, y.type.shape, attrs);
  const from = context.f32(x);
  const to = context.f32(y);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      for (const row of rows) {
        for (const column of columns) {
          let sum = 0;
          for (let ky = row.first; ky < row.end; ky++) {
            const start = (plane * h + row.start + ky) * w + column.start;
            for (let kx = column.first; kx < column.end; kx++) sum += from[start + kx] ?? 0;
          }
          to[at++] = sum / divisor(row, column, attrs.countPadding);
        }
      }
    }
  };
};

export const avgPool2dInputGrad: Kernel<"avgPool2dInputGrad", Context, Step> = (node, context) => {
  const [dy] = node.inputs;
  const [dx] = node.results;
  const [n, c, h, w] = nchw(dx.type.shape);
  const { rows, columns } = windows(dx.type.shape, dy.type.shape, node.attrs);
  const from = context.f32(dy);
  const to = context.f32(dx);
  const sums = new Float64Array(h * w);
  return () => {
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      sums.fill(0);
      for (const row of rows) {
        for (const column of columns) {
          const share = (from[at++] ?? 0) / divisor(row, column, node.attrs.countPadding);
          for (let ky = row.first; ky < row.end; ky++) {
            const start = (row.start + ky) * w + column.start;
            for (let kx = column.first; kx < column.end; kx++)
              sums[start + kx] = (sums[start + kx] ?? 0) + share;
          }
        }
      }
      to.set(sums, plane * h * w);
    }
  };
};

function divisor(row: Window, column: Window, countPadding: boolean): number {
  if (countPadding) return row.padded * column.padded;
  return (row.end - row.first) * (column.end - column.first);
}

function windows(
  x: Shape,
  y: Shape,
  attrs: PoolAttrs,
): { rows: readonly Window[]; columns: readonly Window[] } {
  const [, , h, w] = nchw(x);
  const [, , rows, columns] = nchw(y);
  const { kernel, stride, padding } = attrs;
  const [top, left, bottom, right] = padding;
  return {
    rows: axisWindows(h, rows, kernel[0], stride[0], top, bottom),
    columns: axisWindows(w, columns, kernel[1], stride[1], left, right),
  };
}

function axisWindows(
  extent: number,
  count: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
): readonly Window[] {
  return Array.from({ length: count }, (_, position) => {
    const start = position * stride - before;
    return {
      start,
      first: Math.max(0, -start),
      end: Math.min(kernel, extent - start),
      padded: Math.min(kernel, extent + after - start),
    };
  });
}
