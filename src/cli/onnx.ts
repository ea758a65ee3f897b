import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, readFile } from "../files/readFile.ts";
import type { TensorFile } from "../formats/tensorFile.ts";
import { FormatError } from "../ir/errors.ts";
import { importOnnx, type OnnxNetwork } from "../onnx/network.ts";
import type { External } from "../onnx/tensors.ts";
import { onnxWeights } from "../onnx/weights.ts";

export function isOnnx(path: string): boolean {
  return path.toLowerCase().endsWith(".onnx");
}

/** The network of an ONNX file; `logits` leaves out a softmax at its end. */
export async function readOnnx(path: string, logits: boolean): Promise<OnnxNetwork> {
  return importOnnx(await readFile(path), { file: path, external: besideFile(path), logits });
}

/** The weights of an ONNX file by name, whatever its ops are. */
export async function readOnnxWeights(path: string): Promise<TensorFile> {
  return onnxWeights(await readFile(path), { file: path, external: besideFile(path) });
}

function besideFile(path: string): External {
  const beside = new Map<string, Uint8Array | undefined>();
  return (location) => {
    if (!beside.has(location)) beside.set(location, besideModel(join(dirname(path), location)));
    return beside.get(location);
  };
}

/** A regular file that large tensors are in, or undefined where there is none. */
function besideModel(path: string): Uint8Array | undefined {
  try {
    const file = openSync(path, "r");
    try {
      if (!fstatSync(file).isFile()) throw new FormatError(`${path}: is no regular file`);
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
