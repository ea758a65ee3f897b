// exp, log and tanh of four numbers at once, to about one unit in the last place: minimax polynomials after
// Moshier's Cephes library (single/expf.c, logf.c, tanhf.c).

import { madd } from "./record";

/** exp(x); x is taken to lie between -87.3 and 88.3, where the result is a normal number. @inline */
export function exp(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88.3));
  // x = n ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts, so that n times the first is exact.
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)));
  const near = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = f32x4.add(near, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let p = madd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  const power = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  // 2^n by its exponent bits.
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(power, exponent);
}

/** tanh(x): x P(x²) near 0, where 1 - 2 / (exp(2x) + 1) would lose its digits. @inline */
export function tanh(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = madd(f32x4.splat(-5.70498872745e-3), square, f32x4.splat(2.06390887954e-2));
  p = madd(p, square, f32x4.splat(-5.37397155531e-2));
  p = madd(p, square, f32x4.splat(1.33314422036e-1));
  p = madd(p, square, f32x4.splat(-3.33332819422e-1));
  const near = madd(p, f32x4.mul(square, x), x);
  const e = exp(f32x4.add(x, x));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)));
}

/** log(x) of a positive normal number. @inline */
export function log(x: f32): f32 {
  // x = 2^e m, sqrt(1/2) <= m < sqrt(2).
  const bits = reinterpret<i32>(x);
  let e = ((bits >> 23) & 255) - 126;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < <f32>Math.SQRT1_2) {
    e -= 1;
    m += m;
  }
  m -= 1;
  const square = m * m;
  let p: f32 = 7.0376836292e-2;
  p = p * m - <f32>1.151461031e-1;
  p = p * m + <f32>1.167699874e-1;
  p = p * m - <f32>1.2420140846e-1;
  p = p * m + <f32>1.4249322787e-1;
  p = p * m - <f32>1.6668057665e-1;
  p = p * m + <f32>2.0000714765e-1;
  p = p * m - <f32>2.4999993993e-1;
  p = p * m + <f32>3.3333331174e-1;
  const y = m * square * p - <f32>2.1219444e-4 * <f32>e - <f32>0.5 * square;
  return m + y + <f32>0.693359375 * <f32>e;
}
