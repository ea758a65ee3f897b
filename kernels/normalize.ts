// What both directions of batch normalisation are made of.

import { madd } from "./record";

/** Pixels of eight channels that stay in the nearest cache between two walks, and whose sums are exact enough as f32. */
export const pieceBytes: usize = 256 << 5;

/** gamma / sqrt(variance + eps), of four channels. @inline */
export function scaleOf(gamma: v128, variance: v128, eps: f32): v128 {
  return f32x4.div(gamma, f32x4.sqrt(f32x4.add(variance, f32x4.splat(eps))));
}

/** A normalised element. Both directions compute it alike, so that they agree on what passes a ReLU. @inline */
export function normalized(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  return madd(f32x4.sub(x, mean), scale, shift);
}

/** The first two of four numbers as f64. @inline */
export function lowPair(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The last two. @inline */
export function highPair(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
}

/** Two pairs of f64, 16 bytes apart, as four f32. @inline */
export function fourOf(pairs: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(pairs, 0));
  const high = f32x4.demote_f64x2_zero(v128.load(pairs, 16));
  return v128.shuffle<i64>(low, high, 0, 2);
}
