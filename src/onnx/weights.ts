import type { TensorFile } from "../formats/tensorFile.ts";
import { type ParseOptions, parseOnnx } from "./graph.ts";

/**
 * The weights of a model, whatever its ops are: initialisers and constants of floats by name, but for single numbers,
 * which say how an op works.
 */
export function onnxWeights(bytes: Uint8Array, options: ParseOptions = {}): TensorFile {
  const { constants, stored } = parseOnnx(bytes, options);
  const tensors = new Map(
    [...constants].filter(([, { shape, data }]) => data instanceof Float32Array && shape.length > 0),
  );
  return { tensors, stored: new Map([...tensors.keys()].map((name) => [name, stored.get(name) ?? "f32"])) };
}
