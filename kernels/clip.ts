// Clipping gradients, and looking for numbers that are none.

import { address, field, float, lineShare } from "./record";

/** The sum of squares, in double precision. Fields: x, y, count. */
export function squaredNorm(record: usize, _thread: i32, _threads: i32): void {
  const x = address(record, 0);
  const bytes = (<usize>field(record, 2)) << 2;
  const whole = bytes & ~15;
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const four = v128.load(x + i);
    const low = f64x2.promote_low_f32x4(four);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 0));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  const pairs = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (; i < bytes; i += 4) sum += <f64>load<f32>(x + i) * <f64>load<f32>(x + i);
  store<f32>(address(record, 1), <f32>sum);
}

/** factor = min(1, most / (norm + 1e-6)) with norm the root of square. Fields: square, factor, norm, most. */
export function clipFactor(record: usize, _thread: i32, _threads: i32): void {
  const norm = Math.sqrt(<f64>load<f32>(address(record, 0)));
  store<f32>(address(record, 1), <f32>min<f64>(1, <f64>float(record, 3) / (norm + 1e-6)));
  store<f32>(address(record, 2), <f32>norm);
}

/** y = x factor. Fields: x, factor, y, count. */
export function scale(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const factor = v128.load32_splat(address(record, 1));
  const y = address(record, 2);
  const end = (<usize>lineShare(field(record, 3), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 3), thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.mul(v128.load(x + i), factor));
}

/** y = x within -most and most. Fields: x, y, count, most. */
export function clamp(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const most = f32x4.splat(float(record, 3));
  const least = f32x4.neg(most);
  const end = (<usize>lineShare(field(record, 2), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 2), thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.max(least, f32x4.min(most, v128.load(x + i))));
}

/** The largest magnitude; a maximum passes NaN on. Fields: x, y, count. */
export function largestMagnitude(record: usize, _thread: i32, _threads: i32): void {
  const x = address(record, 0);
  const bytes = (<usize>field(record, 2)) << 2;
  const whole = bytes & ~15;
  let most = f32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) most = f32x4.max(most, f32x4.abs(v128.load(x + i)));
  for (; i < bytes; i += 4) most = f32x4.max(most, f32x4.abs(v128.load32_splat(x + i)));
  const pairs = f32x4.max(most, v128.shuffle<i64>(most, most, 1, 0));
  const one = f32x4.max(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2));
  store<f32>(address(record, 1), f32x4.extract_lane(one, 0));
}
