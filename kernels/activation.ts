// Activations and their gradients, element by element over whole pieces of memory in any layout.
// Fields: operands, result, count.

import { exp, tanh as tanhOf } from "./exponential";
import { address, field, lineShare } from "./record";

/** max(x, 0); not a number stays not a number. */
export function relu(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const count = field(record, 2);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const zero = f32x4.splat(0);
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 32) {
    v128.store(y + i, f32x4.pmax(v128.load(x + i), zero));
    v128.store(y + i, f32x4.pmax(v128.load(x + i, 16), zero), 16);
  }
}

/** dy where y > 0, else 0. */
export function reluGrad(record: usize, thread: i32, threads: i32): void {
  const dy = address(record, 0);
  const y = address(record, 1);
  const dx = address(record, 2);
  const count = field(record, 3);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const zero = f32x4.splat(0);
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(dx + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), zero)));
}

export function tanh(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const count = field(record, 2);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, tanhOf(v128.load(x + i)));
}

export function exponentials(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const count = field(record, 2);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, exp(v128.load(x + i)));
}

/** dy (1 - y²). */
export function tanhGrad(record: usize, thread: i32, threads: i32): void {
  const dy = address(record, 0);
  const y = address(record, 1);
  const dx = address(record, 2);
  const count = field(record, 3);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const one = f32x4.splat(1);
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16) {
    const t = v128.load(y + i);
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.sub(one, f32x4.mul(t, t))));
  }
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const count = field(record, 2);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const one = f32x4.splat(1);
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.div(one, f32x4.add(one, exp(f32x4.neg(v128.load(x + i))))));
}

/** dy y (1 - y). */
export function sigmoidGrad(record: usize, thread: i32, threads: i32): void {
  const dy = address(record, 0);
  const y = address(record, 1);
  const dx = address(record, 2);
  const count = field(record, 3);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  const one = f32x4.splat(1);
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16) {
    const s = v128.load(y + i);
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.mul(s, f32x4.sub(one, s))));
  }
}
