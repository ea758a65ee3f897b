// What moves elements and computes nothing.

import { address, field, move, share } from "./record";

/** Copies stretches of bytes. Fields: from, to, count, bytes of each, bytes from each to the next in from, and in to. */
export function copyRows(record: usize, thread: i32, threads: i32): void {
  const count = field(record, 2);
  const bytes = address(record, 3);
  const pitch = address(record, 4);
  const toPitch = address(record, 5);
  const end = share(count, thread + 1, threads);
  for (let row = share(count, thread, threads); row < end; row++)
    move(address(record, 0) + <usize>row * pitch, address(record, 1) + <usize>row * toPitch, bytes);
}

/**
 * Copies rows that follow each other to places within a larger tensor of up to four axes, whose last one a row is.
 * Fields: from, to, rows along three axes, bytes of a row, bytes between rows in to along three axes.
 */
export function placeRows(record: usize, thread: i32, threads: i32): void {
  const outer = field(record, 2);
  const middle = field(record, 3);
  const inner = field(record, 4);
  const bytes = address(record, 5);
  const rows = outer * middle * inner;
  const end = share(rows, thread + 1, threads);
  for (let row = share(rows, thread, threads); row < end; row++) {
    const at =
      <usize>(row / (inner * middle)) * address(record, 6) +
      <usize>((row / inner) % middle) * address(record, 7) +
      <usize>(row % inner) * address(record, 8);
    move(address(record, 0) + <usize>row * bytes, address(record, 1) + at, bytes);
  }
}

/** Rows in the order of a list, zeros where it says -1. Fields: from, to, list, count, bytes of a row. */
export function gatherRows(record: usize, thread: i32, threads: i32): void {
  const list = address(record, 2);
  const count = field(record, 3);
  const bytes = address(record, 4);
  const end = share(count, thread + 1, threads);
  for (let at = share(count, thread, threads); at < end; at++) {
    const row = load<i32>(list + ((<usize>at) << 2));
    const to = address(record, 1) + <usize>at * bytes;
    if (row === -1) memory.fill(to, 0, bytes);
    else move(address(record, 0) + <usize>row * bytes, to, bytes);
  }
}

/**
 * Axes in another order. Fields: from, to, a list of the result's extents and of the strides in from along its axes,
 * its rank, rows, elements of a row.
 */
export function transpose(record: usize, thread: i32, threads: i32): void {
  const list = address(record, 2);
  const rank = field(record, 3);
  const length = field(record, 5);
  const stride: usize = rank > 0 ? (<usize>load<i32>(list + ((<usize>(2 * rank - 1)) << 2))) << 2 : 4;
  const end = share(field(record, 4), thread + 1, threads);
  for (let row = share(field(record, 4), thread, threads); row < end; row++) {
    let from = address(record, 0);
    let rest = row;
    for (let axis = rank - 2; axis >= 0; axis--) {
      const extent = load<i32>(list + ((<usize>axis) << 2));
      from += (<usize>((rest % extent) * load<i32>(list + ((<usize>(rank + axis)) << 2)))) << 2;
      rest /= extent;
    }
    const to = address(record, 1) + ((<usize>row * length) << 2);
    for (let i = 0; i < length; i++) store<f32>(to + ((<usize>i) << 2), load<f32>(from + <usize>i * stride));
  }
}
