// Sums over windows whose weights are products of one for the row and one for the column: means, bilinear
// interpolation, and the gradients of both.

import { address, field, madd, share } from "./record";

/**
 * y[i][j] = sum over r, c of rows[i][r] columns[j][c] x[r][c], of blocks of eight channels: first the rows of a window
 * into one line, then that line's columns. Each position has an entry in its axis' table: the first row or column that
 * it reads, the one behind the last, and a weight for each; entries are equally long.
 *
 * Fields: x, y, a line of x for each thread, rows' table, columns' table, planes, rows and columns of x, rows and columns
 * of y, and bytes of an entry of either table.
 */
export function weightedWindows(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const rows = address(record, 3);
  const columns = address(record, 4);
  const h = field(record, 6);
  const lineBytes = address(record, 7) << 5;
  const height = field(record, 8);
  const width = field(record, 9);
  const rowEntry = address(record, 10);
  const columnEntry = address(record, 11);
  const line = address(record, 2) + <usize>thread * lineBytes;
  const count = field(record, 5) * height;
  const end = share(count, thread + 1, threads);
  for (let index = share(count, thread, threads); index < end; index++) {
    const row = rows + <usize>(index % height) * rowEntry;
    const first = load<i32>(row, 0);
    const source = x + <usize>((index / height) * h + first) * lineBytes;
    for (let i: usize = 0; i < lineBytes; i += 32)
      weightedSum(source + i, lineBytes, load<i32>(row, 4) - first, row + 8, line + i);
    const target = y + ((<usize>index * width) << 5);
    for (let j: usize = 0; j < <usize>width; j++) {
      const column = columns + j * columnEntry;
      const from = load<i32>(column, 0);
      weightedSum(
        line + ((<usize>from) << 5),
        32,
        load<i32>(column, 4) - from,
        column + 8,
        target + (j << 5),
      );
    }
  }
}

/** The sum of `count` pixels, `pitch` apart, each with its weight. @inline */
function weightedSum(from: usize, pitch: usize, count: i32, weights: usize, to: usize): void {
  let low = f32x4.splat(0);
  let high = low;
  let pixel = from;
  const end = weights + ((<usize>count) << 2);
  for (let at = weights; at < end; at += 4) {
    const weight = v128.load32_splat(at);
    low = madd(weight, v128.load(pixel, 0), low);
    high = madd(weight, v128.load(pixel, 16), high);
    pixel += pitch;
  }
  v128.store(to, low, 0);
  v128.store(to, high, 16);
}
