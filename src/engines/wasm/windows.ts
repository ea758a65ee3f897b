import type { Value } from "../../ir/graph.ts";
import { nchw } from "../../ir/type.ts";
import { blocksOf } from "./draft.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/** What a position of a result reads along one axis: positions from `first` on, each with a weight. */
export interface WeightedWindow {
  readonly first: number;
  readonly weights: readonly number[];
}

/** What the windows of a value's result read along its two axes. */
export interface Windows {
  readonly rows: readonly WeightedWindow[];
  readonly columns: readonly WeightedWindow[];
}

/** The windows of the gradient: what each of `extent` positions that `windows` read goes into. */
export function transposed(windows: readonly WeightedWindow[], extent: number): WeightedWindow[] {
  return Array.from({ length: extent }, (_, position) => {
    const reads = ({ first, weights }: WeightedWindow) =>
      position >= first && position < first + weights.length;
    const first = Math.max(0, windows.findIndex(reads));
    // Windows follow each other, so that those which read a position do too.
    const readers = windows.slice(first, windows.findLastIndex(reads) + 1);
    return { first, weights: readers.map((window) => window.weights[position - window.first] ?? 0) };
  });
}

/** Emits y = the sums over windows of x, both of rank 4 and blocked. */
export function sumWindows(
  context: Context,
  x: Value,
  y: Value,
  windows: Windows,
  from: Place = context.blocked(x),
): void {
  const [n, c, h, w] = nchw(x.type.shape);
  const [, , height, width] = nchw(y.type.shape);
  const to = context.define(y, "blocked");
  const line = context.scratch(context.threads * w * 32);
  const [rows, rowEntry] = table(context, windows.rows);
  const [columns, columnEntry] = table(context, windows.columns);
  const planes = n * blocksOf(c);
  const fields = [from, to, line, rows, columns, planes, h, w, height, width, rowEntry, columnEntry];
  context.step("weightedWindows", fields);
}

/** An axis' windows as the kernel reads them, and the bytes of an entry. */
function table(context: Context, windows: readonly WeightedWindow[]): [Place, number] {
  const entry = 2 + Math.max(...windows.map(({ weights }) => weights.length));
  const numbers = new Int32Array(entry * windows.length);
  const floats = new Float32Array(numbers.buffer);
  for (const [position, { first, weights }] of windows.entries()) {
    numbers.set([first, first + weights.length], position * entry);
    floats.set(weights, position * entry + 2);
  }
  return [context.data(numbers), 4 * entry];
}
