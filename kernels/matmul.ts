// Products of matrices: c [m, n] = a [m, k] b [k, n], in tiles of 6 rows by 8 columns, 12 vectors of sums that stay in
// registers. A panel of b, 8 columns wide and at most `depth` deep, is copied next to each other first: it then lies in
// the nearest cache for all tiles.

import { address, field, madd, share, transpose } from "./record";

const depth: i32 = 256;
const panelBytes: usize = 8192;

/**
 * Fields: a, bytes from row to row of a, bytes from column to column, b, bytes from row to row of b, whether b is given
 * transposed [n, k], c, m, n, k, a bias [n] or 0, whether ReLU follows, scratch of 8192 bytes a thread.
 */
export function matmul(record: usize, thread: i32, threads: i32): void {
  const a = address(record, 0);
  const aRow = address(record, 1);
  const aStep = address(record, 2);
  const b = address(record, 3);
  const bRow = address(record, 4);
  const transposed = field(record, 5) === 1;
  const c = address(record, 6);
  const m = field(record, 7);
  const n = field(record, 8);
  const k = field(record, 9);
  const bias = address(record, 10);
  const relu = field(record, 11) === 1;
  const panel = address(record, 12) + <usize>thread * panelBytes;
  const panels = (n + 7) >> 3;
  const tiles = (m + 5) / 6;
  // Threads share the panels, or the tiles if there are more of them.
  const byPanel = panels >= tiles;
  const endPanel = byPanel ? share(panels, thread + 1, threads) : panels;
  const firstTile = byPanel ? 0 : share(tiles, thread, threads);
  const endTile = byPanel ? tiles : share(tiles, thread + 1, threads);
  for (let from = 0; from < k; from += depth) {
    const steps = min(depth, k - from);
    const last = from + steps === k;
    for (let index = byPanel ? share(panels, thread, threads) : 0; index < endPanel; index++) {
      const columns = min(8, n - (index << 3));
      if (transposed)
        gatherRows(b + ((<usize>index * bRow) << 3) + ((<usize>from) << 2), bRow, columns, steps, panel);
      else gatherColumns(b + <usize>from * bRow + ((<usize>index) << 5), bRow, steps, panel);
      const start = from > 0 ? 2 : bias !== 0 ? 1 : 0;
      for (let at = firstTile; at < endTile; at++) {
        const row = at * 6;
        tile(
          a + <usize>row * aRow + <usize>from * aStep,
          aRow,
          aStep,
          panel,
          steps,
          c + ((<usize>row * n + ((<usize>index) << 3)) << 2),
          (<usize>n) << 2,
          min(6, m - row) - 1,
          columns,
          start,
          bias + ((<usize>index) << 5),
          last && relu,
        );
      }
    }
  }
}

/** Eight columns of `steps` rows. What lies beyond the last column is multiplied too, and not stored. */
function gatherColumns(from: usize, pitch: usize, steps: i32, to: usize): void {
  for (let step = 0; step < steps; step++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += pitch;
    to += 32;
  }
}

/** Eight rows, or `rows` of them, as columns. */
function gatherRows(from: usize, pitch: usize, rows: i32, steps: i32, to: usize): void {
  const last = <usize>(rows - 1);
  const r1 = from + min<usize>(1, last) * pitch;
  const r2 = from + min<usize>(2, last) * pitch;
  const r3 = from + min<usize>(3, last) * pitch;
  const r4 = from + min<usize>(4, last) * pitch;
  const r5 = from + min<usize>(5, last) * pitch;
  const r6 = from + min<usize>(6, last) * pitch;
  const r7 = from + last * pitch;
  const end = (<usize>steps) << 2;
  // The last group may read beyond the rows; the panel has room for it.
  for (let i: usize = 0; i < end; i += 16) {
    const column = to + (i << 3);
    transpose(v128.load(from + i), v128.load(r1 + i), v128.load(r2 + i), v128.load(r3 + i), column, 32);
    transpose(v128.load(r4 + i), v128.load(r5 + i), v128.load(r6 + i), v128.load(r7 + i), column + 16, 32);
  }
}

/**
 * Six rows of sums. Where there are fewer, the last one is worked out several times over. `start`: from 0, from the
 * bias, or from what c holds of the steps before.
 */
function tile(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  steps: i32,
  c: usize,
  cRow: usize,
  last: i32,
  columns: i32,
  start: i32,
  bias: usize,
  relu: bool,
): void {
  const row1 = <usize>min(1, last);
  const row2 = <usize>min(2, last);
  const row3 = <usize>min(3, last);
  const row4 = <usize>min(4, last);
  const row5 = <usize>last;
  const a1 = a + row1 * aRow;
  const a2 = a + row2 * aRow;
  const a3 = a + row3 * aRow;
  const a4 = a + row4 * aRow;
  const a5 = a + row5 * aRow;
  const c1 = c + row1 * cRow;
  const c2 = c + row2 * cRow;
  const c3 = c + row3 * cRow;
  const c4 = c + row4 * cRow;
  const c5 = c + row5 * cRow;
  const zero = f32x4.splat(0);
  const low = start === 1 ? v128.load(bias) : zero;
  const high = start === 1 ? v128.load(bias, 16) : zero;
  const more = start === 2;
  let s00 = more ? v128.load(c) : low;
  let s01 = more ? v128.load(c, 16) : high;
  let s10 = more ? v128.load(c1) : low;
  let s11 = more ? v128.load(c1, 16) : high;
  let s20 = more ? v128.load(c2) : low;
  let s21 = more ? v128.load(c2, 16) : high;
  let s30 = more ? v128.load(c3) : low;
  let s31 = more ? v128.load(c3, 16) : high;
  let s40 = more ? v128.load(c4) : low;
  let s41 = more ? v128.load(c4, 16) : high;
  let s50 = more ? v128.load(c5) : low;
  let s51 = more ? v128.load(c5, 16) : high;
  let at: usize = 0;
  for (const end = b + ((<usize>steps) << 5); b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a + at);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a1 + at);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a2 + at);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a3 + at);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a4 + at);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    x = v128.load32_splat(a5 + at);
    s50 = madd(x, b0, s50);
    s51 = madd(x, b1, s51);
    at += aStep;
  }
  if (relu) {
    s00 = f32x4.pmax(s00, zero);
    s01 = f32x4.pmax(s01, zero);
    s10 = f32x4.pmax(s10, zero);
    s11 = f32x4.pmax(s11, zero);
    s20 = f32x4.pmax(s20, zero);
    s21 = f32x4.pmax(s21, zero);
    s30 = f32x4.pmax(s30, zero);
    s31 = f32x4.pmax(s31, zero);
    s40 = f32x4.pmax(s40, zero);
    s41 = f32x4.pmax(s41, zero);
    s50 = f32x4.pmax(s50, zero);
    s51 = f32x4.pmax(s51, zero);
  }
  keep(c, s00, s01, columns);
  keep(c1, s10, s11, columns);
  keep(c2, s20, s21, columns);
  keep(c3, s30, s31, columns);
  keep(c4, s40, s41, columns);
  keep(c5, s50, s51, columns);
}

/** Stores the first `columns` of eight numbers. */
function keep(to: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 4) {
    v128.store(to, low);
    if (columns === 8) v128.store(to, high, 16);
    else keepLanes(to + 16, high, columns - 4);
  } else keepLanes(to, low, columns);
}

/** Stores the first one to three of four numbers. */
function keepLanes(to: usize, v: v128, count: i32): void {
  if (count > 0) v128.store32_lane(to, v, 0);
  if (count > 1) v128.store32_lane(to, v, 1, 4);
  if (count > 2) v128.store32_lane(to, v, 2, 8);
}

/**
 * Full connection of so few samples that the weights are read no more than once: dot products of rows.
 * Fields: x [m, k], weight [n, k], a bias [n] or 0, y [m, n], m, n, k, whether ReLU follows.
 */
export function matvec(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const weight = address(record, 1);
  const bias = address(record, 2);
  const y = address(record, 3);
  const m = field(record, 4);
  const n = field(record, 5);
  const k = field(record, 6);
  const relu = field(record, 7) === 1;
  const pitch = (<usize>k) << 2;
  const zero = f32x4.splat(0);
  const groups = (n + 3) >> 2;
  const end = share(groups, thread + 1, threads);
  for (let group = share(groups, thread, threads); group < end; group++) {
    const first = group << 2;
    const units = min(4, n - first);
    const w = weight + <usize>first * pitch;
    const offset = bias !== 0 ? v128.load(bias + ((<usize>first) << 2)) : zero;
    for (let row = 0; row < m; row++) {
      let sum = f32x4.add(dots(x + <usize>row * pitch, w, pitch, units - 1), offset);
      if (relu) sum = f32x4.pmax(sum, zero);
      const to = y + ((<usize>(row * n + first)) << 2);
      if (units === 4) v128.store(to, sum);
      else keepLanes(to, sum, units);
    }
  }
}

/** The products of one row with four, or with the last of fewer again. */
function dots(x: usize, w: usize, pitch: usize, last: i32): v128 {
  const w1 = w + <usize>min(1, last) * pitch;
  const w2 = w + <usize>min(2, last) * pitch;
  const w3 = w + <usize>last * pitch;
  const zero = f32x4.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  let t0 = zero;
  let t1 = zero;
  let t2 = zero;
  let t3 = zero;
  const pairs = pitch & ~31;
  let i: usize = 0;
  for (; i < pairs; i += 32) {
    const even = v128.load(x + i);
    const odd = v128.load(x + i, 16);
    s0 = madd(even, v128.load(w + i), s0);
    s1 = madd(even, v128.load(w1 + i), s1);
    s2 = madd(even, v128.load(w2 + i), s2);
    s3 = madd(even, v128.load(w3 + i), s3);
    t0 = madd(odd, v128.load(w + i, 16), t0);
    t1 = madd(odd, v128.load(w1 + i, 16), t1);
    t2 = madd(odd, v128.load(w2 + i, 16), t2);
    t3 = madd(odd, v128.load(w3 + i, 16), t3);
  }
  for (; i < pitch; i += 4) {
    const one = v128.load32_zero(x + i);
    s0 = madd(one, v128.load32_zero(w + i), s0);
    s1 = madd(one, v128.load32_zero(w1 + i), s1);
    s2 = madd(one, v128.load32_zero(w2 + i), s2);
    s3 = madd(one, v128.load32_zero(w3 + i), s3);
  }
  s0 = f32x4.add(s0, t0);
  s1 = f32x4.add(s1, t1);
  s2 = f32x4.add(s2, t2);
  s3 = f32x4.add(s3, t3);
  // The sum of each one's lanes, as the sum of the transpose's rows.
  const ab = f32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}
