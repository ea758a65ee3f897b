// Weights in the order in which sums read them.

import { address, field, share } from "./record";

/**
 * Packs weights as [block of eight outputs][run][of the run][8]. Several groups whose channels don't fill blocks are one
 * with zeros between them. Fields: 0 weights, 1 packed, 2 runs (first input of the group, first tap, length: each 4
 * bytes), 3 how many, 4 blocks, 5 blocks a group, 6 numbers a group, 7 numbers between outputs, 8 between inputs, 9
 * whether a run goes over taps and not inputs, 10 outputs of the group, 11 outputs and 12 inputs of each group that is
 * part of it, 13 numbers between those.
 */
export function packWeights(record: usize, thread: i32, threads: i32): void {
  const runs = field(record, 3);
  const blocks = field(record, 4);
  const perGroup = field(record, 5);
  const between = field(record, 7);
  const alongTaps = field(record, 9);
  const outputs = field(record, 10);
  const partOutputs = field(record, 11);
  const partInputs = field(record, 12);
  const lastRun = address(record, 2) + <usize>runs * 12;
  const begin = share(blocks, thread, threads);
  const end = share(blocks, thread + 1, threads);
  let numbers = 0;
  for (let run = address(record, 2); run < lastRun; run += 12) numbers += load<i32>(run, 8);
  let to = address(record, 1) + ((<usize>begin * numbers) << 5);
  for (let block = begin; block < end; block++) {
    const from = address(record, 0) + ((<usize>(block / perGroup) * address(record, 6)) << 2);
    const output = (block % perGroup) << 3;
    for (let run = address(record, 2); run < lastRun; run += 12) {
      const length = load<i32>(run, 8);
      for (let i = 0; i < length; i++, to += 32) {
        const input = load<i32>(run) + (alongTaps ? 0 : i);
        const tap = load<i32>(run, 4) + (alongTaps ? i : 0);
        const part = input / partInputs;
        const first = part * partOutputs;
        const last = min(first + partOutputs, outputs);
        const source =
          from + ((<usize>(part * field(record, 13) + (input % partInputs) * field(record, 8) + tap)) << 2);
        if (output >= first && output + 8 <= last) {
          const pitch = (<usize>between) << 2;
          const lower = source + <usize>(output - first) * pitch;
          const upper = lower + 4 * pitch;
          v128.store(to, gather(lower, pitch));
          v128.store(to, gather(upper, pitch), 16);
          continue;
        }
        for (let lane = 0; lane < 8; lane++) {
          const o = output + lane;
          const there = o >= first && o < last;
          const value = there ? load<f32>(source + ((<usize>((o - first) * between)) << 2)) : 0;
          store<f32>(to + ((<usize>lane) << 2), value);
        }
      }
    }
  }
}

/** Four numbers `pitch` bytes apart. @inline */
function gather(from: usize, pitch: usize): v128 {
  let four = v128.load32_zero(from);
  four = v128.load_lane<f32>(from + pitch, four, 1);
  four = v128.load_lane<f32>(from + 2 * pitch, four, 2);
  return v128.load_lane<f32>(from + 3 * pitch, four, 3);
}
