// Local response normalisation, pixel by pixel: all of a pixel's channels side by side, with zeros before the first and
// behind the last for the neighbours that are not there.
//
// Fields: operands, result, rows of working memory for each thread, n, channels, pixels, and of the norm: how many
// neighbours, alpha, beta, k. A row has place for the channels in whole blocks, the neighbours, and a vector.

import { exp, log } from "./exponential";
import { address, field, float, madd, share } from "./record";

/** x / d^beta, d = k + alpha sum of x². */
export function localResponseNorm(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const n = field(record, 3);
  const channels = field(record, 4);
  const pixels = field(record, 5);
  const neighbours = field(record, 6);
  const blocks = (channels + 7) >> 3;
  const plane = (<usize>pixels) << 5;
  const terms = address(record, 2) + <usize>thread * rowBytes(blocks, neighbours);
  const middle = terms + middleBytes(neighbours);
  const end = share(n * pixels, thread + 1, threads);
  memory.fill(terms, 0, rowBytes(blocks, neighbours));
  for (let index = share(n * pixels, thread, threads); index < end; index++) {
    const pixel = <usize>(index / pixels) * blocks * plane + ((<usize>(index % pixels)) << 5);
    squares(x + pixel, plane, blocks, channels, middle);
    for (let block: usize = 0; block < <usize>blocks; block++)
      for (let half: usize = 0; half < 32; half += 16) {
        const at = pixel + block * plane + half;
        const sum = windowSum(terms + (block << 5) + half, neighbours);
        v128.store(y + at, f32x4.mul(v128.load(x + at), power(record, 7, sum)));
      }
  }
}

/** dy / d^beta - 2 alpha beta x (sum of dy x / d^(beta + 1)). */
export function localResponseNormGrad(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const dy = address(record, 1);
  const dx = address(record, 2);
  const n = field(record, 4);
  const channels = field(record, 5);
  const pixels = field(record, 6);
  const neighbours = field(record, 7);
  const alpha = f32x4.splat(float(record, 8));
  const k = f32x4.splat(float(record, 10));
  const factor = f32x4.splat(-2 * float(record, 8) * float(record, 9));
  const blocks = (channels + 7) >> 3;
  const plane = (<usize>pixels) << 5;
  const row = rowBytes(blocks, neighbours);
  const terms = address(record, 3) + <usize>thread * row * 3;
  const products = terms + row;
  const powers = products + row;
  const margin = middleBytes(neighbours);
  const end = share(n * pixels, thread + 1, threads);
  memory.fill(terms, 0, row * 3);
  for (let index = share(n * pixels, thread, threads); index < end; index++) {
    const pixel = <usize>(index / pixels) * blocks * plane + ((<usize>(index % pixels)) << 5);
    squares(x + pixel, plane, blocks, channels, terms + margin);
    for (let block: usize = 0; block < <usize>blocks; block++)
      for (let half: usize = 0; half < 32; half += 16) {
        const at = pixel + block * plane + half;
        const i = (block << 5) + half;
        const sum = windowSum(terms + i, neighbours);
        const scale = power(record, 8, sum);
        v128.store(powers + i, scale);
        const product = f32x4.mul(f32x4.mul(v128.load(dy + at), v128.load(x + at)), scale);
        v128.store(products + margin + i, f32x4.div(product, madd(alpha, sum, k)));
      }
    clear(products + margin, channels);
    for (let block: usize = 0; block < <usize>blocks; block++)
      for (let half: usize = 0; half < 32; half += 16) {
        const at = pixel + block * plane + half;
        const i = (block << 5) + half;
        const slope = f32x4.mul(f32x4.mul(factor, v128.load(x + at)), windowSum(products + i, neighbours));
        v128.store(dx + at, madd(v128.load(dy + at), v128.load(powers + i), slope));
      }
  }
}

/** @inline */
function rowBytes(blocks: i32, neighbours: i32): usize {
  return ((<usize>blocks) << 5) + ((<usize>neighbours) << 2) + 32;
}

/** Where the first channel is in a row: behind the neighbours it does not have. @inline */
function middleBytes(neighbours: i32): usize {
  return (<usize>(neighbours >> 1)) << 2;
}

/** The squares of a pixel's channels side by side. @inline */
function squares(x: usize, plane: usize, blocks: i32, channels: i32, to: usize): void {
  for (let block: usize = 0; block < <usize>blocks; block++) {
    const low = v128.load(x + block * plane, 0);
    const high = v128.load(x + block * plane, 16);
    v128.store(to + (block << 5), f32x4.mul(low, low), 0);
    v128.store(to + (block << 5), f32x4.mul(high, high), 16);
  }
  clear(to, channels);
}

/** Takes away what a block has instead of channels beyond the last. @inline */
function clear(row: usize, channels: i32): void {
  const end = row + ((<usize>channels) << 2);
  if ((channels & 7) === 0) return;
  v128.store(end, f32x4.splat(0), 0);
  v128.store(end, f32x4.splat(0), 16);
}

/** @inline */
function windowSum(from: usize, neighbours: i32): v128 {
  let sum = v128.load(from);
  const end = from + ((<usize>neighbours) << 2);
  for (let i = from + 4; i < end; i += 4) sum = f32x4.add(sum, v128.load(i));
  return sum;
}

/** (k + alpha sum)^-beta; alpha, beta and k are fields from `first` on. @inline */
function power(record: usize, first: usize, sum: v128): v128 {
  const beta = float(record, first + 1);
  const d = madd(f32x4.splat(float(record, first)), sum, f32x4.splat(float(record, first + 2)));
  if (beta === 0.75) return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.mul(d, f32x4.sqrt(d))));
  let logarithm = f32x4.splat(log(f32x4.extract_lane(d, 0)));
  logarithm = f32x4.replace_lane(logarithm, 1, log(f32x4.extract_lane(d, 1)));
  logarithm = f32x4.replace_lane(logarithm, 2, log(f32x4.extract_lane(d, 2)));
  logarithm = f32x4.replace_lane(logarithm, 3, log(f32x4.extract_lane(d, 3)));
  return exp(f32x4.mul(logarithm, f32x4.splat(-beta)));
}
