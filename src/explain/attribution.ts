import { size } from "../ir/type.ts";

/** How much each number of a picture, or each place of it, counts for the score of the class `target`. */
export interface Attribution {
  /** `[c, h, w]` as the picture, or `[h, w]`. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly target: number;
}

/** What every method takes. */
export interface TargetOptions {
  /** The class to explain. Default: the one that the network prefers. */
  readonly target?: number;
}

/** A map `[h, w]` of an attribution `[c, h, w]`: the largest magnitude, or the sum, over the channels. */
export function overChannels(
  { shape, data, target }: Attribution,
  by: "largest" | "sum" = "largest",
): Attribution {
  if (shape.length === 2) return { shape, data, target };
  const extents = shape.slice(-2);
  const area = size(extents);
  const map = new Float32Array(area);
  data.forEach((value, index) => {
    const at = index % area;
    const before = map[at] ?? 0;
    map[at] = by === "sum" ? before + value : Math.max(before, Math.abs(value));
  });
  return { shape: extents, data: map, target };
}

/** A map `[h, w]` at `height` x `width`, by bilinear interpolation between pixel centres. */
export function resizeMap(
  { shape, data, target }: Attribution,
  [height, width]: readonly [number, number],
): Attribution {
  const [h = 1, w = 1] = shape;
  const rows = Array.from({ length: height }, (_, row) => mixOf(row, height, h));
  const columns = Array.from({ length: width }, (_, column) => mixOf(column, width, w));
  const resized = new Float32Array(height * width);
  const at = (row: number, column: number) => data[row * w + column] ?? 0;
  rows.forEach(({ first: top, next: bottom, share: down }, row) => {
    columns.forEach(({ first: left, next: right, share: across }, column) => {
      const upper = at(top, left) * (1 - across) + at(top, right) * across;
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
      resized[row * width + column] = upper * (1 - down) + lower * down;
    });
  });
  return { shape: [height, width], data: resized, target };
}

/** Between which two of `from` places `place` of `to` lies, and how near to the second. */
function mixOf(place: number, to: number, from: number): { first: number; next: number; share: number } {
  const at = Math.min(from - 1, Math.max(0, ((place + 0.5) * from) / to - 0.5));
  const first = Math.floor(at);
  return { first, next: Math.min(from - 1, first + 1), share: at - first };
}
