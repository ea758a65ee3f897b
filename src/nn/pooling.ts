import type { Value } from "../ir/graph.ts";
import { adaptiveAvgPool2d } from "../ops/adaptivePool.ts";
import { avgPool2d, maxPool2d, type PoolAttrs } from "../ops/pool.ts";
import { resize2d } from "../ops/resize.ts";
import type { Layer } from "./module.ts";
import { type Padding, type Pair, pair, sides } from "./window.ts";

export interface PoolOptions {
  /** Default: the kernel, so that windows do not overlap. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Padding;
  /** Rounds the number of windows up. Default false. */
  readonly ceil?: boolean;
}

/** The largest element of each window. x `[n, c, h, w]` -> `[n, c, h', w']`. */
export function maxPooling(kernel: Pair, options: PoolOptions = {}): Layer {
  return (x) => maxPool2d(x, poolAttrs(x, kernel, options))[0];
}

/** The mean of each window; `countPadding` (default true, as in PyTorch) lets padding count in the divisor. */
export function avgPooling(
  kernel: Pair,
  options: PoolOptions & { readonly countPadding?: boolean } = {},
): Layer {
  const { countPadding = true } = options;
  return (x) => avgPool2d(x, { ...poolAttrs(x, kernel, options), countPadding });
}

/** The mean of each whole map. x `[n, c, h, w]` -> `[n, c, 1, 1]`. */
export function globalAvgPooling(x: Value): Value {
  const [, , h = 1, w = 1] = x.type.shape;
  return avgPool2d(x, { ...poolAttrs(x, [h, w], {}), countPadding: true });
}

/**
 * The means of `height` x `width` windows that share the map out, whatever its size; see `adaptiveAvgPool2d`.
 * Where they do not overlap it is plain pooling, and where they are pixels the identity.
 */
export function adaptiveAvgPooling(height: number, width: number): (x: Value) => Value {
  return (x) => {
    const [, , h = 1, w = 1] = x.type.shape;
    if (h === height && w === width) return x;
    if (h % height !== 0 || w % width !== 0) return adaptiveAvgPool2d(x, { height, width });
    return avgPool2d(x, { ...poolAttrs(x, [h / height, w / width], {}), countPadding: true });
  };
}

/** Bilinear interpolation to `height` x `width`; the identity when x has that size already. */
export function resizing(height: number, width: number): (x: Value) => Value {
  return (x) => {
    const [, , h, w] = x.type.shape;
    return h === height && w === width ? x : resize2d(x, { height, width });
  };
}

function poolAttrs(x: Value, size: Pair, options: PoolOptions): PoolAttrs {
  const { padding = 0, ceil = false } = options;
  const kernel = pair(size);
  const stride = pair(options.stride ?? size);
  return { kernel, stride, padding: sides(padding, x, kernel, stride), ceil };
}
