/**
 * Values every contestant can rebuild bit for bit, in any language: each tensor is a hash of its name.
 */

/**
 * `length` numbers, `scale * u + shift` with u in [-0.5, 0.5): FNV-1a of the key seeds murmur3's finaliser over the
 * index.
 * @param {string} key
 * @param {number} length
 * @param {number} scale
 * @param {number} [shift]
 * @param {Float32Array} [room] takes the numbers, if there is one
 */
function hashed(key, length, scale, shift = 0, room = new Float32Array(length)) {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) seed = Math.imul(seed ^ byte, 0x01000193);
  const numbers = room.subarray(0, length);
  for (let i = 0; i < length; i++) {
    let h = Math.imul(i, 2654435761) + seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    numbers[i] = scale * ((h >>> 8) / 2 ** 24 - 0.5) + shift;
  }
  return numbers;
}

/**
 * The tensor a state_dict has by that name: Kaiming-scaled weights, small biases, and batch norm near the identity.
 * @param {string} name
 * @param {readonly number[]} shape
 * @param {Float32Array} [room] takes the numbers, if there is one
 */
export function tensor(name, shape, room) {
  const length = product(shape);
  const leaf = name.slice(name.lastIndexOf(".") + 1);
  if (leaf === "num_batches_tracked") return new Float32Array(length);
  if (shape.length > 1) return hashed(name, length, Math.sqrt(24 / product(shape.slice(1))), 0, room);
  if (leaf === "weight") return hashed(name, length, 0.2, 1, room);
  if (leaf === "running_var") return hashed(name, length, 0.5, 1, room);
  return hashed(name, length, 0.2, 0, room);
}

/** Pixels in [-1, 1).
 * @param {readonly number[]} shape
 */
export function images(shape) {
  return hashed("input", product(shape), 2);
}

/** @param {number} count */
export function labels(count) {
  return Int32Array.from({ length: count }, (_, i) => (3 * i + 1) % 10);
}

/** @param {readonly number[]} shape */
export function product(shape) {
  return shape.reduce((a, b) => a * b, 1);
}
