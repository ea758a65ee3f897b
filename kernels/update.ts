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
