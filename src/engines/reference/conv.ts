import { nchw, type Shape } from "../../ir/type.ts";
import type { ConvAttrs } from "../../ops/conv.ts";
import type { Activation } from "../../ops/fused.ts";
import type { Kernel } from "../engine.ts";
import type { Context, Step } from "./context.ts";

// y[n,k,oy,ox] = sum over c, ky, kx of weight[k,c,ky,kx] x[n,c, oy stride - padding + ky dilation, ox ...]
//
// All three loop nests keep a tap of the kernel fixed and walk along a row of the image, so that the innermost loop
// has no condition: `Taps` says beforehand which stretch of the row the tap reaches without touching padding.

/** One axis of a convolution. Tap t of output position p reads input position `p * stride + offset[t]`. */
interface Taps {
  readonly input: number;
  readonly output: number;
  readonly count: number;
  readonly stride: number;
  readonly offset: Int32Array;
  /** The positions p at which tap t lies inside the input: `first[t] <= p < end[t]`. */
  readonly first: Int32Array;
  readonly end: Int32Array;
}

export interface ConvGeometry {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly rows: Taps;
  readonly columns: Taps;
}

export const conv2d: Kernel<"conv2d", Context, Step> = ({ inputs: [x, weight], results: [y], attrs }, at) => {
  const geometry = convGeometry(x.type.shape, weight.type.shape, y.type.shape, attrs);
  return convolve(geometry, at.f32(x), at.f32(weight), undefined, "none", at.f32(y));
};

export const conv2dInputGrad: Kernel<"conv2dInputGrad", Context, Step> = (node, at) => {
  const [dy, weight] = node.inputs;
  const [dx] = node.results;
  const geometry = convGeometry(dx.type.shape, weight.type.shape, dy.type.shape, node.attrs);
  return convolveBack(geometry, at.f32(dy), at.f32(weight), at.f32(dx));
};

export const conv2dWeightGrad: Kernel<"conv2dWeightGrad", Context, Step> = (node, at) => {
  const [x, dy] = node.inputs;
  const [dw] = node.results;
  const geometry = convGeometry(x.type.shape, dw.type.shape, dy.type.shape, node.attrs);
  return correlate(geometry, at.f32(x), at.f32(dy), at.f32(dw));
};

export function convGeometry(x: Shape, weight: Shape, y: Shape, attrs: ConvAttrs): ConvGeometry {
  const [batch, channels, height, width] = nchw(x);
  const [filters, , kh, kw] = nchw(weight);
  const [, , rows, columns] = nchw(y);
  const { stride, padding, dilation, groups } = attrs;
  const [top, left] = padding;
  // A 1x1 kernel that reads every pixel once sees no rows: the image is one long row.
  const flat = kh * kw === 1 && rows === height && columns === width && top === 0 && left === 0;
  if (flat && stride[0] === 1 && stride[1] === 1) {
    const pixels = height * width;
    return {
      batch,
      channels,
      filters,
      groups,
      rows: taps(1, 1, 1, 1, 0, 1),
      columns: taps(pixels, pixels, 1, 1, 0, 1),
    };
  }
  return {
    batch,
    channels,
    filters,
    groups,
    rows: taps(height, rows, kh, stride[0], top, dilation[0]),
    columns: taps(width, columns, kw, stride[1], left, dilation[1]),
  };
}

function taps(
  input: number,
  output: number,
  count: number,
  stride: number,
  before: number,
  dilation: number,
): Taps {
  const offset = Int32Array.from({ length: count }, (_, tap) => tap * dilation - before);
  const first = offset.map((o) => Math.max(0, Math.ceil(-o / stride)));
  const end = offset.map((o) => Math.min(output, Math.floor((input - 1 - o) / stride) + 1));
  return { input, output, count, stride, offset, first, end };
}

/** y = activation(convolution of x + bias). */
export function convolve(
  { batch, channels, filters, groups, rows, columns }: ConvGeometry,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  activation: Activation,
  y: Float32Array,
): Step {
  const depth = channels / groups;
  const filtersPerGroup = filters / groups;
  const { input: h, output: outRows, count: kh } = rows;
  const { input: w, output: width, count: kw, stride } = columns;
  const { offset, first, end } = columns;
  const sums = new Float64Array(width);
  const least = activation === "relu" ? 0 : Number.NEGATIVE_INFINITY;
  return () => {
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < filters; k++) {
        const image = (n * channels + Math.floor(k / filtersPerGroup) * depth) * h * w;
        for (let oy = 0; oy < outRows; oy++) {
          sums.fill(bias?.[k] ?? 0);
          for (let c = 0; c < depth; c++) {
            for (let ky = 0; ky < kh; ky++) {
              const iy = oy * rows.stride + (rows.offset[ky] ?? 0);
              if (iy < 0 || iy >= h) continue;
              const xRow = image + (c * h + iy) * w;
              const filterRow = ((k * depth + c) * kh + ky) * kw;
              for (let kx = 0; kx < kw; kx++) {
                const factor = weight[filterRow + kx] ?? 0;
                const start = first[kx] ?? 0;
                const stop = end[kx] ?? 0;
                let ix = xRow + start * stride + (offset[kx] ?? 0);
                for (let ox = start; ox < stop; ox++) {
                  sums[ox] = (sums[ox] ?? 0) + factor * (x[ix] ?? 0);
                  ix += stride;
                }
              }
            }
          }
          const yRow = ((n * filters + k) * outRows + oy) * width;
          for (let ox = 0; ox < width; ox++) {
            const sum = sums[ox] ?? 0;
            y[yRow + ox] = Math.max(sum, least);
          }
        }
      }
    }
  };
}

/** dx: every dy flows back along the taps that made it. */
function convolveBack(
  { batch, channels, filters, groups, rows, columns }: ConvGeometry,
  dy: Float32Array,
  weight: Float32Array,
  dx: Float32Array,
): Step {
  const depth = channels / groups;
  const filtersPerGroup = filters / groups;
  const { input: h, output: outRows, count: kh } = rows;
  const { input: w, output: width, count: kw, stride } = columns;
  const { offset, first, end } = columns;
  const sums = new Float64Array(w);
  return () => {
    for (let n = 0; n < batch; n++) {
      for (let channel = 0; channel < channels; channel++) {
        const c = channel % depth;
        const firstFilter = ((channel - c) / depth) * filtersPerGroup;
        for (let iy = 0; iy < h; iy++) {
          sums.fill(0);
          for (let k = firstFilter; k < firstFilter + filtersPerGroup; k++) {
            for (let ky = 0; ky < kh; ky++) {
              const oy = (iy - (rows.offset[ky] ?? 0)) / rows.stride;
              if (oy < 0 || oy >= outRows || !Number.isInteger(oy)) continue;
              const dyRow = ((n * filters + k) * outRows + oy) * width;
              const filterRow = ((k * depth + c) * kh + ky) * kw;
              for (let kx = 0; kx < kw; kx++) {
                const factor = weight[filterRow + kx] ?? 0;
                const start = first[kx] ?? 0;
                const stop = end[kx] ?? 0;
                let ix = start * stride + (offset[kx] ?? 0);
                for (let ox = start; ox < stop; ox++) {
                  sums[ix] = (sums[ix] ?? 0) + factor * (dy[dyRow + ox] ?? 0);
                  ix += stride;
                }
              }
            }
          }
          dx.set(sums, ((n * channels + channel) * h + iy) * w);
        }
      }
    }
  };
}

/** dw: for every tap, the products of what it read and the dy it went into. */
export function correlate(
  { batch, channels, filters, groups, rows, columns }: ConvGeometry,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
): Step {
  const depth = channels / groups;
  const filtersPerGroup = filters / groups;
  const { input: h, output: outRows, count: kh } = rows;
  const { input: w, output: width, count: kw, stride } = columns;
  return () => {
    let at = 0;
    for (let k = 0; k < filters; k++) {
      const firstChannel = Math.floor(k / filtersPerGroup) * depth;
      for (let c = firstChannel; c < firstChannel + depth; c++) {
        for (let ky = 0; ky < kh; ky++) {
          const firstRow = rows.first[ky] ?? 0;
          const endRow = rows.end[ky] ?? 0;
          for (let kx = 0; kx < kw; kx++) {
            const start = columns.first[kx] ?? 0;
            const stop = columns.end[kx] ?? 0;
            let sum = 0;
            for (let n = 0; n < batch; n++) {
              for (let oy = firstRow; oy < endRow; oy++) {
                const iy = oy * rows.stride + (rows.offset[ky] ?? 0);
                const dyRow = ((n * filters + k) * outRows + oy) * width;
                let ix = ((n * channels + c) * h + iy) * w + start * stride + (columns.offset[kx] ?? 0);
                for (let ox = start; ox < stop; ox++) {
                  sum += (x[ix] ?? 0) * (dy[dyRow + ox] ?? 0);
                  ix += stride;
                }
              }
            }
            dw[at++] = sum;
          }
        }
      }
    }
  };
}
