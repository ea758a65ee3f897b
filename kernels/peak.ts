// The machine's limit, to compare kernels with.

import { field, float, madd, sumLanes } from "./record";

/** Multiply-adds in 12 chains that do not wait for each other. Fields: rounds, a factor, where to leave the sum. */
export function multiplyAdd(record: usize, _thread: i32, _threads: i32): void {
  const rounds = field(record, 0);
  const f = f32x4.splat(float(record, 1));
  let a0 = f,
    a1 = f32x4.add(a0, f),
    a2 = f32x4.add(a1, f),
    a3 = f32x4.add(a2, f);
  let a4 = f32x4.add(a3, f),
    a5 = f32x4.add(a4, f),
    a6 = f32x4.add(a5, f),
    a7 = f32x4.add(a6, f);
  let a8 = f32x4.add(a7, f),
    a9 = f32x4.add(a8, f),
    a10 = f32x4.add(a9, f),
    a11 = f32x4.add(a10, f);
  for (let round = 0; round < rounds; round++) {
    a0 = madd(a0, f, f);
    a1 = madd(a1, f, f);
    a2 = madd(a2, f, f);
    a3 = madd(a3, f, f);
    a4 = madd(a4, f, f);
    a5 = madd(a5, f, f);
    a6 = madd(a6, f, f);
    a7 = madd(a7, f, f);
    a8 = madd(a8, f, f);
    a9 = madd(a9, f, f);
    a10 = madd(a10, f, f);
    a11 = madd(a11, f, f);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  const high = f32x4.add(f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)), f32x4.add(a10, a11));
  store<f32>(record, sumLanes(f32x4.add(low, high)), 8);
}
