// The gradients of batch normalisation, of blocks of eight channels, in the same two ways as its results
// (batchNorm.ts): `batchNormGrad` alone, or the other three in turn.
//
// Fields of all of these: x, dy, y, passing, gamma, beta, mean, variance, dx, dgamma, dbeta, notes (of each block and
// image the sums of eight channels' dy and dy (x - mean), in f64), n, blocks, pixels, eps, and what passes: all (y,
// passing and beta are not there), computed (elements whose normalised value is positive; no y and passing), or kept
// (elements whose y is positive; what passes is written to `passing`, and beta is not there).

import { fourOf, highPair, lowPair, normalized, pieceBytes, scaleOf } from "./normalize";
import { address, field, float, madd, share } from "./record";

const all: i32 = 0;
const computed: i32 = 1;
const kept: i32 = 2;

export function batchNormGrad(record: usize, thread: i32, threads: i32): void {
  const n = field(record, 12);
  const blocks = field(record, 13);
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) {
    for (let image = 0; image < n; image++) noteSums(record, image, block);
    settle(record, block);
    for (let image = n - 1; image >= 0; image--) differentiate(record, image, block);
  }
}

export function batchNormGradSums(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 13);
  const count = field(record, 12) * blocks;
  const end = share(count, thread + 1, threads);
  for (let i = share(count, thread, threads); i < end; i++) noteSums(record, i / blocks, i % blocks);
}

export function batchNormGradSettle(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 13);
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) settle(record, block);
}

export function batchNormGradElements(record: usize, thread: i32, threads: i32): void {
  const blocks = field(record, 13);
  const count = field(record, 12) * blocks;
  const end = share(count, thread + 1, threads);
  for (let i = share(count, thread, threads); i < end; i++) differentiate(record, i / blocks, i % blocks);
}

/** @inline */
function noteOf(record: usize, image: i32, block: i32): usize {
  return address(record, 11) + ((<usize>(block * field(record, 12) + image)) << 7);
}

/** @inline */
function offsetOf(record: usize, image: i32, block: i32): usize {
  return (<usize>(image * field(record, 13) + block) * address(record, 14)) << 5;
}

/** Four channels of a vector that is there only for some forms. @inline */
function four(record: usize, i: usize, offset: usize): v128 {
  return address(record, i) === 0 ? f32x4.splat(0) : v128.load(address(record, i) + offset);
}

/** Writes down the sums of an image's block. */
function noteSums(record: usize, image: i32, block: i32): void {
  const passed = field(record, 16);
  if (passed === all) sums(record, image, block, all);
  else if (passed === computed) sums(record, image, block, computed);
  else sums(record, image, block, kept);
}

/** @inline */
function sums(record: usize, image: i32, block: i32, passed: i32): void {
  const bytes = address(record, 14) << 5;
  memory.fill(noteOf(record, image, block), 0, 128);
  for (let begin: usize = 0; begin < bytes; begin += pieceBytes) {
    const end = min(begin + pieceBytes, bytes);
    sumsOfHalf(record, image, block, begin, end, 0, passed);
    sumsOfHalf(record, image, block, begin, end, 16, passed);
  }
}

/** Of four channels in a piece of an image's block. @inline */
function sumsOfHalf(
  record: usize,
  image: i32,
  block: i32,
  begin: usize,
  end: usize,
  half: usize,
  passed: i32,
): void {
  const offset = offsetOf(record, image, block);
  const x = address(record, 0) + offset;
  const dy = address(record, 1) + offset;
  const y = address(record, 2) + offset;
  const passing = address(record, 3) + offset;
  const channel = ((<usize>block) << 5) + half;
  const mean = v128.load(address(record, 6) + channel);
  const variance = v128.load(address(record, 7) + channel);
  const scale = scaleOf(v128.load(address(record, 4) + channel), variance, float(record, 15));
  const shift = four(record, 5, channel);
  let sum = f32x4.splat(0);
  let product = sum;
  let otherSum = sum;
  let otherProduct = sum;
  let i = begin + half;
  for (; i + 32 < end; i += 64) {
    const a = passes(x, dy, y, passing, i, mean, scale, shift, passed);
    const b = passes(x, dy, y, passing, i + 32, mean, scale, shift, passed);
    sum = f32x4.add(sum, a);
    product = madd(a, f32x4.sub(v128.load(x + i), mean), product);
    otherSum = f32x4.add(otherSum, b);
    otherProduct = madd(b, f32x4.sub(v128.load(x + i + 32), mean), otherProduct);
  }
  if (i < end) {
    const a = passes(x, dy, y, passing, i, mean, scale, shift, passed);
    sum = f32x4.add(sum, a);
    product = madd(a, f32x4.sub(v128.load(x + i), mean), product);
  }
  sum = f32x4.add(sum, otherSum);
  product = f32x4.add(product, otherProduct);
  const to = noteOf(record, image, block) + (half << 1);
  addPair(to, lowPair(sum));
  addPair(to + 16, highPair(sum));
  addPair(to + 64, lowPair(product));
  addPair(to + 80, highPair(product));
}

/** The dy of four elements that passed the ReLU. @inline */
function passes(
  x: usize,
  dy: usize,
  y: usize,
  passing: usize,
  i: usize,
  mean: v128,
  scale: v128,
  shift: v128,
  passed: i32,
): v128 {
  const given = v128.load(dy + i);
  if (passed === all) return given;
  const zero = f32x4.splat(0);
  if (passed === computed)
    return v128.and(given, f32x4.gt(normalized(v128.load(x + i), mean, scale, shift), zero));
  const through = v128.and(given, f32x4.gt(v128.load(y + i), zero));
  v128.store(passing + i, through);
  return through;
}

/** @inline */
function addPair(to: usize, pair: v128): void {
  v128.store(to, f64x2.add(v128.load(to), pair));
}

/** Adds up a block's images in the note of the first, and writes dgamma and dbeta. */
function settle(record: usize, block: i32): void {
  const n = field(record, 12);
  const whole = noteOf(record, 0, block);
  for (let image = 1; image < n; image++)
    for (let pair: usize = 0; pair < 128; pair += 16)
      addPair(whole + pair, v128.load(whole + ((<usize>image) << 7) + pair));
  for (let half: usize = 0; half < 32; half += 16) {
    const channel = ((<usize>block) << 5) + half;
    const inverse = scaleOf(f32x4.splat(1), v128.load(address(record, 7) + channel), float(record, 15));
    v128.store(address(record, 9) + channel, f32x4.mul(fourOf(whole + 64 + (half << 1)), inverse));
    v128.store(address(record, 10) + channel, fourOf(whole + (half << 1)));
  }
}

/** Writes dx of an image's block. */
function differentiate(record: usize, image: i32, block: i32): void {
  const passed = field(record, 16);
  if (passed === computed) elements(record, image, block, address(record, 1), computed);
  else elements(record, image, block, passed === kept ? address(record, 3) : address(record, 1), all);
}

/** @inline */
function elements(record: usize, image: i32, block: i32, gradient: usize, passed: i32): void {
  const bytes = address(record, 14) << 5;
  for (let begin: usize = 0; begin < bytes; begin += pieceBytes) {
    const end = min(begin + pieceBytes, bytes);
    elementsOfHalf(record, image, block, gradient, begin, end, 0, passed);
    elementsOfHalf(record, image, block, gradient, begin, end, 16, passed);
  }
}

/** dx = dy scale + (x - mean) slope + rest, of four channels in a piece of an image's block. @inline */
function elementsOfHalf(
  record: usize,
  image: i32,
  block: i32,
  gradient: usize,
  begin: usize,
  end: usize,
  half: usize,
  passed: i32,
): void {
  const offset = offsetOf(record, image, block);
  const x = address(record, 0) + offset;
  const dy = gradient + offset;
  const dx = address(record, 8) + offset;
  const channel = ((<usize>block) << 5) + half;
  const eps = float(record, 15);
  const mean = v128.load(address(record, 6) + channel);
  const variance = v128.load(address(record, 7) + channel);
  const scale = scaleOf(v128.load(address(record, 4) + channel), variance, eps);
  const shift = four(record, 5, channel);
  const share = f32x4.splat(<f32>(-1 / (<f64>field(record, 12) * field(record, 14))));
  const part = f32x4.mul(scale, share);
  const inverse = scaleOf(f32x4.splat(1), variance, eps);
  const slope = f32x4.mul(f32x4.mul(part, inverse), v128.load(address(record, 9) + channel));
  const rest = f32x4.mul(part, v128.load(address(record, 10) + channel));
  for (let i = begin + half; i < end; i += 32) {
    const through = passes(x, dy, 0, 0, i, mean, scale, shift, passed);
    const distance = f32x4.sub(v128.load(x + i), mean);
    v128.store(dx + i, madd(through, scale, madd(distance, slope, rest)));
  }
}
