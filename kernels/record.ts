// What every kernel is made of. A kernel is `name(record, thread, threads)`: the record is a row of 4-byte fields in
// memory, numbers and addresses; the kernel does its thread's share of the work. How the work is cut depends on nothing
// but the number of threads, and never cuts a sum, so that results are the same for any number of them.
//
// Every piece of memory begins at a multiple of 64 bytes and ends at one, so loops over a whole piece need no tail:
// what they read and write behind its last element is nobody's.

/** Field i of a record, as a whole number. @inline */
export function field(record: usize, i: usize): i32 {
  return load<i32>(record + (i << 2));
}

/** Field i of a record, as an address or a number of bytes. @inline */
export function address(record: usize, i: usize): usize {
  return load<u32>(record + (i << 2));
}

/** Field i of a record, as a number with a fraction. @inline */
export function float(record: usize, i: usize): f32 {
  return load<f32>(record + (i << 2));
}

/** Where a thread's share of `count` pieces begins; it ends where the next thread's begins. @inline */
export function share(count: i32, thread: i32, threads: i32): i32 {
  return ((<i64>count * thread) / threads) as i32;
}

/** The same for elements of 4 bytes that are worked on in vectors: whole cache lines of 16, the last one filled up. @inline */
export function lineShare(count: i32, thread: i32, threads: i32): i32 {
  return share((count + 15) >> 4, thread, threads) << 4;
}

/** a b + c in each lane, in one instruction where the module may use relaxed SIMD. @inline */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four lanes. @inline */
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Four bytes as numbers. @inline */
export function fourBytes(from: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from))));
}

/** Stores the transpose of four vectors, as rows `pitch` bytes apart. @inline */
export function transpose(a: v128, b: v128, c: v128, d: v128, to: usize, pitch: usize): void {
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab01, cd01, 0, 2));
  v128.store(to + pitch, v128.shuffle<i64>(ab01, cd01, 1, 3));
  v128.store(to + 2 * pitch, v128.shuffle<i64>(ab23, cd23, 0, 2));
  v128.store(to + 3 * pitch, v128.shuffle<i64>(ab23, cd23, 1, 3));
}

/** Copies `bytes`, a multiple of 4 when few: calling for a few words would cost more than copying them. @inline */
export function move(from: usize, to: usize, bytes: usize): void {
  if (bytes > 64 || (bytes & 3) !== 0) memory.copy(to, from, bytes);
  else for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
}
