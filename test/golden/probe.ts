/** Eight elements of a tensor, and its sum and L2 norm: enough to tell a right one from a wrong one. */
export interface Probe {
  readonly at: readonly number[];
  readonly value: readonly number[];
  readonly sum: number;
  readonly l2: number;
}

/**
 * How far a tensor is from its probe: the largest of the errors of its norm, of its sum, and of the eight elements
 * (L2), each relative to the norm that it is part of. A sum that cancels is measured by the tensor's norm.
 */
export function probeError(given: ArrayLike<number>, { at, value, sum, l2 }: Probe): number {
  let squares = 0;
  let total = 0;
  for (let i = 0; i < given.length; i++) {
    const x = given[i] ?? 0;
    squares += x * x;
    total += x;
  }
  const elements = Math.hypot(...at.map((index, i) => (given[index] ?? Number.NaN) - (value[i] ?? 0)));
  const usual = l2 * Math.sqrt(at.length / given.length);
  return Math.max(
    relative(Math.abs(Math.sqrt(squares) - l2), l2),
    relative(Math.abs(total - sum), Math.max(Math.abs(sum), l2)),
    relative(elements, Math.max(Math.hypot(...value), usual)),
  );
}

/** 0 for what is as good as nothing, so that zeros can be compared. */
function relative(error: number, scale: number): number {
  return error <= 1e-12 ? 0 : error / scale;
}

export function normOf(given: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < given.length; i++) squares += (given[i] ?? 0) ** 2;
  return Math.sqrt(squares);
}
