// Batch normalisation, of blocks of eight channels.
//
// A thread takes whole blocks, so that what it walks over twice may still be in its cache: `batchNorm`. Where there are
// too few blocks for all threads, they share them by their images in three steps: moments of each image, moments of
// each block, elements. The numbers are the same, since the moments of images are merged in the same order.
//
// Fields of all of these: x, y, residual (or 0), gamma, beta, mean, variance, notes (of each block and image the means of
// eight channels and their sums of squared distances, in f64), n, blocks, pixels, eps, whether there is a ReLU.

import { fourOf, highPair, lowPair, normalized, pieceBytes, scaleOf } from "./normalize";
import { address, field, float, madd, share } from "./record";

export function batchNorm(record: usize, thread: i32, threads: i32): void {
  const n = field(record, 8);
  const blocks = field(record, 9);
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) {
    for (let image = 0; image < n; image++) noteMoments(record, image, block);
    settle(record, block);
    // Backwards: what was walked over last is what a cache still has.
    for (let image = n - 1; image >= 0; image--) normalize(record, image, block);
  }
}

export function batchNormMoments(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 9);
  const count = field(record, 8) * blocks;
  const end = share(count, thread + 1, threads);
  for (let i = share(count, thread, threads); i < end; i++) noteMoments(record, i / blocks, i % blocks);
}

export function batchNormSettle(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 9);
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) settle(record, block);
}

export function batchNormElements(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 9);
  const count = field(record, 8) * blocks;
  const end = share(count, thread + 1, threads);
  for (let i = share(count, thread, threads); i < end; i++) normalize(record, i / blocks, i % blocks);
}

/** scale = gamma / sqrt(variance + eps), shift = beta - mean scale. Fields: gamma, beta, mean, variance, scale, shift, channels, eps. */
export function batchNormScale(record: usize, _thread: i32, _threads: i32): void {
  const gamma = address(record, 0);
  const beta = address(record, 1);
  const mean = address(record, 2);
  const variance = address(record, 3);
  const end = address(record, 6) << 2;
  const eps = float(record, 7);
  for (let i: usize = 0; i < end; i += 16) {
    const scale = scaleOf(v128.load(gamma + i), v128.load(variance + i), eps);
    v128.store(address(record, 4) + i, scale);
    v128.store(address(record, 5) + i, f32x4.sub(v128.load(beta + i), f32x4.mul(v128.load(mean + i), scale)));
  }
}

/** Where the note of an image's block is. @inline */
function noteOf(record: usize, image: i32, block: i32): usize {
  return address(record, 7) + ((<usize>(block * field(record, 8) + image)) << 7);
}

/** Where an image's block begins, in bytes from the first. @inline */
function offsetOf(record: usize, image: i32, block: i32): usize {
  return (<usize>(image * field(record, 9) + block) * address(record, 10)) << 5;
}

/** Writes down the moments of an image's block, piece by piece: the mean first, then distances to it. */
function noteMoments(record: usize, image: i32, block: i32): void {
  const x = address(record, 0) + offsetOf(record, image, block);
  const bytes = address(record, 10) << 5;
  const note = noteOf(record, image, block);
  memory.fill(note, 0, 128);
  for (let begin: usize = 0; begin < bytes; begin += pieceBytes) {
    const end = x + min(begin + pieceBytes, bytes);
    const first = x + begin;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let i = first;
    for (; i + 32 < end; i += 64) {
      a = f32x4.add(a, v128.load(i, 0));
      b = f32x4.add(b, v128.load(i, 16));
      c = f32x4.add(c, v128.load(i, 32));
      d = f32x4.add(d, v128.load(i, 48));
    }
    if (i < end) {
      a = f32x4.add(a, v128.load(i, 0));
      b = f32x4.add(b, v128.load(i, 16));
    }
    const count = <f64>((end - first) >> 5);
    const share = f32x4.splat(<f32>(1 / count));
    const low = f32x4.mul(f32x4.add(a, c), share);
    const high = f32x4.mul(f32x4.add(b, d), share);
    a = f32x4.splat(0);
    b = a;
    c = a;
    d = a;
    for (i = first; i + 32 < end; i += 64) {
      const p = f32x4.sub(v128.load(i, 0), low);
      const q = f32x4.sub(v128.load(i, 16), high);
      const r = f32x4.sub(v128.load(i, 32), low);
      const s = f32x4.sub(v128.load(i, 48), high);
      a = madd(p, p, a);
      b = madd(q, q, b);
      c = madd(r, r, c);
      d = madd(s, s, d);
    }
    if (i < end) {
      const p = f32x4.sub(v128.load(i, 0), low);
      const q = f32x4.sub(v128.load(i, 16), high);
      a = madd(p, p, a);
      b = madd(q, q, b);
    }
    a = f32x4.add(a, c);
    b = f32x4.add(b, d);
    const before = <f64>(begin >> 5);
    merge(note, before, count, lowPair(low), lowPair(a));
    merge(note + 16, before, count, highPair(low), highPair(a));
    merge(note + 32, before, count, lowPair(high), lowPair(b));
    merge(note + 48, before, count, highPair(high), highPair(b));
  }
}

/**
 * Merges into the moments of `before` elements of two channels those of `count` more. Chan, Golub, LeVeque, "Updating
 * formulae and a pairwise algorithm for computing sample variances", 1979. @inline */
function merge(note: usize, before: f64, count: f64, mean: v128, squares: v128): void {
  const share = count / (before + count);
  const own = v128.load(note, 0);
  const distance = f64x2.sub(mean, own);
  v128.store(note, f64x2.add(own, f64x2.mul(distance, f64x2.splat(share))), 0);
  const between = f64x2.mul(f64x2.mul(distance, distance), f64x2.splat(before * share));
  v128.store(note, f64x2.add(f64x2.add(v128.load(note, 64), squares), between), 64);
}

/** Merges a block's images into the note of the first, and writes mean and variance. */
function settle(record: usize, block: i32): void {
  const n = field(record, 8);
  const pixels = <f64>field(record, 10);
  const whole = noteOf(record, 0, block);
  for (let image = 1; image < n; image++) {
    const note = whole + ((<usize>image) << 7);
    const before = pixels * image;
    for (let pair: usize = 0; pair < 64; pair += 16)
      merge(whole + pair, before, pixels, v128.load(note + pair, 0), v128.load(note + pair, 64));
  }
  const mean = address(record, 5) + ((<usize>block) << 5);
  const variance = address(record, 6) + ((<usize>block) << 5);
  const share = f32x4.splat(<f32>(1 / (pixels * n)));
  v128.store(mean, fourOf(whole), 0);
  v128.store(mean, fourOf(whole + 32), 16);
  v128.store(variance, f32x4.mul(fourOf(whole + 64), share), 0);
  v128.store(variance, f32x4.mul(fourOf(whole + 96), share), 16);
}

/** Writes the results of an image's block. */
function normalize(record: usize, image: i32, block: i32): void {
  const offset = offsetOf(record, image, block);
  const x = address(record, 0) + offset;
  const y = address(record, 1) + offset;
  const residual = address(record, 2) + offset;
  const gamma = address(record, 3) + ((<usize>block) << 5);
  const beta = address(record, 4) + ((<usize>block) << 5);
  const mean = address(record, 5) + ((<usize>block) << 5);
  const variance = address(record, 6) + ((<usize>block) << 5);
  const end = address(record, 10) << 5;
  const eps = float(record, 11);
  const lowMean = v128.load(mean, 0);
  const highMean = v128.load(mean, 16);
  const lowScale = scaleOf(v128.load(gamma, 0), v128.load(variance, 0), eps);
  const highScale = scaleOf(v128.load(gamma, 16), v128.load(variance, 16), eps);
  const lowShift = v128.load(beta, 0);
  const highShift = v128.load(beta, 16);
  const zero = f32x4.splat(0);
  if (address(record, 2) !== 0)
    for (let i: usize = 0; i < end; i += 32) {
      const low = normalized(v128.load(x + i, 0), lowMean, lowScale, lowShift);
      const high = normalized(v128.load(x + i, 16), highMean, highScale, highShift);
      v128.store(y + i, f32x4.pmax(f32x4.add(low, v128.load(residual + i, 0)), zero), 0);
      v128.store(y + i, f32x4.pmax(f32x4.add(high, v128.load(residual + i, 16)), zero), 16);
    }
  else if (field(record, 12) !== 0)
    for (let i: usize = 0; i < end; i += 32) {
      const low = normalized(v128.load(x + i, 0), lowMean, lowScale, lowShift);
      const high = normalized(v128.load(x + i, 16), highMean, highScale, highShift);
      v128.store(y + i, f32x4.pmax(low, zero), 0);
      v128.store(y + i, f32x4.pmax(high, zero), 16);
    }
  else
    for (let i: usize = 0; i < end; i += 32) {
      v128.store(y + i, normalized(v128.load(x + i, 0), lowMean, lowScale, lowShift), 0);
      v128.store(y + i, normalized(v128.load(x + i, 16), highMean, highScale, highShift), 16);
    }
}
