// Sums, products and constants over whole pieces of memory in any layout.

import { address, field, float, fourBytes, lineShare, madd } from "./record";

/** y = a + b. Fields: a, b, y, count. */
export function add(record: usize, thread: i32, threads: i32): void {
  const a = address(record, 0);
  const b = address(record, 1);
  const y = address(record, 2);
  const count = field(record, 3);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
}

/** y = a + b + c. Fields: a, b, c, y, count. */
export function add3(record: usize, thread: i32, threads: i32): void {
  const a = address(record, 0);
  const b = address(record, 1);
  const c = address(record, 2);
  const y = address(record, 3);
  const count = field(record, 4);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.add(f32x4.add(v128.load(a + i), v128.load(b + i)), v128.load(c + i)));
}

/** y = a b. Fields: a, b, y, count. */
export function mul(record: usize, thread: i32, threads: i32): void {
  const a = address(record, 0);
  const b = address(record, 1);
  const y = address(record, 2);
  const count = field(record, 3);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
}

/** y = value, 4-byte words of any type. Fields: y, value, count. */
export function fill(record: usize, thread: i32, threads: i32): void {
  const y = address(record, 0);
  const value = i32x4.splat(field(record, 1));
  const count = field(record, 2);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16) v128.store(y + i, value);
}

/** y = x scale + shift. Fields: x, y, scale, shift, count. */
export function affine(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const scale = f32x4.splat(float(record, 2));
  const shift = f32x4.splat(float(record, 3));
  const count = field(record, 4);
  const end = (<usize>lineShare(count, thread + 1, threads)) << 2;
  for (let i = (<usize>lineShare(count, thread, threads)) << 2; i < end; i += 16)
    v128.store(y + i, madd(v128.load(x + i), scale, shift));
}

/** The same of bytes. */
export function affineBytes(record: usize, thread: i32, threads: i32): void {
  const x = address(record, 0);
  const y = address(record, 1);
  const scale = f32x4.splat(float(record, 2));
  const shift = f32x4.splat(float(record, 3));
  const count = field(record, 4);
  const end = <usize>lineShare(count, thread + 1, threads);
  for (let i = <usize>lineShare(count, thread, threads); i < end; i += 4)
    v128.store(y + (i << 2), madd(fourBytes(x + i), scale, shift));
}
