// What ends a training step, element by element.

import { address, field, float, lineShare, madd } from "./record";

/**
 * g = dw + weightDecay w, v' = momentum v + g, w' = w - rate v', or with Nesterov w' = w - rate (g + momentum v').
 * Fields: w, v, dw, rate, w', v', count, momentum, weightDecay, nesterov.
 */
export function sgdUpdate(record: usize, thread: i32, threads: i32): void {
  const w = address(record, 0);
  const v = address(record, 1);
  const dw = address(record, 2);
  const rate = f32x4.neg(v128.load32_splat(address(record, 3)));
  const newW = address(record, 4);
  const newV = address(record, 5);
  const count = field(record, 6);
  const momentum = f32x4.splat(float(record, 7));
  const decay = f32x4.splat(float(record, 8));
  const nesterov = field(record, 9) === 1;
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16) {
    const weight = v128.load(w + i);
    const gradient = madd(decay, weight, v128.load(dw + i));
    const velocity = madd(momentum, v128.load(v + i), gradient);
    v128.store(newV + i, velocity);
    const step = nesterov ? madd(momentum, velocity, gradient) : velocity;
    v128.store(newW + i, madd(rate, step, weight));
  }
}

/** The integer power of a number near 1, as Adam's bias needs it. */
function power(base: f64, exponent: i32): f64 {
  let product: f64 = 1;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) product *= base;
    base *= base;
  }
  return product;
}

/**
 * g = dw + weightDecay w, m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g²,
 * w' = w - rate m' / (1 - beta1^step) / (sqrt(v' / (1 - beta2^step)) + eps); decoupled: g = dw, w (1 - rate weightDecay).
 * Fields: w, m, v, dw, rate, step, w', m', v', count, beta1 and its rest, 1 - beta1, beta2 and its rest, 1 - beta2,
 * eps, weightDecay, decoupled.
 */
export function adamUpdate(record: usize, thread: i32, threads: i32): void {
  const w = address(record, 0);
  const m = address(record, 1);
  const v = address(record, 2);
  const dw = address(record, 3);
  const rate = load<f32>(address(record, 4));
  const t = <i32>load<f32>(address(record, 5));
  const newW = address(record, 6);
  const newM = address(record, 7);
  const newV = address(record, 8);
  const bias1 = 1 - power(<f64>float(record, 10) + <f64>float(record, 11), t);
  const bias2 = 1 - power(<f64>float(record, 13) + <f64>float(record, 14), t);
  const decoupled = field(record, 18) === 1;
  const weightDecay = float(record, 17);
  const beta1 = f32x4.splat(float(record, 10));
  const gain1 = f32x4.splat(float(record, 12));
  const beta2 = f32x4.splat(float(record, 13));
  const gain2 = f32x4.splat(float(record, 15));
  const eps = f32x4.splat(float(record, 16));
  const size = f32x4.splat(<f32>(-(<f64>rate) / bias1));
  const root = f32x4.splat(<f32>Math.sqrt(bias2));
  const kept = f32x4.splat(decoupled ? 1 - rate * weightDecay : 1);
  const decay = f32x4.splat(decoupled ? 0 : weightDecay);
  const end = (<usize>lineShare(field(record, 9), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 9), thread, threads)) << 2; i < end; i += 16) {
    const weight = f32x4.mul(kept, v128.load(w + i));
    const gradient = madd(decay, weight, v128.load(dw + i));
    const mean = madd(gain1, gradient, f32x4.mul(beta1, v128.load(m + i)));
    const square = madd(gain2, f32x4.mul(gradient, gradient), f32x4.mul(beta2, v128.load(v + i)));
    v128.store(newM + i, mean);
    v128.store(newV + i, square);
    const divisor = f32x4.add(f32x4.div(f32x4.sqrt(square), root), eps);
    v128.store(newW + i, madd(size, f32x4.div(mean, divisor), weight));
  }
}

/**
 * g = dw + weightDecay w, s' = alpha s + (1 - alpha) g², v' = momentum v + g / (sqrt(s') + eps), w' = w - rate v'.
 * Fields: w, s, v, dw, rate, w', s', v', count, alpha, 1 - alpha, eps, momentum, weightDecay.
 */
export function rmspropUpdate(record: usize, thread: i32, threads: i32): void {
  const w = address(record, 0);
  const s = address(record, 1);
  const v = address(record, 2);
  const dw = address(record, 3);
  const rate = f32x4.neg(v128.load32_splat(address(record, 4)));
  const newW = address(record, 5);
  const newS = address(record, 6);
  const newV = address(record, 7);
  const alpha = f32x4.splat(float(record, 9));
  const gain = f32x4.splat(float(record, 10));
  const eps = f32x4.splat(float(record, 11));
  const momentum = f32x4.splat(float(record, 12));
  const decay = f32x4.splat(float(record, 13));
  const end = (<usize>lineShare(field(record, 8), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 8), thread, threads)) << 2; i < end; i += 16) {
    const weight = v128.load(w + i);
    const gradient = madd(decay, weight, v128.load(dw + i));
    const square = madd(gain, f32x4.mul(gradient, gradient), f32x4.mul(alpha, v128.load(s + i)));
    const step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), eps));
    const velocity = madd(momentum, v128.load(v + i), step);
    v128.store(newS + i, square);
    v128.store(newV + i, velocity);
    v128.store(newW + i, madd(rate, velocity, weight));
  }
}

/**
 * The same with a' = alpha a + (1 - alpha) g and s' - a'² under the root.
 * Fields: w, s, a, v, dw, rate, w', s', a', v', count, alpha, 1 - alpha, eps, momentum, weightDecay.
 */
export function centeredRmspropUpdate(record: usize, thread: i32, threads: i32): void {
  const w = address(record, 0);
  const s = address(record, 1);
  const a = address(record, 2);
  const v = address(record, 3);
  const dw = address(record, 4);
  const rate = f32x4.neg(v128.load32_splat(address(record, 5)));
  const newW = address(record, 6);
  const newS = address(record, 7);
  const newA = address(record, 8);
  const newV = address(record, 9);
  const alpha = f32x4.splat(float(record, 11));
  const gain = f32x4.splat(float(record, 12));
  const eps = f32x4.splat(float(record, 13));
  const momentum = f32x4.splat(float(record, 14));
  const decay = f32x4.splat(float(record, 15));
  const end = (<usize>lineShare(field(record, 10), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 10), thread, threads)) << 2; i < end; i += 16) {
    const weight = v128.load(w + i);
    const gradient = madd(decay, weight, v128.load(dw + i));
    const square = madd(gain, f32x4.mul(gradient, gradient), f32x4.mul(alpha, v128.load(s + i)));
    const mean = madd(gain, gradient, f32x4.mul(alpha, v128.load(a + i)));
    const variance = f32x4.sub(square, f32x4.mul(mean, mean));
    const step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(variance), eps));
    const velocity = madd(momentum, v128.load(v + i), step);
    v128.store(newS + i, square);
    v128.store(newA + i, mean);
    v128.store(newV + i, velocity);
    v128.store(newW + i, madd(rate, velocity, weight));
  }
}

/** next = decay average + gain value. Fields: average, value, next, count, decay, gain. */
export function movingAverage(record: usize, thread: i32, threads: i32): void {
  const average = address(record, 0);
  const value = address(record, 1);
  const next = address(record, 2);
  const count = field(record, 3);
  const decay = f32x4.splat(float(record, 4));
  const gain = f32x4.splat(float(record, 5));
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(next + i, madd(gain, v128.load(value + i), f32x4.mul(decay, v128.load(average + i))));
}

/**
 * next = decay average + (1 - decay) value; at step 1 the value, and with warm-up decay is at most
 * (1 + step) / (10 + step). Fields: average, value, step, next, count, decay, warmup.
 */
export function emaUpdate(record: usize, thread: i32, threads: i32): void {
  const average = address(record, 0);
  const value = address(record, 1);
  const step = load<f32>(address(record, 2));
  const next = address(record, 3);
  let kept = float(record, 5);
  if (field(record, 6) === 1) kept = min(kept, (1 + step) / (10 + step));
  const first = step <= 1;
  const decay = f32x4.splat(kept);
  const gain = f32x4.splat(1 - kept);
  const end = (<usize>lineShare(field(record, 4), thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(field(record, 4), thread, threads)) << 2; i < end; i += 16) {
    const now = v128.load(value + i);
    v128.store(next + i, first ? now : madd(gain, now, f32x4.mul(decay, v128.load(average + i))));
  }
}
