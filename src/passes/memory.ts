import { invariant } from "../ir/errors.ts";

/** Memory something needs from step `first` to step `last`, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each lifetime lies in one arena. */
export interface Plan {
  /** A byte offset for each lifetime, in their order. */
  readonly offsets: readonly number[];
  /** The arena's size. */
  readonly bytes: number;
}

/**
 * Gives every lifetime a place such that no two that are alive at the same step overlap: largest first, each into
 * the smallest gap between its contemporaries that holds it. Offsets are multiples of `alignment`.
 */
export function planMemory(lifetimes: readonly Lifetime[], alignment = 64): Plan {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: (Lifetime & { readonly start: number; readonly end: number })[] = [];
  const bySize = lifetimes
    .map((lifetime, index) => ({ ...lifetime, index }))
    .sort((a, b) => b.bytes - a.bytes);
  let total = 0;
  for (const { index, bytes, first, last } of bySize) {
    invariant(first <= last, "a lifetime ends before it begins");
    const length = Math.ceil(bytes / alignment) * alignment;
    const contemporaries = placed
      .filter((other) => other.first <= last && first <= other.last)
      .sort((a, b) => a.start - b.start);
    let start = -1;
    let smallest = Number.POSITIVE_INFINITY;
    let free = 0;
    for (const other of contemporaries) {
      const gap = other.start - free;
      if (gap >= length && gap < smallest) {
        smallest = gap;
        start = free;
      }
      free = Math.max(free, other.end);
    }
    if (start < 0) start = free;
    offsets[index] = start;
    placed.push({ bytes, first, last, start, end: start + length });
    total = Math.max(total, start + length);
  }
  return { offsets, bytes: total };
}
