// One number a channel against a batch [n][c][pixels], or [n][c / 8][pixels][8] where `blocked` is 1.

import { address, field, fourBytes, madd, share, sumLanes } from "./record";

const summand = 0;
const factor = 1;
const both = 2;

/** y = x + p. Fields: x, p, p again, y, n, c, pixels, blocked. */
export function addChannels(record: usize, thread: i32, threads: i32): void {
  perChannel(record, thread, threads, summand);
}

/** y = x p. Fields as above. */
export function scaleChannels(record: usize, thread: i32, threads: i32): void {
  perChannel(record, thread, threads, factor);
}

/** y = x p + q. Fields: x, p, q, y, n, c, pixels, blocked. */
export function affineChannels(record: usize, thread: i32, threads: i32): void {
  perChannel(record, thread, threads, both);
}

/** @inline */
function apply(form: i32, x: v128, p: v128, q: v128): v128 {
  if (form === summand) return f32x4.add(x, p);
  if (form === factor) return f32x4.mul(x, p);
  return madd(x, p, q);
}

/** @inline */
function perChannel(record: usize, thread: i32, threads: i32, form: i32): void {
  const x = address(record, 0);
  const p = address(record, 1);
  const q = address(record, 2);
  const y = address(record, 3);
  const n = field(record, 4);
  const c = field(record, 5);
  const pixels = field(record, 6);
  if (field(record, 7) === 1) {
    const blocks = (c + 7) >> 3;
    const bytes = (<usize>pixels) << 5;
    const end = share(n * blocks, thread + 1, threads);
    for (let index = share(n * blocks, thread, threads); index < end; index++) {
      const vector = (<usize>(index % blocks)) << 5;
      const p0 = v128.load(p + vector);
      const p1 = v128.load(p + vector, 16);
      const q0 = v128.load(q + vector);
      const q1 = v128.load(q + vector, 16);
      const from = x + <usize>index * bytes;
      const to = y + <usize>index * bytes;
      for (let i: usize = 0; i < bytes; i += 32) {
        v128.store(to + i, apply(form, v128.load(from + i), p0, q0));
        v128.store(to + i, apply(form, v128.load(from + i, 16), p1, q1), 16);
      }
    }
    return;
  }
  if (pixels === 1) {
    const bytes = (<usize>c) << 2;
    const whole = bytes & ~15;
    const end = share(n, thread + 1, threads);
    for (let row = share(n, thread, threads); row < end; row++) {
      const from = x + <usize>row * bytes;
      const to = y + <usize>row * bytes;
      let i: usize = 0;
      for (; i < whole; i += 16)
        v128.store(to + i, apply(form, v128.load(from + i), v128.load(p + i), v128.load(q + i)));
      for (; i < bytes; i += 4) {
        const one = apply(
          form,
          v128.load32_splat(from + i),
          v128.load32_splat(p + i),
          v128.load32_splat(q + i),
        );
        v128.store32_lane(to + i, one, 0);
      }
    }
    return;
  }
  const bytes = (<usize>pixels) << 2;
  const whole = bytes & ~15;
  const end = share(n * c, thread + 1, threads);
  for (let plane = share(n * c, thread, threads); plane < end; plane++) {
    const channel = (<usize>(plane % c)) << 2;
    const own = v128.load32_splat(p + channel);
    const more = v128.load32_splat(q + channel);
    const from = x + <usize>plane * bytes;
    const to = y + <usize>plane * bytes;
    let i: usize = 0;
    for (; i < whole; i += 16) v128.store(to + i, apply(form, v128.load(from + i), own, more));
    for (; i < bytes; i += 4)
      v128.store32_lane(to + i, apply(form, v128.load32_splat(from + i), own, more), 0);
  }
}

/** y = x p + q of bytes [n][c][pixels]. Fields: x, p, q, y, n, c, pixels. */
export function affineBytesChannels(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const p = address(record, 1);
  const q = address(record, 2);
  const y = address(record, 3);
  const c = field(record, 5);
  const pixels = field(record, 6);
  const planes = field(record, 4) * c;
  const whole = pixels & ~3;
  const end = share(planes, thread + 1, threads);
  for (let plane = share(planes, thread, threads); plane < end; plane++) {
    const channel = (<usize>(plane % c)) << 2;
    const own = v128.load32_splat(p + channel);
    const more = v128.load32_splat(q + channel);
    const from = x + <usize>plane * pixels;
    const to = y + ((<usize>plane * pixels) << 2);
    let i: usize = 0;
    for (; i < <usize>whole; i += 4) v128.store(to + (i << 2), madd(fourBytes(from + i), own, more));
    for (; i < <usize>pixels; i++) {
      const byte = f32x4.splat(<f32>load<u8>(from + i));
      v128.store32_lane(to + (i << 2), madd(byte, own, more), 0);
    }
  }
}

/**
 * Sums of x over all axes but the channels', in `pieces` parts of the samples, so that there is work for several
 * threads where there are few channels. Fields: x, x again, sums [pieces][c to a multiple of 8], n, c, pixels, blocked,
 * pieces.
 */
export function sumChannels(record: usize, thread: i32, threads: i32): void {
  reduce(record, thread, threads, false);
}

/** The same of x y. Fields: x, y, sums, n, c, pixels, blocked, pieces. */
export function dotChannels(record: usize, thread: i32, threads: i32): void {
  reduce(record, thread, threads, true);
}

/** @inline */
function term(dot: bool, x: usize, y: usize, sum: v128): v128 {
  return dot ? madd(v128.load(x), v128.load(y), sum) : f32x4.add(v128.load(x), sum);
}

/** @inline */
function reduce(record: usize, thread: i32, threads: i32, dot: bool): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const sums = address(record, 2);
  const n = field(record, 3);
  const c = field(record, 4);
  const pixels = field(record, 5);
  const blocked = field(record, 6) === 1;
  const pieces = field(record, 7);
  const blocks = (c + 7) >> 3;
  const end = share(pieces * blocks, thread + 1, threads);
  for (let index = share(pieces * blocks, thread, threads); index < end; index++) {
    const piece = index / blocks;
    const block = index % blocks;
    const first = share(n, piece, pieces);
    const last = share(n, piece + 1, pieces);
    const to = sums + ((<usize>index) << 5);
    if (blocked) {
      let low = f32x4.splat(0);
      let high = low;
      let low2 = low;
      let high2 = low;
      const bytes = (<usize>pixels) << 5;
      const pairs = bytes & ~63;
      for (let sample = first; sample < last; sample++) {
        const from = <usize>(sample * blocks + block) * bytes;
        const a = x + from;
        const b = y + from;
        let i: usize = 0;
        for (; i < pairs; i += 64) {
          low = term(dot, a + i, b + i, low);
          high = term(dot, a + i + 16, b + i + 16, high);
          low2 = term(dot, a + i + 32, b + i + 32, low2);
          high2 = term(dot, a + i + 48, b + i + 48, high2);
        }
        if (i < bytes) {
          low = term(dot, a + i, b + i, low);
          high = term(dot, a + i + 16, b + i + 16, high);
        }
      }
      v128.store(to, f32x4.add(low, low2));
      v128.store(to, f32x4.add(high, high2), 16);
    } else if (pixels === 1) {
      // Down the columns; what is read beyond the row's end goes where nobody looks.
      let low = f32x4.splat(0);
      let high = low;
      for (let sample = first; sample < last; sample++) {
        const from = (<usize>(sample * c) + ((<usize>block) << 3)) << 2;
        low = term(dot, x + from, y + from, low);
        high = term(dot, x + from + 16, y + from + 16, high);
      }
      v128.store(to, low);
      v128.store(to, high, 16);
    } else {
      const bytes = (<usize>pixels) << 2;
      const whole = bytes & ~15;
      const channels = min(8, c - (block << 3));
      for (let lane = 0; lane < channels; lane++) {
        let sum = f32x4.splat(0);
        let rest: f32 = 0;
        for (let sample = first; sample < last; sample++) {
          const from = <usize>(sample * c + (block << 3) + lane) * bytes;
          const a = x + from;
          const b = y + from;
          let i: usize = 0;
          for (; i < whole; i += 16) sum = term(dot, a + i, b + i, sum);
          for (; i < bytes; i += 4) rest += dot ? load<f32>(a + i) * load<f32>(b + i) : load<f32>(a + i);
        }
        store<f32>(to + ((<usize>lane) << 2), sumLanes(sum) + rest);
      }
    }
  }
}

/** to = the sum of `pieces` vectors [c to a multiple of 8]. Fields: from, to, pieces, c. */
export function addPieces(record: usize, thread: i32, threads: i32): void {
  const from = address(record, 0);
  const to = address(record, 1);
  const pieces = field(record, 2);
  const blocks = (field(record, 3) + 7) >> 3;
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) {
    let low = f32x4.splat(0);
    let high = low;
    for (let piece = 0; piece < pieces; piece++) {
      const vector = from + ((<usize>(piece * blocks + block)) << 5);
      low = f32x4.add(low, v128.load(vector));
      high = f32x4.add(high, v128.load(vector, 16));
    }
    v128.store(to + ((<usize>block) << 5), low);
    v128.store(to + ((<usize>block) << 5), high, 16);
  }
}
