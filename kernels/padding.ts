// Rows of an image with zeros around them, or without those that no window reads.

import { address, field } from "./record";

/**
 * Copies what one chunk of output rows reads, in the planes from one group to another, into the thread's own memory and
 * gives its address. Of the parameters:
 *   0 memory, 1 its bytes a thread, 2 its bytes a plane, 3 rows it holds, 4 pixels a row
 *   5 bytes a pixel, 6 planes of a group, 7 rows of x, 8 pixels a row of x
 *   9 rows of zeros above x (less than none: rows to leave out), 10 pixels of zeros before a row, 11 rows a chunk advances
 */
export function pad(parameters: usize, x: usize, chunk: i32, thread: i32, group: i32, groups: i32): usize {
  const memory = address(parameters, 0) + <usize>thread * address(parameters, 1);
  const rows = field(parameters, 3);
  const pixels = field(parameters, 4);
  const bytes = address(parameters, 5);
  const planes = field(parameters, 6);
  const height = field(parameters, 7);
  const width = field(parameters, 8);
  const left = field(parameters, 10);
  const above = chunk * field(parameters, 11) - field(parameters, 9);
  const first = min(max(left, 0), pixels);
  const end = max(first, min(pixels, width + left));
  // A vector may write beyond what it should: into what is written next, or behind the last row.
  for (let plane = group * planes; plane < groups * planes; plane++) {
    let to = memory + <usize>(plane - group * planes) * address(parameters, 2);
    for (let row = 0; row < rows; row++) {
      const y = above + row;
      const next = to + <usize>pixels * bytes;
      if (y >= 0 && y < height) {
        const begin = to + <usize>first * bytes;
        const behind = to + <usize>end * bytes;
        const from = x + <usize>(plane * height + y) * <usize>width * bytes + <usize>(first - left) * bytes;
        for (; to < begin; to += 16) v128.store(to, f32x4.splat(0));
        for (let i: usize = 0; begin + i < behind; i += 16) v128.store(begin + i, v128.load(from + i));
        to = behind;
      }
      for (; to < next; to += 16) v128.store(to, f32x4.splat(0));
      to = next;
    }
  }
  return memory;
}
