/**
 * Values every contestant can rebuild bit for bit, in any language: each tensor is a hash of its name.
 */

/** `length` numbers in [-0.5, 0.5): FNV-1a of the key seeds murmur3's finaliser over the index.
 * @param {string} key
 * @param {number} length
 */
export function hashUniform(key, length) {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float64Array.from({ length }, (_, i) => {
    let h = Math.imul(i, 2654435761) + seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    return (h >>> 8) / 2 ** 24 - 0.5;
  });
}

/** Kaiming-scaled weights and small biases.
 * @param {string} name
 * @param {readonly number[]} shape
 */
export function parameter(name, shape) {
  const scale = shape.length > 1 ? Math.sqrt(24 / product(shape.slice(1))) : 0.2;
  return Float32Array.from(hashUniform(name, product(shape)), (u) => scale * u);
}

/** Pixels in [-1, 1).
 * @param {readonly number[]} shape
 */
export function images(shape) {
  return Float32Array.from(hashUniform("input", product(shape)), (u) => 2 * u);
}

/** @param {number} count */
export function labels(count) {
  return Int32Array.from({ length: count }, (_, i) => (3 * i + 1) % 10);
}

/** @param {readonly number[]} shape */
export function product(shape) {
  return shape.reduce((a, b) => a * b, 1);
}
