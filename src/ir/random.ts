// Counter-based randomness: every number is a pure function of (seed, stream, index), so that masks, shuffles
// and initial weights are the same on every engine, whatever the number of threads and the order of the work.

/** The finaliser of MurmurHash3 (Appleby): a bijection of 32-bit words in which every input bit reaches every output bit. */
export function mix(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit word that names a stream: FNV-1a over the UTF-8 bytes of `name`. */
export function streamOf(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** The key of a stream under a seed; `randomBits` walks it. */
export function streamKey(seed: number, stream: number): number {
  return mix(mix(seed >>> 0) + stream);
}

/** Word `index` of the sequence that `key` names: the finaliser over a Weyl sequence. */
export function randomBits(key: number, index: number): number {
  return mix(key + Math.imul(index, 0x9e3779b1));
}

/** Number `index` of the sequence, uniform in [0, 1) with 24 bits, exact in f32. */
export function uniform(key: number, index: number): number {
  return (randomBits(key, index) >>> 8) / 0x1000000;
}
