// Files of weights, told apart by their name and what they begin with.

import { FormatError, UsageError } from "../ir/errors.ts";
import { npyType, parseNpy } from "./npy.ts";
import { parseNpz, serializeNpz } from "./npz.ts";
import { parseSafetensors, serializeSafetensors } from "./safetensors.ts";
import type { ParseOptions, TensorFile } from "./tensorFile.ts";
import { isTorch, parseTorch } from "./torch.ts";
import { serializeTorch } from "./torchWriter.ts";
import { isZip } from "./zip.ts";

/** A format of weights; one line in `weightFormats`. */
export interface WeightFormat {
  readonly name: string;
  /** The endings of its files' names. */
  readonly endings: readonly string[];
  /** Reads a whole file; `file` names it in errors. */
  parse(bytes: Uint8Array, file: string, options?: ParseOptions): TensorFile;
  /** Writes a whole file, each tensor with the element type that `stored` says. */
  serialize?(file: TensorFile): Uint8Array;
}

const safetensors: WeightFormat = {
  name: "safetensors",
  endings: [".safetensors"],
  parse: parseSafetensors,
  serialize: ({ tensors, stored }) => serializeSafetensors(tensors, {}, stored),
};

const torch: WeightFormat = {
  name: "PyTorch",
  endings: [".pth", ".pt", ".th", ".pkl", ".bin", ".tar"],
  parse: parseTorch,
  serialize: ({ tensors, stored }) => serializeTorch(tensors, stored),
};

export const weightFormats: readonly WeightFormat[] = [
  safetensors,
  torch,
  {
    name: "NumPy archive",
    endings: [".npz"],
    parse: parseNpz,
    serialize: ({ tensors }) => serializeNpz(tensors),
  },
  {
    name: "NumPy array",
    endings: [".npy"],
    parse: (bytes, file) => ({
      tensors: new Map([["array", parseNpy(bytes, file)]]),
      stored: new Map([["array", npyType(bytes, file)]]),
    }),
  },
];

/** What to call a file of weights in a help text. */
export const weightEndings = ".safetensors, .pth, .pt, .th or .npz";

/** The format that a file's name ends with. Throws `UsageError` where it is none of them. */
export function weightFormatOf(file: string): WeightFormat {
  const format = weightFormats.find(({ endings }) =>
    endings.some((ending) => file.toLowerCase().endsWith(ending)),
  );
  if (format !== undefined) return format;
  const known = weightFormats.flatMap(({ endings }) => endings).join(", ");
  throw new UsageError(`${file}: its name ends like no file of weights, expected one of ${known}`);
}

/** Reads a file of weights of any format. Where its name says nothing, its first bytes do. */
export function parseWeights(bytes: Uint8Array, file: string, options: ParseOptions = {}): TensorFile {
  if (bytes.length === 0) throw new FormatError(`${file}: is empty, expected weights`);
  return formatOf(bytes, file).parse(bytes, file, options);
}

/** The format of a file, by the end of its name, or by its first bytes where that says nothing. */
export function formatOf(bytes: Uint8Array, file: string): WeightFormat {
  const named = weightFormats.find(({ endings }) =>
    endings.some((ending) => file.toLowerCase().endsWith(ending)),
  );
  return named ?? (isTorch(bytes) && !isZip(bytes) ? torch : safetensors);
}
