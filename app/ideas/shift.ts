import { type Addressing, wholeWithin } from "./query.ts";

/** How far a digit is moved, in pixels: to the right and down. */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** The farthest that a digit is moved either way. */
export const farthest = 10;
/** The nearest step along an axis that can be taken. */
export function withinReach(steps: number): number {
  return Math.max(-farthest, Math.min(farthest, steps));
}

/** Every step that can be taken along an axis: -10 to 10. */
export const steps: readonly number[] = Array.from({ length: 2 * farthest + 1 }, (_, i) => i - farthest);
/** Digits that the maps are averaged over: the first few of each class. */
export const perClass = 5;
export const sampleCount: number = 10 * perClass;

/** What the address says: `digit=35&dx=3&dy=-2`. */
export interface Placement extends Shift {
  /** Which of the digits that the maps are averaged over. */
  readonly digit: number;
}

export const placementAddressing: Addressing<Placement> = {
  parse: (query) => ({
    digit: wholeWithin(query.get("digit"), [0, sampleCount - 1], 7 * perClass),
    dx: wholeWithin(query.get("dx"), [-farthest, farthest], 0),
    dy: wholeWithin(query.get("dy"), [-farthest, farthest], 0),
  }),
  format: ({ digit, dx, dy }) => ({ digit: `${digit}`, dx: `${dx}`, dy: `${dy}` }),
};

/** A square picture moved; what leaves it is lost, and `background` comes in. */
export function moved<T extends Uint8Array | Float32Array>(picture: T, { dx, dy }: Shift, background = 0): T {
  const side = Math.sqrt(picture.length);
  const right = Math.max(-side, Math.min(side, dx));
  // The same kind of array as was given.
  const result = picture.slice().fill(background) as T;
  for (let y = Math.max(0, dy); y < Math.min(side, side + dy); y++) {
    const from = (y - dy) * side;
    const row = picture.subarray(from + Math.max(0, -right), from + Math.min(side, side - right));
    result.set(row, y * side + Math.max(0, right));
  }
  return result;
}

/** The places of the first `perClass` digits of each class, by class. */
export function samples(labels: ArrayLike<number>): readonly number[] {
  const all = Array.from(labels, (label, index) => ({ label, index }));
  return Array.from({ length: 10 }, (_, digit) =>
    all
      .filter(({ label }) => label === digit)
      .slice(0, perClass)
      .map(({ index }) => index),
  ).flat();
}

/** How two sets of values agree. */
export interface Agreement {
  /** Pearson's: 1 for the same up to scale, 0 for nothing in common. NaN where one of them does not vary. */
  readonly correlation: number;
  readonly largestDifference: number;
}

export function agreement(a: Float32Array, b: Float32Array): Agreement {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB, largestDifference] = [0, 0, 0, 0];
  a.forEach((value, index) => {
    const other = b[index] ?? 0;
    both += (value - meanA) * (other - meanB);
    squaresA += (value - meanA) ** 2;
    squaresB += (other - meanB) ** 2;
    largestDifference = Math.max(largestDifference, Math.abs(value - other));
  });
  return { correlation: both / Math.sqrt(squaresA * squaresB), largestDifference };
}

/**
 * How the maps of a moved picture, moved back, agree with those of the picture itself. Both `[maps, side, side]`. Left
 * out are places that read over an edge: within `margin` of one, before or after.
 */
export function agreementOfMaps(
  before: Float32Array,
  after: Float32Array,
  { maps, margin, dx, dy }: Shift & { readonly maps: number; readonly margin: number },
): Agreement {
  const side = Math.sqrt(before.length / maps);
  const inside = (at: number) => at >= margin && at < side - margin;
  const kept: (readonly [from: number, to: number])[] = [];
  for (let map = 0; map < maps; map++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        if (inside(y) && inside(x) && inside(y + dy) && inside(x + dx))
          kept.push([(map * side + y) * side + x, (map * side + y + dy) * side + x + dx]);
  return agreement(
    Float32Array.from(kept, ([from]) => before[from] ?? 0),
    Float32Array.from(kept, ([, to]) => after[to] ?? 0),
  );
}

/** Means over the cells of a map `[dy, dx]` that lie `distance` away along the farther axis. */
export function ringMean(map: ArrayLike<number>, distance: number): number {
  const ring = Array.from(map).filter((_, index) => {
    const dx = steps[index % steps.length] ?? 0;
    const dy = steps[Math.floor(index / steps.length)] ?? 0;
    return Math.max(Math.abs(dx), Math.abs(dy)) === distance;
  });
  return ring.reduce((sum, value) => sum + value, 0) / ring.length;
}
