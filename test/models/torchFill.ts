import { mix, streamOf } from "../../src/ir/random.ts";
import { type Shape, size } from "../../src/ir/type.ts";

// The tensors behind test/golden/*.json, rebuilt from their names the way the script that made them fills PyTorch's.

/** `n` numbers in [-0.5, 0.5) from a hash of `key`. */
export function hashUniform(key: string, n: number): Float32Array {
  const seed = streamOf(key);
  const numbers = new Float32Array(n);
  for (let i = 0; i < n; i++) numbers[i] = (mix(Math.imul(i, 2654435761) + seed) >>> 8) / 2 ** 24 - 0.5;
  return numbers;
}

/** A weight scaled by its fan in, or small biases and gentle statistics of batch norm, by the key's last part. */
export function fill(key: string, shape: Shape, salt = ""): Float32Array {
  const [mean, spread] = rangeOf(key.split(".").at(-1), shape);
  const numbers = hashUniform(salt + key, size(shape));
  for (let i = 0; i < numbers.length; i++) numbers[i] = mean + spread * (numbers[i] ?? 0);
  return numbers;
}

function rangeOf(leaf: string | undefined, [, ...receptive]: Shape): readonly [mean: number, spread: number] {
  if (leaf === "running_var") return [1, 0.5];
  if (leaf === "weight") return receptive.length > 0 ? [0, Math.sqrt(24 / size(receptive))] : [1, 0.2];
  return [0, 0.2];
}
