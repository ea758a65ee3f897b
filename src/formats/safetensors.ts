// safetensors: 8 bytes of header length, a JSON header { name: { dtype, shape, data_offsets } }, then the data.
// https://huggingface.co/docs/safetensors

import { FormatError, UsageError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { dtypeOf, size, type TensorData } from "../ir/type.ts";
import { decodeElements, type ElementType, elementBytes, elementCount } from "./elements.ts";
import { encodeAs } from "./encode.ts";
import { duplicateKey } from "./jsonKeys.ts";
import type { TensorFile } from "./tensorFile.ts";

/** Tensors by name, in the order of their data, and the free text that came with them. */
export interface SafetensorsFile extends TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The format's own limit. */
const maxHeaderBytes = 100_000_000;
const metadataKey = "__metadata__";
const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ["F16", "f16"],
  ["BF16", "bf16"],
  ["F32", "f32"],
  ["F64", "f64"],
  ["BOOL", "bool"],
  ["U8", "u8"],
  ["I8", "i8"],
  ["I16", "i16"],
  ["U16", "u16"],
  ["I32", "i32"],
  ["U32", "u32"],
  ["I64", "i64"],
  ["U64", "u64"],
]);
const written: ReadonlyMap<ElementType, string> = new Map(
  [...elementTypes].map(([name, type]) => [type, name]),
);

/**
 * Reads a whole file. Floats of every width become f32, integers but U8 become i32; what is not converted stays in `bytes`, as
 * views. `file` names it in errors.
 */
export function parseSafetensors(bytes: Uint8Array, file = "safetensors data"): SafetensorsFile {
  const header = readHeader(bytes, file);
  let metadata: Readonly<Record<string, string>> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header.json)) {
    if (name === metadataKey) metadata = readMetadata(value, file);
    else entries.push(readEntry(name, value, file));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const data = bytes.subarray(header.end);
  checkCoverage(entries, data.length, file);
  const tensors = new Map<string, TensorData>();
  for (const { name, type, shape, begin, end } of entries) {
    const where = `${file}: tensor ${quote(name)}`;
    tensors.set(name, { shape, data: decodeElements(type, data.subarray(begin, end), true, where) });
  }
  return { tensors, stored: new Map(entries.map(({ name, type }) => [name, type])), metadata };
}

/** Writes tensors as they are, f32, u8 or i32, or where `types` says so as others. The same tensors and metadata give the same bytes. */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
  types: ReadonlyMap<string, ElementType> = new Map(),
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push([metadataKey, checkedMetadata(metadata)]);
  const typeOf = (name: string, { data }: TensorData) => types.get(name) ?? dtypeOf(data);
  // Wide elements go first, so that every one lies at a multiple of its size.
  const ordered = [...tensors]
    .map(([name, tensor]) => ({ name, tensor, type: typeOf(name, tensor) }))
    .sort((a, b) => elementBytes[b.type] - elementBytes[a.type]);
  let end = 0;
  for (const { name, tensor, type } of ordered) {
    const { shape, data } = tensor;
    checkTensor(name, shape, data.length);
    const begin = end;
    end += data.length * elementBytes[type];
    header.push([name, { dtype: written.get(type), shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { tensor, type } of ordered) {
    const encoded = encodeAs(tensor.data, type);
    bytes.set(encoded, at);
    at += encoded.length;
  }
  return bytes;
}

function readHeader(bytes: Uint8Array, file: string): { readonly json: object; readonly end: number } {
  if (bytes.length < 8)
    throw new FormatError(
      `${file}: ${bytes.length} bytes, expected at least the 8 of a safetensors header length`,
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes)
    throw new FormatError(
      `${file}: header of ${length} bytes, expected at most ${maxHeaderBytes}; this is not a safetensors file`,
    );
  const end = 8 + Number(length);
  if (end > bytes.length)
    throw new FormatError(
      `${file}: header of ${length} bytes, but only ${bytes.length - 8} bytes follow; the file is truncated`,
    );
  const text = decodeText(bytes.subarray(8, end), file);
  const json = parseJson(text, file);
  if (!text.startsWith("{") || !isRecord(json))
    throw new FormatError(
      `${file}: the header starts with ${quote(text.slice(0, 8))}, expected a JSON object`,
    );
  const twice = duplicateKey(text);
  if (twice !== undefined)
    throw new FormatError(`${file}: the header has ${quote(twice)} twice, expected it once`);
  return { json, end };
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError(
      `${file}: the header is not UTF-8 text, expected JSON; this is not a safetensors file`,
    );
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(`${file}: the header is not JSON, it starts with ${quote(text.slice(0, 16))}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMetadata(value: unknown, file: string): Readonly<Record<string, string>> {
  if (!isRecord(value))
    throw new FormatError(`${file}: ${metadataKey} is not an object, expected texts by name`);
  const texts: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string")
      throw new FormatError(`${file}: metadata ${quote(key)} is of type ${typeof text}, expected text`);
    texts.push([key, text]);
  }
  return Object.fromEntries(texts);
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const where = `${file}: tensor ${quote(name)}`;
  if (!isRecord(value))
    throw new FormatError(`${where}: expected an object with dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === "string" ? elementTypes.get(dtype) : undefined;
  if (type === undefined) {
    const found = typeof dtype === "string" ? quote(dtype) : typeof dtype;
    throw new FormatError(
      `${where}: dtype is ${found}, expected one of ${[...elementTypes.keys()].join(", ")}`,
    );
  }
  const count = Array.isArray(shape) ? elementCount(shape) : undefined;
  if (count === undefined || !isCounts(shape))
    throw new FormatError(
      `${where}: the shape is not usable, expected at most 32 whole numbers of 0 or more`,
    );
  if (!isCounts(offsets) || offsets.length !== 2)
    throw new FormatError(`${where}: data_offsets is not usable, expected [begin, end] in bytes`);
  const [begin = 0, end = 0] = offsets;
  const wanted = count * elementBytes[type];
  if (end - begin !== wanted)
    throw new FormatError(
      `${where}: data_offsets [${begin}, ${end}] hold ${end - begin} bytes, ${dtype}[${shape.join(",")}] takes ${wanted}`,
    );
  return { name, type, shape, begin, end };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 32 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Every byte of the data belongs to exactly one tensor, so that a small file cannot name a large amount of memory. */
function checkCoverage(entries: readonly Entry[], length: number, file: string): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const problem =
      begin < covered ? "overlaps the tensor before it" : begin > covered ? "leaves a hole" : undefined;
    if (problem !== undefined)
      throw new FormatError(
        `${file}: tensor ${quote(name)} starts at ${begin}, expected ${covered}: it ${problem}`,
      );
    covered = end;
    if (covered > length)
      throw new FormatError(
        `${file}: tensor ${quote(name)} ends at byte ${covered} of the data, but there are ${length}; the file is truncated`,
      );
  }
  if (covered < length)
    throw new FormatError(`${file}: ${length} bytes of data, expected the ${covered} that the tensors take`);
}

function checkTensor(name: string, shape: readonly number[], length: number): void {
  if (name === metadataKey)
    throw new UsageError(
      `serializeSafetensors: a tensor is named ${metadataKey}, a name that the format reserves`,
    );
  if (size(shape) !== length)
    throw new UsageError(
      `serializeSafetensors: tensor ${quote(name)} has ${length} elements, its shape [${shape.join(",")}] takes ${size(shape)}`,
    );
}

function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string")
      throw new UsageError(
        `serializeSafetensors: metadata ${quote(key)} is of type ${typeof text}, expected text`,
      );
  }
  return metadata;
}
