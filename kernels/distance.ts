// Squared distances between rows and centres: the RBF units of LeNet-5.

import { address, field, madd, share, sumLanes } from "./record";

/** y[i, j] = sum of (x[i] - centre[j])². Fields: x, centres, y, n, k, d. */
export function squaredDistance(record: usize, thread: i32, threads: i32): void {
  const centres = address(record, 1);
  const n = field(record, 3);
  const k = field(record, 4);
  const bytes = (<usize>field(record, 5)) << 2;
  const whole = bytes & ~15;
  const end = share(n, thread + 1, threads);
  for (let row = share(n, thread, threads); row < end; row++) {
    const x = address(record, 0) + <usize>row * bytes;
    for (let j = 0; j < k; j++) {
      const centre = centres + <usize>j * bytes;
      let sums = f32x4.splat(0);
      let i: usize = 0;
      for (; i < whole; i += 16) {
        const difference = f32x4.sub(v128.load(x + i), v128.load(centre + i));
        sums = madd(difference, difference, sums);
      }
      let sum = sumLanes(sums);
      for (; i < bytes; i += 4) {
        const difference = load<f32>(x + i) - load<f32>(centre + i);
        sum += difference * difference;
      }
      store<f32>(address(record, 2) + ((<usize>(row * k + j)) << 2), sum);
    }
  }
}

/**
 * d[i] = 2 sum over j of weight[i, j] (u[i] - v[j]): the gradient towards u.
 * Fields: u, v, weights, d, rows of u, rows of v, columns, bytes from weight to weight along i, and along j.
 */
export function squaredDistanceGrad(record: usize, thread: i32, threads: i32): void {
  const v = address(record, 1);
  const rows = field(record, 4);
  const others = field(record, 5);
  const bytes = (<usize>field(record, 6)) << 2;
  const alongI = address(record, 7);
  const alongJ = address(record, 8);
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const u = address(record, 0) + <usize>row * bytes;
    const d = address(record, 3) + <usize>row * bytes;
    const weights = address(record, 2) + <usize>row * alongI;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16)
      v128.store(d + i, pull(v128.load(u + i), v + i, bytes, weights, alongJ, others));
    for (; i < bytes; i += 4)
      v128.store32_lane(d + i, pull(v128.load32_zero(u + i), v + i, bytes, weights, alongJ, others), 0);
  }
}

/** Four columns of it; fewer read beyond the row's end, for nothing. @inline */
function pull(minuend: v128, v: usize, pitch: usize, weights: usize, alongJ: usize, others: i32): v128 {
  let sum = f32x4.splat(0);
  for (let j = 0; j < others; j++) {
    const weight = v128.load32_splat(weights + <usize>j * alongJ);
    sum = madd(weight, f32x4.sub(minuend, v128.load(v + <usize>j * pitch)), sum);
  }
  return f32x4.add(sum, sum);
}
