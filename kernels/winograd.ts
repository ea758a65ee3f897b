// Convolutions of 3x3 at stride 1 by F(4x4, 3x3): a tile of 4x4 outputs takes 36 products for each pair of channels, not
// 144. Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, equations 8 and 15; the
// interpolation points are 0, 1, -1, 2, -2.
//
// The record, behind the fields of kernels/convTile.ts, of which runs and pixels are those of a product over 36 planes:
//   5 x, 6 transformed weights, 7 bias, 8 flags, 9 runs, 10 inputs, 11 images, 12 tiles of a chunk
//   13 rows and 14 pixels a row of x, 15 its blocks, 16 rows and 17 pixels a row of y, 18 its blocks
//   19 rows of zeros above x, 20 pixels of zeros before a row, 21 pieces y's blocks are cut into
//   22 memory, 23 its bytes a thread

import { finish, tile, withBias } from "./convTile";
import { address, field, share } from "./record";

const points: usize = 36;
/** Between planes, bytes beside their own: planes at a power of 2 would all meet in the same lines of the cache. */
const apart: usize = 64;
/** Bytes of a patch of 6x6 pixels, of which a thread needs two. */
const patchBytes: usize = 1152;

/** y = x * weights (+ bias) (+ residual) (ReLU). */
export function winograd(record: usize, thread: i32, threads: i32): void {
  const perChunk = field(record, 12);
  const tiles = field(record, 11) * tilesOf(field(record, 16)) * tilesOf(field(record, 17));
  const chunks = (tiles + perChunk - 1) / perChunk;
  const pieces = field(record, 21);
  const blocks = field(record, 18);
  const memory = address(record, 22) + <usize>thread * address(record, 23);
  const end = share(chunks * pieces, thread + 1, threads);
  for (let item = share(chunks * pieces, thread, threads); item < end; item++) {
    const piece = item % pieces;
    const first = (item / pieces) * perChunk;
    const count = min(perChunk, tiles - first);
    const firstBlock = share(blocks, piece, pieces);
    const lastBlock = share(blocks, piece + 1, pieces);
    const transformed = memory + 2 * patchBytes;
    const products = transformed + points * planeBytes(field(record, 15) * perChunk);
    for (let i = 0; i < count; i++) transformInput(record, first + i, i, memory, transformed);
    multiply(record, count, firstBlock, lastBlock, transformed, products);
    for (let i = 0; i < count; i++)
      for (let block = firstBlock; block < lastBlock; block++) {
        const from = products + ((<usize>((block - firstBlock) * perChunk + i)) << 5);
        const between = planeBytes((lastBlock - firstBlock) * perChunk);
        transformOutput(record, first + i, block, from, between, memory);
      }
  }
}

/** From a plane of so many times eight numbers to the next. @inline */
function planeBytes(count: i32): usize {
  return ((<usize>count) << 5) + apart;
}

/** How many tiles cover so many pixels. @inline */
function tilesOf(pixels: i32): i32 {
  return (pixels + 3) >> 2;
}

/** products [36][block of outputs][tile][8] of transformed [36][block of inputs][tile][8] and the weights. */
function multiply(
  record: usize,
  count: i32,
  firstBlock: i32,
  lastBlock: i32,
  transformed: usize,
  products: usize,
): void {
  const perChunk = field(record, 12);
  const runs = field(record, 9);
  const plane = planeBytes(field(record, 15) * perChunk);
  const weightBytes = address(record, 10) << 5;
  const weightPlane = planeBytes(field(record, 18) * field(record, 10));
  for (let point: usize = 0; point < points; point++) {
    let weights = address(record, 6) + point * weightPlane + <usize>firstBlock * weightBytes;
    let target = products - address(record, 0) + point * planeBytes((lastBlock - firstBlock) * perChunk);
    const source = transformed + point * plane;
    for (let block = firstBlock; block < lastBlock; block++) {
      for (let pixel = 0; pixel < count; pixel += 4)
        tile(record, source, weights, 0, target, pixel, count, runs, 0);
      weights += weightBytes;
      target += (<usize>perChunk) << 5;
    }
  }
}

/** Transforms all channels of a tile, the `index`th of a chunk. */
function transformInput(record: usize, at: i32, index: i32, memory: usize, transformed: usize): void {
  const height = field(record, 13);
  const width = field(record, 14);
  const blocks = field(record, 15);
  const perChunk = field(record, 12);
  const down = tilesOf(field(record, 16));
  const across = tilesOf(field(record, 17));
  const row = ((at / across) % down) * 4 - field(record, 19);
  const column = (at % across) * 4 - field(record, 20);
  const inside = row >= 0 && column >= 0 && row + 6 <= height && column + 6 <= width;
  const patch = memory + patchBytes;
  const between = planeBytes(blocks * perChunk);
  for (let block = 0; block < blocks; block++) {
    const plane =
      address(record, 5) + ((<usize>((at / across / down) * blocks + block) * height * width) << 5);
    let from = plane + ((<usize>(row * width + column)) << 5);
    let pitch = (<usize>width) << 5;
    if (!inside) {
      copyPatch(plane, row, column, height, width, patch);
      from = patch;
      pitch = 192;
    }
    const to = transformed + ((<usize>(block * perChunk + index)) << 5);
    for (let half: usize = 0; half < 32; half += 16) {
      for (let i: usize = 0; i < 192; i += 32) transformSix(from + i + half, pitch, memory + i + half, 192);
      for (let i: usize = 0; i < 6; i++)
        transformSix(memory + i * 192 + half, 32, to + i * 6 * between + half, between);
    }
  }
}

/** Copies 6x6 pixels, zeros for those x does not have. */
function copyPatch(plane: usize, row: i32, column: i32, height: i32, width: i32, to: usize): void {
  for (let y = row; y < row + 6; y++)
    for (let x = column; x < column + 6; x++, to += 32) {
      let low = f32x4.splat(0);
      let high = low;
      if (y >= 0 && y < height && x >= 0 && x < width) {
        const pixel = plane + ((<usize>(y * width + x)) << 5);
        low = v128.load(pixel);
        high = v128.load(pixel, 16);
      }
      v128.store(to, low);
      v128.store(to, high, 16);
    }
}

/** B^T d. */
function transformSix(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const four = f32x4.splat(4);
  const five = f32x4.splat(5);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  let even = f32x4.sub(d4, f32x4.mul(four, d2));
  let odd = f32x4.sub(d3, f32x4.mul(four, d1));
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  even = f32x4.sub(d4, d2);
  odd = f32x4.sub(d3, d1);
  odd = f32x4.add(odd, odd);
  v128.store(to + 3 * toStep, f32x4.add(even, odd));
  v128.store(to + 4 * toStep, f32x4.sub(even, odd));
  v128.store(to + 5 * toStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** Transforms a tile's products back: eight outputs of the pixels that y has. */
function transformOutput(
  record: usize,
  at: i32,
  block: i32,
  from: usize,
  between: usize,
  memory: usize,
): void {
  const height = field(record, 16);
  const width = field(record, 17);
  const down = tilesOf(height);
  const across = tilesOf(width);
  const row = ((at / across) % down) * 4;
  const column = (at % across) * 4;
  const patch = memory + patchBytes;
  for (let half: usize = 0; half < 32; half += 16) {
    for (let i: usize = 0; i < 6; i++)
      transformFour(from + i * between + half, 6 * between, memory + i * 32 + half, 192);
    for (let i: usize = 0; i < 4; i++) transformFour(memory + i * 192 + half, 32, patch + i * 128 + half, 32);
  }
  const flags = field(record, 8);
  let low = f32x4.splat(0);
  let high = low;
  if (flags & withBias) {
    const bias = address(record, 7) + ((<usize>block) << 5);
    low = v128.load(bias);
    high = v128.load(bias, 16);
  }
  const plane = <usize>((at / across / down) * field(record, 18) + block) * height * width;
  const rows = min(4, height - row);
  const columns = min(4, width - column);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const sums = patch + ((<usize>(y * 4 + x)) << 5);
      const offset = (plane + <usize>((row + y) * width + column + x)) << 5;
      finish(record, offset, f32x4.add(low, v128.load(sums)), f32x4.add(high, v128.load(sums, 16)), flags);
    }
}

/** A^T m. */
function transformFour(from: usize, step: usize, to: usize, toStep: usize): void {
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const even = f32x4.add(m1, m2);
  const odd = f32x4.sub(m1, m2);
  const evenTwo = f32x4.add(m3, m4);
  const oddTwo = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), even), evenTwo));
  v128.store(to + toStep, f32x4.add(odd, f32x4.mul(f32x4.splat(2), oddTwo)));
  v128.store(to + 2 * toStep, f32x4.add(even, f32x4.mul(f32x4.splat(4), evenTwo)));
  const last = f32x4.add(odd, f32x4.mul(f32x4.splat(8), oddTwo));
  v128.store(to + 3 * toStep, f32x4.add(last, v128.load(from + 5 * step)));
}

/**
 * G g G^T of each filter, as [36][block of outputs][input][8]. Fields: 0 weights, 1 transformed, 2 outputs, 3 inputs,
 * 4 numbers between outputs, 5 between inputs, 6 whether filters are turned by 180 degrees, 7 memory of 2304 bytes a
 * thread.
 */
export function winogradWeights(record: usize, thread: i32, threads: i32): void {
  const outputs = field(record, 2);
  const inputs = field(record, 3);
  const blocks = (outputs + 7) >> 3;
  const perOutput = address(record, 4) << 2;
  const turned = field(record, 6) === 1;
  const filter = address(record, 7) + <usize>thread * 2 * patchBytes;
  const half = filter + patchBytes;
  const between = planeBytes(blocks * inputs);
  const end = share(blocks * inputs, thread + 1, threads);
  for (let index = share(blocks * inputs, thread, threads); index < end; index++) {
    const output = (index / inputs) << 3;
    const from =
      address(record, 0) + <usize>output * perOutput + ((<usize>(index % inputs) * address(record, 5)) << 2);
    const lanes = min(8, outputs - output);
    for (let tap = 0; tap < 9; tap++)
      for (let lane = 0; lane < 8; lane++) {
        const number = from + <usize>lane * perOutput + ((<usize>(turned ? 8 - tap : tap)) << 2);
        store<f32>(filter + ((<usize>(tap * 8 + lane)) << 2), lane < lanes ? load<f32>(number) : 0);
      }
    const to = address(record, 1) + ((<usize>index) << 5);
    for (let lane: usize = 0; lane < 32; lane += 16) {
      for (let i: usize = 0; i < 3; i++) transformThree(filter + i * 32 + lane, 96, half + i * 32 + lane, 96);
      for (let i: usize = 0; i < 6; i++)
        transformThree(half + i * 96 + lane, 32, to + i * 6 * between + lane, between);
    }
  }
}

/** G g. */
function transformThree(from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = v128.load(from + 2 * step);
  const sixth = f32x4.splat(<f32>(-1.0 / 6.0));
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0));
  const outer = f32x4.add(g0, g2);
  v128.store(to + toStep, f32x4.mul(sixth, f32x4.add(outer, g1)));
  v128.store(to + 2 * toStep, f32x4.mul(sixth, f32x4.sub(outer, g1)));
  const even = f32x4.add(
    f32x4.mul(f32x4.splat(<f32>(1.0 / 24.0)), g0),
    f32x4.mul(f32x4.splat(<f32>(1.0 / 6.0)), g2),
  );
  const odd = f32x4.mul(f32x4.splat(<f32>(1.0 / 12.0)), g1);
  v128.store(to + 3 * toStep, f32x4.add(even, odd));
  v128.store(to + 4 * toStep, f32x4.sub(even, odd));
  v128.store(to + 5 * toStep, g2);
}
