// Dropout, with the counter-based randomness of src/ir/random.ts, bit for bit.

import { address, field, float, lineShare } from "./record";

/** The finaliser of MurmurHash3. */
function mix(word: u32): u32 {
  const h = (word ^ (word >> 16)) * 0x85ebca6b;
  const g = (h ^ (h >> 13)) * 0xc2b2ae35;
  return g ^ (g >> 16);
}

function streamKey(seed: u32, stream: u32): u32 {
  return mix(mix(seed) + stream);
}

/** Four words at once. @inline */
function mix4(word: v128): v128 {
  const h = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 16)), i32x4.splat(0x85ebca6b));
  const g = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(g, i32x4.shr_u(g, 16));
}

/**
 * y = x scale where the upper 24 bits of the element's random word are at least `threshold`, else 0.
 * Fields: x, random [seed, step], y, count, threshold, scale, salt.
 */
export function dropout(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const random = address(record, 1);
  const y = address(record, 2);
  const count = field(record, 3);
  const least = i32x4.splat(field(record, 4) - 1);
  const scale = f32x4.splat(float(record, 5));
  const salt = <u32>field(record, 6);
  const key = streamKey(streamKey(load<u32>(random), load<u32>(random, 4)), salt);
  const weyl: u32 = 0x9e3779b1;
  const begin = lineShare(count, thread, threads);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const step = i32x4.splat(<i32>(4 * weyl));
  let words = i32x4.add(
    i32x4.splat(<i32>(key + <u32>begin * weyl)),
    i32x4.mul(i32x4.splat(<i32>weyl), i32x4(0, 1, 2, 3)),
  );
  for (let i = (<usize>begin) << 2; i < end; i += 16) {
    const kept = i32x4.gt_s(i32x4.shr_u(mix4(words), 8), least);
    v128.store(y + i, v128.and(f32x4.mul(v128.load(x + i), scale), kept));
    words = i32x4.add(words, step);
  }
}
