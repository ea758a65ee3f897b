// The innermost loop of all convolutions. Shapes, strides, dilation, groups and padding arrive as tables. What is summed
// lies in runs of numbers a step apart, each run at an offset from a pixel, and meets factors that lie one behind the
// other; a tile sums all runs for eight outputs of four pixels. Its eight accumulators, two factors and four operands are
// what 15 registers hold: V8 moves the loads of a loop's body to its beginning, so one of more pixels or numbers spills.
//
// A record begins with what tiles read:
//   0 y, 1 residual, 2 runs: offset and bytes of factors each, 3 pixels: offsets in x and in y each,
//   4 bytes from a run's number to the next

import { address, madd } from "./record";

export const withBias = 1;
export const withResidual = 2;
export const withRelu = 4;

/** Of the first field behind those of tiles. */
export const own = 5;

/** Offsets of a pixel, or of the last there is. @inline */
function entry(table: usize, pixel: i32, pixels: i32): usize {
  return table + ((<usize>min(pixel, pixels - 1)) << 3);
}

/** Eight outputs of four pixels: every number meets eight factors. */
export function tile(
  record: usize,
  source: usize,
  factors: usize,
  bias: usize,
  target: usize,
  pixel: i32,
  pixels: i32,
  runs: i32,
  flags: i32,
): void {
  const table = address(record, 3);
  const x0 = source + load<u32>(entry(table, pixel, pixels));
  const x1 = source + load<u32>(entry(table, pixel + 1, pixels));
  const x2 = source + load<u32>(entry(table, pixel + 2, pixels));
  const x3 = source + load<u32>(entry(table, pixel + 3, pixels));
  let low0 = f32x4.splat(0);
  let high0 = low0;
  if (flags & withBias) {
    low0 = v128.load(bias);
    high0 = v128.load(bias, 16);
  }
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high1 = high0;
  let high2 = high0;
  let high3 = high0;
  const step = address(record, 4);
  let run = address(record, 2);
  const lastRun = run + ((<usize>runs) << 3);
  for (; run < lastRun; run += 8) {
    const offset = <usize>load<u32>(run);
    const end = factors + <usize>load<u32>(run, 4);
    let p0 = x0 + offset;
    let p1 = x1 + offset;
    let p2 = x2 + offset;
    let p3 = x3 + offset;
    while (factors < end) {
      const low = v128.load(factors);
      const high = v128.load(factors, 16);
      const a = v128.load32_splat(p0);
      const b = v128.load32_splat(p1);
      const c = v128.load32_splat(p2);
      const d = v128.load32_splat(p3);
      low0 = madd(a, low, low0);
      high0 = madd(a, high, high0);
      low1 = madd(b, low, low1);
      high1 = madd(b, high, high1);
      low2 = madd(c, low, low2);
      high2 = madd(c, high, high2);
      low3 = madd(d, low, low3);
      high3 = madd(d, high, high3);
      factors += 32;
      p0 += step;
      p1 += step;
      p2 += step;
      p3 += step;
    }
  }
  finish(record, target + load<u32>(entry(table, pixel, pixels), 4), low0, high0, flags);
  if (pixel + 1 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 1, pixels), 4), low1, high1, flags);
  if (pixel + 2 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 2, pixels), 4), low2, high2, flags);
  if (pixel + 3 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 3, pixels), 4), low3, high3, flags);
}

/** Eight channels of four pixels, each with factors of its own: eight numbers meet eight factors. */
export function channelTile(
  record: usize,
  source: usize,
  factors: usize,
  bias: usize,
  target: usize,
  pixel: i32,
  pixels: i32,
  runs: i32,
  flags: i32,
): void {
  const table = address(record, 3);
  const x0 = source + load<u32>(entry(table, pixel, pixels));
  const x1 = source + load<u32>(entry(table, pixel + 1, pixels));
  const x2 = source + load<u32>(entry(table, pixel + 2, pixels));
  const x3 = source + load<u32>(entry(table, pixel + 3, pixels));
  let low0 = f32x4.splat(0);
  let high0 = low0;
  if (flags & withBias) {
    low0 = v128.load(bias);
    high0 = v128.load(bias, 16);
  }
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high1 = high0;
  let high2 = high0;
  let high3 = high0;
  const step = address(record, 4);
  let run = address(record, 2);
  const lastRun = run + ((<usize>runs) << 3);
  for (; run < lastRun; run += 8) {
    const offset = <usize>load<u32>(run);
    const end = factors + <usize>load<u32>(run, 4);
    let p0 = x0 + offset;
    let p1 = x1 + offset;
    let p2 = x2 + offset;
    let p3 = x3 + offset;
    while (factors < end) {
      const low = v128.load(factors);
      const high = v128.load(factors, 16);
      low0 = madd(v128.load(p0), low, low0);
      high0 = madd(v128.load(p0, 16), high, high0);
      low1 = madd(v128.load(p1), low, low1);
      high1 = madd(v128.load(p1, 16), high, high1);
      low2 = madd(v128.load(p2), low, low2);
      high2 = madd(v128.load(p2, 16), high, high2);
      low3 = madd(v128.load(p3), low, low3);
      high3 = madd(v128.load(p3, 16), high, high3);
      factors += 32;
      p0 += step;
      p1 += step;
      p2 += step;
      p3 += step;
    }
  }
  finish(record, target + load<u32>(entry(table, pixel, pixels), 4), low0, high0, flags);
  if (pixel + 1 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 1, pixels), 4), low1, high1, flags);
  if (pixel + 2 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 2, pixels), 4), low2, high2, flags);
  if (pixel + 3 < pixels)
    finish(record, target + load<u32>(entry(table, pixel + 3, pixels), 4), low3, high3, flags);
}

/** Adds the residual, applies ReLU, and leaves a pixel's eight outputs behind. */
export function finish(record: usize, offset: usize, low: v128, high: v128, flags: i32): void {
  if (flags & withResidual) {
    const residual = address(record, 1) + offset;
    low = f32x4.add(low, v128.load(residual));
    high = f32x4.add(high, v128.load(residual, 16));
  }
  if (flags & withRelu) {
    low = f32x4.pmax(low, f32x4.splat(0));
    high = f32x4.pmax(high, f32x4.splat(0));
  }
  const y = address(record, 0) + offset;
  v128.store(y, low);
  v128.store(y, high, 16);
}
