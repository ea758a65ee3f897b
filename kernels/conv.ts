// Convolutions as direct sums, and their inputs' gradients, which are convolutions too.
//
// The records of both kernels, behind the fields of tiles (kernels/convTile.ts):
//   5 x, 6 packed weights, 7 bias, 8 flags, 9 runs, 10 pixels of a chunk, 11 chunks an image, 12 pixels of the last chunk
//   13 images; bytes of x: 14 an image, 15 a chunk, 16 a group; of y: 17 an image, 18 a chunk, 19 a block
//   20 blocks of eight outputs, 21 blocks a group, 22 bytes of weights a block, 23 pieces the blocks are cut into
//   24 memory for padded chunks, or 0, and what else kernels/padding.ts wants

import { channelTile, tile } from "./convTile";
import { pad } from "./padding";
import { address, field, share } from "./record";

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
  const flags = field(record, 8);
  const runs = field(record, 9);
  const chunks = field(record, 11);
  const blocks = field(record, 20);
  const perGroup = field(record, 21);
  const pieces = field(record, 23);
  const end = share(field(record, 13) * chunks * pieces, thread + 1, threads);
  for (let item = share(field(record, 13) * chunks * pieces, thread, threads); item < end; item++) {
    const piece = item % pieces;
    const chunk = (item / pieces) % chunks;
    const image = <usize>(item / pieces / chunks);
    const first = share(blocks, piece, pieces);
    const last = share(blocks, piece + 1, pieces);
    const group = first / perGroup;
    let from = address(record, 5) + image * address(record, 14);
    if (address(record, 24))
      from = pad(record + 24 * 4, from, chunk, thread, group, (last - 1) / perGroup + 1);
    else from += <usize>chunk * address(record, 15) + <usize>group * address(record, 16);
    const to = image * address(record, 17) + <usize>chunk * address(record, 18);
    const pixels = chunk === chunks - 1 ? field(record, 12) : field(record, 10);
    for (let block = first; block < last; block++) {
      const source = from + <usize>(block / perGroup - group) * address(record, 16);
      const target = to + <usize>block * address(record, 19);
      const weights = address(record, 6) + <usize>block * address(record, 22);
      const bias = address(record, 7) + ((<usize>block) << 5);
      for (let pixel = 0; pixel < pixels; pixel += 4)
        if (channels) channelTile(record, source, weights, bias, target, pixel, pixels, runs, flags);
        else tile(record, source, weights, bias, target, pixel, pixels, runs, flags);
    }
  }
}
