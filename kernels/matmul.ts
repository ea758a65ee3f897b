// Products of matrices: c [m, n] = a [m, k] b [k, n], in tiles of 5 rows by 8 columns: ten vectors of sums, two of b,
// and what is read of a fill the 15 registers that a host's compiler has to give. Both operands are copied into the order
// in which a tile reads them: a panel of b, 8 columns by at most `depth` rows, then lies in the nearest cache for all
// tiles of a block of a, and a block for all panels.

import { address, field, madd, share, transpose } from "./record";

const depth: i32 = 256;
/** Tiles in a block of a. */
const height: i32 = 20;
const panelBytes: usize = 8192;
const sumsBytes: usize = 192;
/** What a thread needs: a panel, a tile of sums, and a block of 20 * 5 * 256 * 4 bytes. */
const scratchBytes: usize = 110784;

/**
 * Fields: a, bytes from row to row of a, bytes from column to column, b, bytes from row to row of b, whether b is given
 * transposed [n, k], c, m, n, k, a bias [n] or 0, whether ReLU follows, scratch of 110784 bytes a thread.
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
  const panel = address(record, 12) + <usize>thread * scratchBytes;
  const sums = panel + panelBytes;
  const block = sums + sumsBytes;
  const panels = (n + 7) >> 3;
  const tiles = (m + 4) / 5;
  // Threads share the panels, or the tiles if there are more of them.
  const byPanel = panels >= tiles;
  const firstPanel = byPanel ? share(panels, thread, threads) : 0;
  const endPanel = byPanel ? share(panels, thread + 1, threads) : panels;
  const firstTile = byPanel ? 0 : share(tiles, thread, threads);
  const endTile = byPanel ? tiles : share(tiles, thread + 1, threads);
  if (firstPanel === endPanel) return;
  for (let from = 0; from < k; from += depth) {
    const steps = min(depth, k - from);
    const tileBytes = <usize>steps * 20;
    const last = from + steps === k;
    const start = from > 0 ? 2 : bias !== 0 ? 1 : 0;
    for (let low = firstTile; low < endTile; low += height) {
      const high = min(low + height, endTile);
      for (let at = low; at < high; at++) {
        const rows = min(5, m - at * 5);
        const source = a + <usize>(at * 5) * aRow + <usize>from * aStep;
        packRows(source, aRow, aStep, rows - 1, steps, block + <usize>(at - low) * tileBytes);
      }
      for (let index = firstPanel; index < endPanel; index++) {
        const columns = min(8, n - (index << 3));
        if (transposed)
          packTransposed(
            b + ((<usize>index * bRow) << 3) + ((<usize>from) << 2),
            bRow,
            columns,
            steps,
            panel,
          );
        else packColumns(b + <usize>from * bRow + ((<usize>index) << 5), bRow, steps, panel);
        for (let at = low; at < high; at++) {
          const row = at * 5;
          tile(
            block + <usize>(at - low) * tileBytes,
            panel,
            steps,
            sums,
            c + ((<usize>row * n + ((<usize>index) << 3)) << 2),
            (<usize>n) << 2,
            min(5, m - row) - 1,
            columns,
            start,
            bias + ((<usize>index) << 5),
            last && relu,
          );
        }
      }
    }
  }
}

/** Five rows next to each other, step by step; the last one again where there are fewer. */
function packRows(from: usize, pitch: usize, step: usize, last: i32, steps: i32, to: usize): void {
  let a1 = from + <usize>min(1, last) * pitch;
  let a2 = from + <usize>min(2, last) * pitch;
  let a3 = from + <usize>min(3, last) * pitch;
  let a4 = from + <usize>last * pitch;
  for (const end = to + <usize>steps * 20; to < end; to += 20) {
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(a1), 4);
    store<f32>(to, load<f32>(a2), 8);
    store<f32>(to, load<f32>(a3), 12);
    store<f32>(to, load<f32>(a4), 16);
    from += step;
    a1 += step;
    a2 += step;
    a3 += step;
    a4 += step;
  }
}

/** Eight columns of `steps` rows. What lies beyond the last column is multiplied too, and not stored. */
function packColumns(from: usize, pitch: usize, steps: i32, to: usize): void {
  for (let step = 0; step < steps; step++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += pitch;
    to += 32;
  }
}

/** Eight rows, or `rows` of them, as columns. */
function packTransposed(from: usize, pitch: usize, rows: i32, steps: i32, to: usize): void {
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

/** Five rows of c, of which `last` + 1 count. `start`: from 0, from the bias, or from what c holds so far. */
function tile(
  a: usize,
  b: usize,
  steps: i32,
  sums: usize,
  c: usize,
  cRow: usize,
  last: i32,
  columns: i32,
  start: i32,
  bias: usize,
  relu: bool,
): void {
  for (let row = 0; row < 5; row++) {
    const to = sums + ((<usize>row) << 5);
    const from = start === 2 ? c + <usize>min(row, last) * cRow : bias;
    v128.store(to, start === 0 ? f32x4.splat(0) : v128.load(from));
    v128.store(to, start === 0 ? f32x4.splat(0) : v128.load(from, 16), 16);
  }
  accumulate(sums, a, b, b + ((<usize>steps) << 5));
  const zero = f32x4.splat(0);
  for (let row = 0; row <= last; row++) {
    const from = sums + ((<usize>row) << 5);
    let low = v128.load(from);
    let high = v128.load(from, 16);
    if (relu) {
      low = f32x4.pmax(low, zero);
      high = f32x4.pmax(high, zero);
    }
    keep(c + <usize>row * cRow, low, high, columns);
  }
}

/**
 * sums [5, 8] += a' b, of packed operands. On its own, with nothing but the sums, so that the host's compiler takes the
 * steps in this order: within a larger function it moves all loads to the front, and spills sums for want of registers.
 * @noinline
 */
export function accumulate(sums: usize, a: usize, b: usize, end: usize): void {
  let s00 = v128.load(sums);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32);
  let s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64);
  let s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96);
  let s31 = v128.load(sums, 112);
  let s40 = v128.load(sums, 128);
  let s41 = v128.load(sums, 144);
  for (; b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a, 16);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    a += 20;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
  v128.store(sums, s40, 128);
  v128.store(sums, s41, 144);
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
