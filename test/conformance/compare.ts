import { expect } from "vitest";
import type { Arrays } from "../../src/engines/engine.ts";
import type { TypedArray } from "../../src/ir/type.ts";

/** Every array of `actual` against its namesake, with an error of at most `tolerance` times its largest element. */
export function expectClose(actual: Arrays, expected: Arrays, tolerance: number): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, array] of Object.entries(expected)) {
    const given = actual[name];
    expect(given?.constructor, name).toBe(array.constructor);
    expect(given?.length, name).toBe(array.length);
    if (given) expect(farthest(given, array, tolerance * largest(array)), name).toBe("");
  }
}

/** A deep copy, for arrays that the next run overwrites. */
export function copied(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}

export function largest(array: TypedArray): number {
  let most = 0;
  for (const element of array) if (Number.isFinite(element)) most = Math.max(most, Math.abs(element));
  return most;
}

/** Says which elements are too far apart, the worst first; nothing when there are none. */
function farthest(actual: TypedArray, expected: TypedArray, allowed: number): string {
  let count = 0;
  let worst = -1;
  let where = 0;
  expected.forEach((element, i) => {
    const given = actual[i];
    if (given === undefined || Object.is(given, element) || given === element) return;
    const error = Math.abs(given - element);
    if (error <= allowed) return;
    count += 1;
    if (Number.isNaN(error) ? worst < Number.POSITIVE_INFINITY : error > worst) {
      worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
      where = i;
    }
  });
  if (count === 0) return "";
  return `${count} of ${expected.length} differ by more than ${allowed}; [${where}] is ${actual[where]}, not ${expected[where]}`;
}
