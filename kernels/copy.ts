// Moving values between layouts and places.

import { address, field, lineShare, share, transpose } from "./record";

/** Copies whole cache lines. Fields: from, to, count of 4-byte words. */
export function copy(record: usize, thread: i32, threads: i32): void {
  const count = field(record, 2);
  const begin = (<usize>lineShare(count, thread, threads)) << 2;
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  memory.copy(address(record, 1) + begin, address(record, 0) + begin, end - begin);
}

/** [n][c][pixels] -> [n][c / 8][pixels][8]. Fields: from, to, n, c, pixels. */
export function toBlocked(record: usize, thread: i32, threads: i32): void {
  const from = address(record, 0);
  const to = address(record, 1);
  const n = field(record, 2);
  const c = field(record, 3);
  const pixels = field(record, 4);
  const blocks = (c + 7) >> 3;
  const plane = (<usize>pixels) << 2;
  const end = share(n * blocks, thread + 1, threads);
  for (let index = share(n * blocks, thread, threads); index < end; index++) {
    const channel = (index % blocks) << 3;
    const source = from + <usize>((index / blocks) * c + channel) * plane;
    const target = to + ((<usize>index * pixels) << 5);
    interleave(source, min(8, c - channel), plane, target, pixels);
  }
}

/** Eight planes, or as many as there are, to pixels of eight; a missing plane's place takes the last one's numbers. */
function interleave(source: usize, planes: i32, plane: usize, target: usize, pixels: i32): void {
  const last = <usize>(planes - 1);
  const p1 = source + min<usize>(1, last) * plane;
  const p2 = source + min<usize>(2, last) * plane;
  const p3 = source + min<usize>(3, last) * plane;
  const p4 = source + min<usize>(4, last) * plane;
  const p5 = source + min<usize>(5, last) * plane;
  const p6 = source + min<usize>(6, last) * plane;
  const p7 = source + last * plane;
  const whole = (<usize>(pixels & ~3)) << 2;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    transpose(
      v128.load(source + i),
      v128.load(p1 + i),
      v128.load(p2 + i),
      v128.load(p3 + i),
      target + (i << 3),
      32,
    );
    transpose(
      v128.load(p4 + i),
      v128.load(p5 + i),
      v128.load(p6 + i),
      v128.load(p7 + i),
      target + (i << 3) + 16,
      32,
    );
  }
  for (; i < (<usize>pixels) << 2; i += 4) {
    const pixel = target + (i << 3);
    store<f32>(pixel, load<f32>(source + i), 0);
    store<f32>(pixel, load<f32>(p1 + i), 4);
    store<f32>(pixel, load<f32>(p2 + i), 8);
    store<f32>(pixel, load<f32>(p3 + i), 12);
    store<f32>(pixel, load<f32>(p4 + i), 16);
    store<f32>(pixel, load<f32>(p5 + i), 20);
    store<f32>(pixel, load<f32>(p6 + i), 24);
    store<f32>(pixel, load<f32>(p7 + i), 28);
  }
}

/** [n][c / 8][pixels][8] -> [n][c][pixels]. Fields: from, to, n, c, pixels. */
export function toPlain(record: usize, thread: i32, threads: i32): void {
  const from = address(record, 0);
  const to = address(record, 1);
  const n = field(record, 2);
  const c = field(record, 3);
  const pixels = field(record, 4);
  const blocks = (c + 7) >> 3;
  const plane = (<usize>pixels) << 2;
  const end = share(n * blocks, thread + 1, threads);
  for (let index = share(n * blocks, thread, threads); index < end; index++) {
    const channel = (index % blocks) << 3;
    const source = from + ((<usize>index * pixels) << 5);
    const target = to + <usize>((index / blocks) * c + channel) * plane;
    const planes = min(8, c - channel);
    if (planes === 8) separate(source, target, plane, pixels);
    else
      for (let lane: usize = 0; lane < <usize>planes; lane++)
        for (let i: usize = 0; i < plane; i += 4)
          store<f32>(target + lane * plane + i, load<f32>(source + (i << 3) + (lane << 2)));
  }
}

/** Pixels of eight to eight planes. */
function separate(source: usize, target: usize, plane: usize, pixels: i32): void {
  const whole = (<usize>(pixels & ~3)) << 2;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const pixel = source + (i << 3);
    four(pixel, target + i, plane);
    four(pixel + 16, target + i + 4 * plane, plane);
  }
  for (; i < plane; i += 4)
    for (let lane: usize = 0; lane < 8; lane++)
      store<f32>(target + lane * plane + i, load<f32>(source + (i << 3) + (lane << 2)));
}

/** Four numbers of four pixels to four planes. @inline */
function four(pixel: usize, to: usize, plane: usize): void {
  transpose(v128.load(pixel, 0), v128.load(pixel, 32), v128.load(pixel, 64), v128.load(pixel, 96), to, plane);
}

/** toBlocked of bytes. */
export function toBlockedBytes(record: usize, thread: i32, threads: i32): void {
  bytes(record, thread, threads, true);
}

/** toPlain of bytes. */
export function toPlainBytes(record: usize, thread: i32, threads: i32): void {
  bytes(record, thread, threads, false);
}

/** @inline */
function bytes(record: usize, thread: i32, threads: i32, toBlocks: bool): void {
  const from = address(record, 0);
  const to = address(record, 1);
  const c = field(record, 3);
  const pixels = address(record, 4);
  const planes = field(record, 2) * c;
  const blocks = (c + 7) >> 3;
  const end = share(planes, thread + 1, threads);
  for (let plane = share(planes, thread, threads); plane < end; plane++) {
    const channel = plane % c;
    const plain = <usize>plane * pixels;
    const blocked = ((<usize>((plane / c) * blocks + (channel >> 3)) * pixels) << 3) + (channel & 7);
    for (let i: usize = 0; i < pixels; i++)
      if (toBlocks) store<u8>(to + blocked + (i << 3), load<u8>(from + plain + i));
      else store<u8>(to + plain + i, load<u8>(from + blocked + (i << 3)));
  }
}
