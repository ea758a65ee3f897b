import { mix, streamOf } from "../../src/ir/random.ts";
import { type Shape, size } from "../../src/ir/type.ts";

// The tensors behind test/golden/*.json, rebuilt from their names the way the script that made them fills PyTorch's.

/** `n` numbers in [-0.5, 0.5) from a hash of `key`. */
export function hashUniform(key: string, n: number): Float32Array {
  const seed = streamOf(key);
  return Float32Array.from(
    { length: n },
    (_, i) => (mix(Math.imul(i, 2654435761) + seed) >>> 8) / 2 ** 24 - 0.5,
  );
}

/** A weight scaled by its fan in, or a small bias. `salt` tells one fixture's numbers from another's. */
export function fill(key: string, shape: Shape, salt = ""): Float32Array {
  const [, ...receptive] = shape;
  const scale = shape.length > 1 ? Math.sqrt(24 / size(receptive)) : 0.2;
  return hashUniform(salt + key, size(shape)).map((u) => u * scale);
}
