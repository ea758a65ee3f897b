// Losses over rows of classes.

import { refuseLabel } from "./control";
import { exp, log } from "./exponential";
import { address, field, float, share, sumLanes } from "./record";

/** y = x - m - log(sum of exp(x - m)) with m = max x. Fields: x, y, n, classes. */
export function logSoftmax(record: usize, thread: i32, threads: i32): void {
  const classes = field(record, 3);
  const bytes = (<usize>classes) << 2;
  const whole = bytes & ~15;
  const n = field(record, 2);
  const end = share(n, thread + 1, threads);
  for (let row = share(n, thread, threads); row < end; row++) {
    const x = address(record, 0) + <usize>row * bytes;
    const y = address(record, 1) + <usize>row * bytes;
    let most = v128.load32_splat(x);
    let i: usize = 0;
    for (; i < whole; i += 16) most = f32x4.max(most, v128.load(x + i));
    for (; i < bytes; i += 4) most = f32x4.max(most, v128.load32_splat(x + i));
    const pairs = f32x4.max(most, v128.shuffle<i64>(most, most, 1, 0));
    const largest = f32x4.max(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2));
    let sums = f32x4.splat(0);
    for (i = 0; i < whole; i += 16) sums = f32x4.add(sums, exp(f32x4.sub(v128.load(x + i), largest)));
    let sum = sumLanes(sums);
    for (; i < bytes; i += 4) sum += f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(x + i), largest)), 0);
    const logSum = f32x4.splat(log(sum));
    for (i = 0; i < whole; i += 16)
      v128.store(y + i, f32x4.sub(f32x4.sub(v128.load(x + i), largest), logSum));
    for (; i < bytes; i += 4)
      v128.store32_lane(y + i, f32x4.sub(f32x4.sub(v128.load32_splat(x + i), largest), logSum), 0);
  }
}

/** dx = dy - exp(y) (sum of dy over the classes). Fields: dy, y, dx, n, classes. */
export function logSoftmaxGrad(record: usize, thread: i32, threads: i32): void {
  const n = field(record, 3);
  const bytes = (<usize>field(record, 4)) << 2;
  const whole = bytes & ~15;
  const end = share(n, thread + 1, threads);
  for (let row = share(n, thread, threads); row < end; row++) {
    const dy = address(record, 0) + <usize>row * bytes;
    const y = address(record, 1) + <usize>row * bytes;
    const dx = address(record, 2) + <usize>row * bytes;
    let sums = f32x4.splat(0);
    let i: usize = 0;
    for (; i < whole; i += 16) sums = f32x4.add(sums, v128.load(dy + i));
    let sum = sumLanes(sums);
    for (; i < bytes; i += 4) sum += load<f32>(dy + i);
    const all = f32x4.splat(sum);
    for (i = 0; i < whole; i += 16)
      v128.store(dx + i, f32x4.sub(v128.load(dy + i), f32x4.mul(exp(v128.load(y + i)), all)));
    for (; i < bytes; i += 4) {
      const one = f32x4.sub(v128.load32_splat(dy + i), f32x4.mul(exp(v128.load32_splat(y + i)), all));
      v128.store32_lane(dx + i, one, 0);
    }
  }
}

/** The mean of -logp at the labels. Fields: logp, labels, loss, n, classes. */
export function nllLoss(record: usize, _thread: i32, _threads: i32): void {
  const logp = address(record, 0);
  const labels = address(record, 1);
  const n = field(record, 3);
  const classes = field(record, 4);
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const label = load<i32>(labels + ((<usize>i) << 2));
    if (<u32>label >= <u32>classes) {
      refuseLabel(i, label, classes);
      return;
    }
    sum -= <f64>load<f32>(logp + ((<usize>(i * classes + label)) << 2));
  }
  store<f32>(address(record, 2), <f32>(sum / <f64>n));
}

/** dx = -dy / n at the labels, 0 elsewhere. Fields: dy, labels, dx, n, classes. */
export function nllLossInputGrad(record: usize, _thread: i32, _threads: i32): void {
  const labels = address(record, 1);
  const dx = address(record, 2);
  const n = field(record, 3);
  const classes = field(record, 4);
  const gradient = -load<f32>(address(record, 0)) / <f32>n;
  memory.fill(dx, 0, (<usize>(n * classes)) << 2);
  for (let i = 0; i < n; i++) {
    const label = load<i32>(labels + ((<usize>i) << 2));
    if (<u32>label >= <u32>classes) {
      refuseLabel(i, label, classes);
      return;
    }
    store<f32>(dx + ((<usize>(i * classes + label)) << 2), gradient);
  }
}

/**
 * The mean over samples of - sum of t' logp, with t' = (1 - smoothing) t + smoothing / classes.
 * Fields: logp, targets or labels, loss, n, classes, labelled, smoothing.
 */
export function softCrossEntropy(record: usize, _thread: i32, _threads: i32): void {
  const logp = address(record, 0);
  const targets = address(record, 1);
  const n = field(record, 3);
  const classes = field(record, 4);
  const kept = 1 - <f64>float(record, 6);
  const spread = <f64>float(record, 6) / <f64>classes;
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = logp + ((<usize>(i * classes)) << 2);
    if (field(record, 5) === 1) {
      const label = load<i32>(targets + ((<usize>i) << 2));
      if (<u32>label >= <u32>classes) {
        refuseLabel(i, label, classes);
        return;
      }
      sum -= kept * <f64>load<f32>(row + ((<usize>label) << 2));
      for (let k = 0; k < classes; k++) sum -= spread * <f64>load<f32>(row + ((<usize>k) << 2));
    } else {
      const target = targets + ((<usize>(i * classes)) << 2);
      for (let k = 0; k < classes; k++) {
        const at = (<usize>k) << 2;
        sum -= (kept * <f64>load<f32>(target + at) + spread) * <f64>load<f32>(row + at);
      }
    }
  }
  store<f32>(address(record, 2), <f32>(sum / <f64>n));
}

/** dx = -t' dy / n. Fields: dy, targets or labels, dx, n, classes, labelled, smoothing. */
export function softCrossEntropyInputGrad(record: usize, _thread: i32, _threads: i32): void {
  const targets = address(record, 1);
  const dx = address(record, 2);
  const n = field(record, 3);
  const classes = field(record, 4);
  const gradient = -(<f64>load<f32>(address(record, 0))) / <f64>n;
  const kept = (1 - <f64>float(record, 6)) * gradient;
  const spread = (<f64>float(record, 6) / <f64>classes) * gradient;
  for (let i = 0; i < n; i++) {
    const row = (<usize>(i * classes)) << 2;
    if (field(record, 5) === 1) {
      const label = load<i32>(targets + ((<usize>i) << 2));
      if (<u32>label >= <u32>classes) {
        refuseLabel(i, label, classes);
        return;
      }
      for (let k = 0; k < classes; k++) store<f32>(dx + row + ((<usize>k) << 2), <f32>spread);
      store<f32>(dx + row + ((<usize>label) << 2), <f32>(kept + spread));
    } else
      for (let k = 0; k < classes; k++) {
        const at = row + ((<usize>k) << 2);
        store<f32>(dx + at, <f32>(kept * <f64>load<f32>(targets + at) + spread));
      }
  }
}
