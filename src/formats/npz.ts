// NumPy's .npz: a zip archive of .npy files. https://numpy.org/doc/stable/reference/generated/numpy.savez.html

import { FormatError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import type { ElementType } from "./elements.ts";
import { npyType, parseNpy, serializeNpy } from "./npy.ts";
import type { TensorFile } from "./tensorFile.ts";
import { readZip } from "./zip.ts";
import { writeZip } from "./zipWriter.ts";

const ending = ".npy";

/** Reads every array, by its name without `.npy`. `file` names the archive in errors. */
export function parseNpz(bytes: Uint8Array, file = "npz data"): TensorFile {
  const tensors = new Map<string, TensorData>();
  const stored = new Map<string, ElementType>();
  for (const entry of readZip(bytes, file).values()) {
    const where = `${file}: ${entry.name}`;
    if (!entry.name.endsWith(ending))
      throw new FormatError(`${where}: is no array, expected names in ${ending}`);
    const name = entry.name.slice(0, -ending.length);
    const content = entry.read();
    tensors.set(name, parseNpy(content, where));
    stored.set(name, npyType(content, where));
  }
  return { tensors, stored };
}

/** An archive of these arrays, stored, as `numpy.savez` writes it. */
export function serializeNpz(tensors: ReadonlyMap<string, TensorData>): Uint8Array<ArrayBuffer> {
  return writeZip([...tensors].map(([name, tensor]) => [`${name}${ending}`, serializeNpy(tensor)]));
}
