// Changes of a file that parsers stumble over, by a seed: bits, bytes, numbers at the edges, cuts, copies.

import { randomBits } from "../../src/ir/random.ts";

const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A changed copy of `bytes`. The same key gives the same changes. */
export function mutate(bytes: Uint8Array, key: number): Uint8Array {
  let index = 0;
  const below = (count: number) => randomBits(key, index++) % Math.max(1, count);
  let changed = bytes.slice();
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(changed.length);
    const length = Math.min(1 + below(64), changed.length - at);
    switch (below(6)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        changed[at] = below(256);
        break;
      case 2: {
        const number = Uint32Array.of(edges[below(edges.length)] ?? 0);
        changed.set(new Uint8Array(number.buffer).subarray(0, Math.min(4, changed.length - at)), at);
        break;
      }
      case 3:
        changed = changed.slice(0, at);
        break;
      case 4:
        changed.copyWithin(below(changed.length), at, at + length);
        break;
      default:
        changed = Uint8Array.from([...changed.subarray(0, at + length), ...changed.subarray(at)]);
    }
    if (changed.length === 0) break;
  }
  return changed;
}
