// Pooling by maximum, of blocks of eight channels. Along each axis a table says what a position reads: three numbers,
// where that begins, where it ends, and the tap (the place within a window) of the first.
//
// Fields of both: operands, results, rows' table, columns' table, planes of eight channels, rows and columns of what is
// read, rows and columns of what is written, columns of a window, and strides (of the gradient).

import { address, field, share } from "./record";

/** A window's largest elements. */
export function maxPool2d(record: usize, thread: i32, threads: i32): void {
  forward(record, thread, threads, false);
}

/** The same, and the taps where they are, as bytes in the result's layout. */
export function maxPool2dIndices(record: usize, thread: i32, threads: i32): void {
  forward(record, thread, threads, true);
}

/** Of several largest the first counts, and of what is not a number the last, as it is larger than all. @inline */
function forward(record: usize, thread: i32, threads: i32, indexed: bool): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const indices = address(record, 2);
  const rows = address(record, 3);
  const columns = address(record, 4);
  const h = field(record, 6);
  const w = field(record, 7);
  const height = field(record, 8);
  const width = field(record, 9);
  const window = field(record, 10);
  const count = field(record, 5) * height;
  const pitch = (<usize>w) << 5;
  const end = share(count, thread + 1, threads);
  for (let index = share(count, thread, threads); index < end; index++) {
    const vertical = rows + <usize>(index % height) * 12;
    const top = load<i32>(vertical, 0);
    const bottom = load<i32>(vertical, 4);
    const rowTap = load<i32>(vertical, 8) * window;
    const source = x + <usize>((index / height) * h + top) * pitch;
    for (let column = 0; column < width; column++) {
      const horizontal = columns + <usize>column * 12;
      const left = load<i32>(horizontal, 0);
      const across = (<usize>(load<i32>(horizontal, 4) - left)) << 5;
      let firstTap = rowTap + load<i32>(horizontal, 8);
      let low = f32x4.splat(-Infinity);
      let high = low;
      let lowTap = i32x4.splat(firstTap);
      let highTap = lowTap;
      let line = source + ((<usize>left) << 5);
      for (let row = top; row < bottom; row++) {
        let tap = i32x4.splat(firstTap);
        for (let i = line; i < line + across; i += 32) {
          const a = v128.load(i, 0);
          const b = v128.load(i, 16);
          const isA = v128.or(f32x4.gt(a, low), f32x4.ne(a, a));
          const isB = v128.or(f32x4.gt(b, high), f32x4.ne(b, b));
          low = v128.bitselect(a, low, isA);
          high = v128.bitselect(b, high, isB);
          if (indexed) {
            lowTap = v128.bitselect(tap, lowTap, isA);
            highTap = v128.bitselect(tap, highTap, isB);
            tap = i32x4.add(tap, i32x4.splat(1));
          }
        }
        line += pitch;
        firstTap += window;
      }
      const at = <usize>index * width + column;
      v128.store(y + (at << 5), low, 0);
      v128.store(y + (at << 5), high, 16);
      if (indexed) {
        const words = i16x8.narrow_i32x4_u(lowTap, highTap);
        v128.store64_lane(indices + (at << 3), i8x16.narrow_i16x8_u(words, words), 0);
      }
    }
  }
}

/** Each pixel's sum of the dy of those windows that took it. */
export function maxPool2dInputGrad(record: usize, thread: i32, threads: i32): void {
  const dy = address(record, 0);
  const indices = address(record, 1);
  const dx = address(record, 2);
  const rows = address(record, 3);
  const columns = address(record, 4);
  const height = field(record, 6);
  const width = field(record, 7);
  const h = field(record, 8);
  const w = field(record, 9);
  const window = field(record, 10);
  const downwards = field(record, 11) * window;
  const across = field(record, 12);
  const count = field(record, 5) * h;
  const end = share(count, thread + 1, threads);
  for (let index = share(count, thread, threads); index < end; index++) {
    const vertical = rows + <usize>(index % h) * 12;
    const top = load<i32>(vertical, 0);
    const bottom = load<i32>(vertical, 4);
    const rowTap = load<i32>(vertical, 8) * window;
    const source = (index / h) * height;
    for (let column = 0; column < w; column++) {
      const horizontal = columns + <usize>column * 12;
      const left = load<i32>(horizontal, 0);
      const right = load<i32>(horizontal, 4);
      let firstTap = rowTap + load<i32>(horizontal, 8);
      let low = f32x4.splat(0);
      let high = low;
      for (let row = top; row < bottom; row++) {
        const line = <usize>(source + row) * width;
        let tap = firstTap;
        for (let i = line + left; i < line + right; i++) {
          const took = i16x8.eq(v128.load8x8_u(indices + (i << 3)), i16x8.splat(<i16>tap));
          const from = dy + (i << 5);
          low = f32x4.add(low, v128.and(v128.load(from, 0), i32x4.extend_low_i16x8_s(took)));
          high = f32x4.add(high, v128.and(v128.load(from, 16), i32x4.extend_high_i16x8_s(took)));
          // The next window begins so much later.
          tap -= across;
        }
        firstTap -= downwards;
      }
      const to = dx + ((<usize>index * w + column) << 5);
      v128.store(to, low, 0);
      v128.store(to, high, 16);
    }
  }
}
