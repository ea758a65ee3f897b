// Convolutions as direct sums, and the input's gradients, which are convolutions too. Shapes, strides, dilation, groups
// and padding all arrive as tables: what is summed lies in runs of neighbouring numbers, the first channels' of a pixel
// or one row of a window, each at an offset from a pixel; a tile sums all runs for eight outputs of four pixels. Its eight
// accumulators, two weights and four operands are what 15 registers hold: V8 moves the loads of a loop's body to its
// beginning, so a body of more pixels or of two channels spills.
//
// The record of `convolve` and of `convolveChannels`, which sums each channel on its own:
//   0 x, 1 packed weights, 2 bias, 3 residual, 4 y, 5 flags (1: bias, 2: residual, 4: ReLU)
//   6 runs: offset and bytes of weights each, 7 how many, 8 pixels: offsets in x and y each
//   9 pixels of a chunk, 10 chunks an image, 11 pixels of the last chunk, 12 images
//   13 x bytes an image, 14 a chunk, 15 a group; 16 y bytes an image, 17 a chunk, 18 a block
//   19 blocks of eight outputs, 20 blocks a group, 21 bytes of weights a block, 22 pieces the blocks are cut into
//   23 padded: 0, or each thread's memory for a padded chunk, and what kernels/padding.ts wants of it

import { pad } from "./padding";
import { address, field, madd, share } from "./record";

/** y = x * weights (+ bias) (+ residual) (ReLU). */
export function convolve(record: usize, thread: i32, threads: i32): void {
  eachBlock(record, thread, threads, false);
}

/** The same where each channel has a filter of its own. */
export function convolveChannels(record: usize, thread: i32, threads: i32): void {
  eachBlock(record, thread, threads, true);
}

/** Runs over images, chunks of their rows and pieces of the outputs' blocks. */
function eachBlock(record: usize, thread: i32, threads: i32, channels: bool): void {
  const chunks = field(record, 10);
  const pieces = field(record, 22);
  const blocks = field(record, 19);
  const perGroup = field(record, 20);
  const padded = address(record, 23);
  const items = field(record, 12) * chunks * pieces;
  const end = share(items, thread + 1, threads);
  for (let item = share(items, thread, threads); item < end; item++) {
    const piece = item % pieces;
    const chunk = (item / pieces) % chunks;
    const image = <usize>(item / pieces / chunks);
    const first = share(blocks, piece, pieces);
    const last = share(blocks, piece + 1, pieces);
    let from = address(record, 0) + image * address(record, 13);
    if (padded) from = pad(record + 23 * 4, from, chunk, thread, first / perGroup, (last - 1) / perGroup + 1);
    else from += <usize>chunk * address(record, 14);
    const to = image * address(record, 16) + <usize>chunk * address(record, 17);
    const pixels = chunk === chunks - 1 ? field(record, 11) : field(record, 9);
    for (let block = first; block < last; block++) {
      const source = from + <usize>(block / perGroup) * address(record, 15);
      const target = to + <usize>block * address(record, 18);
      const weights = address(record, 1) + <usize>block * address(record, 21);
      const bias = address(record, 2) + ((<usize>block) << 5);
      for (let pixel = 0; pixel < pixels; pixel += 4)
        if (channels) channelTile(record, source, weights, bias, target, pixel, pixels);
        else tile(record, source, weights, bias, target, pixel, pixels);
    }
  }
}

/** Offsets of a pixel, or of the last there is. @inline */
function entry(table: usize, pixel: i32, pixels: i32): usize {
  return table + ((<usize>min(pixel, pixels - 1)) << 3);
}

/** Eight outputs of four pixels. */
function tile(
  record: usize,
  source: usize,
  weights: usize,
  bias: usize,
  target: usize,
  pixel: i32,
  pixels: i32,
): void {
  const flags = field(record, 5);
  const table = address(record, 8);
  const x0 = source + load<u32>(entry(table, pixel, pixels));
  const x1 = source + load<u32>(entry(table, pixel + 1, pixels));
  const x2 = source + load<u32>(entry(table, pixel + 2, pixels));
  const x3 = source + load<u32>(entry(table, pixel + 3, pixels));
  let low0 = f32x4.splat(0);
  let high0 = low0;
  if (flags & 1) {
    low0 = v128.load(bias);
    high0 = v128.load(bias, 16);
  }
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high1 = high0;
  let high2 = high0;
  let high3 = high0;
  let run = address(record, 6);
  const lastRun = run + ((<usize>field(record, 7)) << 3);
  for (; run < lastRun; run += 8) {
    const offset = <usize>load<u32>(run);
    const end = weights + <usize>load<u32>(run, 4);
    let p0 = x0 + offset;
    let p1 = x1 + offset;
    let p2 = x2 + offset;
    let p3 = x3 + offset;
    while (weights < end) {
      const low = v128.load(weights);
      const high = v128.load(weights, 16);
      let x = v128.load32_splat(p0);
      low0 = madd(x, low, low0);
      high0 = madd(x, high, high0);
      x = v128.load32_splat(p1);
      low1 = madd(x, low, low1);
      high1 = madd(x, high, high1);
      x = v128.load32_splat(p2);
      low2 = madd(x, low, low2);
      high2 = madd(x, high, high2);
      x = v128.load32_splat(p3);
      low3 = madd(x, low, low3);
      high3 = madd(x, high, high3);
      weights += 32;
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
    }
  }
  finish(record, target + load<u32>(entry(table, pixel, pixels), 4), low0, high0);
  if (pixel + 1 < pixels) finish(record, target + load<u32>(entry(table, pixel + 1, pixels), 4), low1, high1);
  if (pixel + 2 < pixels) finish(record, target + load<u32>(entry(table, pixel + 2, pixels), 4), low2, high2);
  if (pixel + 3 < pixels) finish(record, target + load<u32>(entry(table, pixel + 3, pixels), 4), low3, high3);
}

/** Eight channels of four pixels, each the sum over its own windows. */
function channelTile(
  record: usize,
  source: usize,
  weights: usize,
  bias: usize,
  target: usize,
  pixel: i32,
  pixels: i32,
): void {
  const flags = field(record, 5);
  const table = address(record, 8);
  const x0 = source + load<u32>(entry(table, pixel, pixels));
  const x1 = source + load<u32>(entry(table, pixel + 1, pixels));
  const x2 = source + load<u32>(entry(table, pixel + 2, pixels));
  const x3 = source + load<u32>(entry(table, pixel + 3, pixels));
  let low0 = f32x4.splat(0);
  let high0 = low0;
  if (flags & 1) {
    low0 = v128.load(bias);
    high0 = v128.load(bias, 16);
  }
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high1 = high0;
  let high2 = high0;
  let high3 = high0;
  let run = address(record, 6);
  const lastRun = run + ((<usize>field(record, 7)) << 3);
  for (; run < lastRun; run += 8) {
    const offset = <usize>load<u32>(run);
    const low = v128.load(weights);
    const high = v128.load(weights, 16);
    low0 = madd(v128.load(x0 + offset), low, low0);
    high0 = madd(v128.load(x0 + offset, 16), high, high0);
    low1 = madd(v128.load(x1 + offset), low, low1);
    high1 = madd(v128.load(x1 + offset, 16), high, high1);
    low2 = madd(v128.load(x2 + offset), low, low2);
    high2 = madd(v128.load(x2 + offset, 16), high, high2);
    low3 = madd(v128.load(x3 + offset), low, low3);
    high3 = madd(v128.load(x3 + offset, 16), high, high3);
    weights += 32;
  }
  finish(record, target + load<u32>(entry(table, pixel, pixels), 4), low0, high0);
  if (pixel + 1 < pixels) finish(record, target + load<u32>(entry(table, pixel + 1, pixels), 4), low1, high1);
  if (pixel + 2 < pixels) finish(record, target + load<u32>(entry(table, pixel + 2, pixels), 4), low2, high2);
  if (pixel + 3 < pixels) finish(record, target + load<u32>(entry(table, pixel + 3, pixels), 4), low3, high3);
}

/** Adds the residual, applies ReLU, and leaves a pixel's eight outputs behind. */
function finish(record: usize, offset: usize, low: v128, high: v128): void {
  const flags = field(record, 5);
  if (flags & 2) {
    const residual = address(record, 3) + offset;
    low = f32x4.add(low, v128.load(residual));
    high = f32x4.add(high, v128.load(residual, 16));
  }
  if (flags & 4) {
    low = f32x4.pmax(low, f32x4.splat(0));
    high = f32x4.pmax(high, f32x4.splat(0));
  }
  const y = address(record, 4) + offset;
  v128.store(y, low);
  v128.store(y, high, 16);
}
