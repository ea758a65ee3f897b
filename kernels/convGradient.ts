// The gradient of convolutions towards their weights. Here a tile's pixels are weights, four of one output each, and
// what is summed are rows of pixels: numbers of x, a stride apart, meet those of dy.
//
// The records, behind the fields of tiles (kernels/convTile.ts), of which y and residual are both the sums:
//   5 x, 6 dy, 7 rows of a chunk, 8 chunks an image, 9 rows of the last chunk, 10 images
//   bytes of x: 11 an image, 12 a chunk, 13 a plane; of dy: 14 an image, 15 a chunk, 16 a block
//   17 groups, 18 planes a group, 19 planes of an item, 20 weights a plane, 21 weights a group, for each output
//   22 blocks of eight outputs a group, 23 pieces those are cut into, 24 pieces the images are cut into
//   25 memory for padded chunks, or 0, and what else kernels/padding.ts wants

import { channelTile, tile, withResidual } from "./convTile";
import { pad } from "./padding";
import { address, field, share, transpose } from "./record";

/** sums [piece of the images][block of outputs][weight of an output][8]. */
export function sumWeightGradient(record: usize, thread: i32, threads: i32): void {
  eachItem(record, thread, threads, false);
}

/** The same where each channel has a filter of its own. */
export function sumChannelWeightGradient(record: usize, thread: i32, threads: i32): void {
  eachItem(record, thread, threads, true);
}

/** An item is some planes of x and some blocks of outputs, for some of the images: its sums stay near. */
function eachItem(record: usize, thread: i32, threads: i32, channels: bool): void {
  const planes = field(record, 18);
  const perItem = field(record, 19);
  const strips = (planes + perItem - 1) / perItem;
  const blocks = field(record, 22);
  const pieces = field(record, 23);
  const parts = field(record, 24);
  const items = field(record, 17) * strips * pieces * parts;
  const end = share(items, thread + 1, threads);
  for (let item = share(items, thread, threads); item < end; item++) {
    const piece = item % pieces;
    const strip = (item / pieces) % strips;
    const group = (item / pieces / strips) % field(record, 17);
    const part = item / pieces / strips / field(record, 17);
    addImages(
      record,
      thread,
      channels,
      part,
      group * planes + strip * perItem,
      group * blocks + share(blocks, piece, pieces),
      group * blocks + share(blocks, piece + 1, pieces),
      strip * perItem,
    );
  }
}

/** Sums an item over its images; `before` of its group's planes come before its first. */
function addImages(
  record: usize,
  thread: i32,
  channels: bool,
  part: i32,
  plane: i32,
  firstBlock: i32,
  lastBlock: i32,
  before: i32,
): void {
  const chunks = field(record, 8);
  const firstWeight = before * field(record, 20);
  const inGroup = field(record, 21);
  const weights = min(field(record, 19) * field(record, 20), inGroup - firstWeight);
  const beyond = plane + min(field(record, 19), field(record, 18) - before);
  const firstImage = share(field(record, 10), part, field(record, 24));
  const lastImage = share(field(record, 10), part + 1, field(record, 24));
  const sums = part * field(record, 17) * field(record, 22) * inGroup + firstWeight;
  for (let image = firstImage; image < lastImage; image++)
    for (let chunk = 0; chunk < chunks; chunk++) {
      let from = address(record, 5) + <usize>image * address(record, 11);
      if (address(record, 25)) from = pad(record + 25 * 4, from, chunk, thread, plane, beyond);
      else from += <usize>chunk * address(record, 12) + <usize>plane * address(record, 13);
      const rows = chunk === chunks - 1 ? field(record, 9) : field(record, 7);
      const flags = image === firstImage && chunk === 0 ? 0 : withResidual;
      const dy = address(record, 6) + <usize>image * address(record, 14) + <usize>chunk * address(record, 15);
      for (let block = firstBlock; block < lastBlock; block++) {
        const factors = dy + <usize>block * address(record, 16);
        const target = (<usize>(sums + block * inGroup)) << 5;
        for (let weight = 0; weight < weights; weight += 4)
          if (channels) channelTile(record, from, factors, 0, target, weight, weights, rows, flags);
          else tile(record, from, factors, 0, target, weight, weights, rows, flags);
      }
    }
}

/**
 * Adds the pieces of a sum and gives each weight its place, [output][weight of an output]. Fields: 0 sums, 1 dw, 2 pieces,
 * 3 outputs in all, 4 outputs and 5 weights a group, 6 outputs and 7 weights of each group that is part of it.
 */
export function finishWeightGradient(record: usize, thread: i32, threads: i32): void {
  const pieces = field(record, 2);
  const all = field(record, 3);
  const outputs = field(record, 4);
  const inGroup = field(record, 5);
  const ofPart = field(record, 6);
  const weights = field(record, 7);
  // A group begins with a block of outputs.
  const blocks = (all + 7) >> 3;
  const bytes = (<usize>(blocks * inGroup)) << 5;
  const pitch = (<usize>weights) << 2;
  const whole = pieces === 1 && (ofPart & 7) === 0;
  const end = share(blocks, thread + 1, threads);
  for (let block = share(blocks, thread, threads); block < end; block++) {
    const from = address(record, 0) + ((<usize>(block * inGroup)) << 5);
    const output = block << 3;
    const lanes = min(8, all - output);
    let weight = 0;
    if (whole && lanes === 8) {
      const first = from + ((<usize>((((output % outputs) / ofPart) * weights) << 3)) << 2);
      const to = address(record, 1) + <usize>output * pitch;
      for (; weight + 4 <= weights; weight += 4) {
        const source = first + ((<usize>weight) << 5);
        const row = to + ((<usize>weight) << 2);
        for (let half: usize = 0; half < 2; half++) {
          const quad = source + (half << 4);
          const low = v128.load(quad);
          transpose(
            low,
            v128.load(quad, 32),
            v128.load(quad, 64),
            v128.load(quad, 96),
            row + half * 4 * pitch,
            pitch,
          );
        }
      }
    }
    for (let lane = 0; lane < lanes; lane++) {
      const part = ((output + lane) % outputs) / ofPart;
      const first = from + ((<usize>(part * weights)) << 5) + ((<usize>lane) << 2);
      const to = address(record, 1) + <usize>(output + lane) * pitch;
      for (let rest = weight; rest < weights; rest++) {
        let source = first + ((<usize>rest) << 5);
        let sum = load<f32>(source);
        for (let piece = 1; piece < pieces; piece++) {
          source += bytes;
          sum += load<f32>(source);
        }
        store<f32>(to + ((<usize>rest) << 2), sum);
      }
    }
  }
}
