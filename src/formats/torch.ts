// PyTorch's checkpoints: .pth, .pt, .th, as `torch.save` writes them. Since 1.6 a zip archive with `data.pkl` and a file
// for each storage; before, one stream: three pickles, the object, the keys of its storages, and these one by one.

import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import type { TensorData, TypedArray } from "../ir/type.ts";
import { decodeElements, type ElementType, elementBytes, elementCount } from "./elements.ts";
import { unpickle } from "./pickle.ts";
import type { ParseOptions, TensorFile } from "./tensorFile.ts";
import { isTensor, storageOf, type TorchStorage, type TorchTensor, torchCallables } from "./torchValues.ts";
import { isZip, readZip, type ZipEntry } from "./zip.ts";

const callables = torchCallables;
const magic = 0x1950a86a20f9469cfc6cn;
const protocol = 1001;
/** Where checkpoints keep their state_dict, when it is not at the top. */
const holders = ["state_dict", "model_state_dict", "model", "net"];
/** Bytes of small tensors that may be made though the file has fewer. */
const alwaysAllowed = 1 << 20;

/** The bytes of storages by key. */
type Storages = (storage: TorchStorage, where: string) => { bytes: Uint8Array; littleEndian: boolean };

/** Whether `bytes` start like a checkpoint of either form. */
export function isTorch(bytes: Uint8Array): boolean {
  return isZip(bytes) || (bytes[0] === 0x80 && bytes[1] === 2 && bytes[2] === 0x8a && bytes[3] === 10);
}

/**
 * Reads the state_dict of a checkpoint. Nothing of Python runs: a file that names a class or function which no
 * state_dict needs is refused. Little-endian f32 at a multiple of 4 stays in `bytes`, as views; `file` names it in
 * errors. With `reuse`, what lies at no multiple of 4 is moved there within `bytes`, which then are no file any more,
 * instead of being copied.
 */
export function parseTorch(
  bytes: Uint8Array,
  file = "PyTorch data",
  { reuse = false }: ParseOptions = {},
): TensorFile {
  if (isZip(bytes)) return parseArchive(bytes, file);
  if (isTorch(bytes)) return parseStream(bytes, file, reuse);
  throw new FormatError(
    `${file}: neither a zip archive nor the stream of PyTorch before 1.6; this is no file of torch.save`,
  );
}

function parseArchive(bytes: Uint8Array, file: string): TensorFile {
  const entries = readZip(bytes, file);
  const pickled = [...entries.keys()].find((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickled === undefined)
    throw new FormatError(`${file}: a zip archive without data.pkl; not of torch.save`);
  const folder = pickled.slice(0, -"data.pkl".length);
  const order = text(entries.get(`${folder}byteorder`)) ?? "little";
  if (order !== "little" && order !== "big")
    throw new FormatError(`${file}: byteorder is ${quote(order)}, expected little or big`);
  const pickle = entries.get(pickled)?.read() ?? new Uint8Array();
  const { value } = unpickle(pickle, 0, `${file}: ${pickled}`, { callables, persistent: storageOf });
  const read = new Map<string, Uint8Array>();
  return resolve(value, file, bytes.length, ({ key }, where) => {
    const name = `${folder}data/${key}`;
    const entry = entries.get(name);
    if (entry === undefined)
      throw new FormatError(`${where}: its storage ${quote(name)} is not in the archive`);
    const found = read.get(name) ?? entry.read();
    read.set(name, found);
    return { bytes: found, littleEndian: order === "little" };
  });
}

function text(entry: ZipEntry | undefined): string | undefined {
  return entry && entry.size < 100 ? new TextDecoder().decode(entry.read()).trim() : undefined;
}

function parseStream(bytes: Uint8Array, file: string, reuse: boolean): TensorFile {
  const next = (at: number) => unpickle(bytes, at, file, { callables });
  const first = next(0);
  if (first.value !== magic)
    throw new FormatError(`${file}: the magic number is another one; not of torch.save`);
  const version = next(first.end);
  if (version.value !== protocol)
    throw new FormatError(`${file}: protocol ${String(version.value)}, expected ${protocol}`);
  const system = next(version.end);
  const littleEndian = !(system.value instanceof Map) || system.value.get("little_endian") !== false;
  const widths = new Map<string, number>();
  const object = unpickle(bytes, system.end, file, {
    callables,
    persistent: (id, fail) => {
      const storage = storageOf(id, fail);
      widths.set(storage.key, elementBytes[storage.type]);
      return storage;
    },
  });
  const keys = next(object.end);
  if (!Array.isArray(keys.value)) throw new FormatError(`${file}: no list of storages behind the object`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let at = keys.end;
  for (const key of keys.value) {
    const width = widths.get(key);
    if (width === undefined)
      throw new FormatError(`${file}: a storage ${quote(String(key))} that no tensor has`);
    if (at + 8 > bytes.length)
      throw new FormatError(`${file}: storage ${quote(key)} at byte ${at} is missing; the file is truncated`);
    const count = Number(view.getBigInt64(at, littleEndian));
    const end = at + 8 + count * width;
    if (!(count >= 0 && end <= bytes.length))
      throw new FormatError(
        `${file}: storage ${quote(key)} of ${count} elements at byte ${at}, but the file has ${bytes.length} bytes; the file is truncated`,
      );
    // The 8 bytes of the count in front leave room.
    const shift = reuse && littleEndian && width === 4 ? (bytes.byteOffset + at + 8) % 4 : 0;
    if (shift > 0) bytes.copyWithin(at + 8 - shift, at + 8, end);
    found.set(key, bytes.subarray(at + 8 - shift, end - shift));
    at = end;
  }
  return resolve(object.value, file, bytes.length, ({ key }, where) => {
    const storage = found.get(key);
    if (storage === undefined)
      throw new FormatError(`${where}: its storage ${quote(key)} is not in the file`);
    return { bytes: storage, littleEndian };
  });
}

/** The tensors of the state_dict in `value`, as they are in the storages. */
function resolve(value: unknown, file: string, size: number, storages: Storages): TensorFile {
  const tensors = new Map<string, TensorData>();
  const stored = new Map<string, ElementType>();
  let budget = Math.max(alwaysAllowed, 8 * size);
  for (const [name, tensor] of stateDict(value, file)) {
    const where = `${file}: tensor ${quote(name)}`;
    const { type, shape, storage, offset, strides } = tensor;
    const { bytes, littleEndian } = storages(storage, where);
    const width = elementBytes[type];
    const count = elementCount(shape);
    if (count === undefined)
      throw new FormatError(`${where}: the shape is not usable, expected at most 32 axes`);
    // How many elements its storage must have, from the offset on.
    const reach =
      count === 0 ? 0 : shape.reduce((last, extent, axis) => last + (extent - 1) * (strides[axis] ?? 0), 1);
    const begin = (storage.from * elementBytes[storage.type]) / width + offset;
    if (!(width * (begin + reach) <= bytes.length))
      throw new FormatError(
        `${where}: ${type}[${shape.join(",")}] at element ${begin} takes ${width * (begin + reach)} bytes of storage ${quote(storage.key)}, which has ${bytes.length}`,
      );
    const region = bytes.subarray(width * begin, width * (begin + reach));
    const packed = isPacked(shape, strides);
    const view = packed && littleEndian && (type === "u8" || (type === "f32" && region.byteOffset % 4 === 0));
    // Shared and expanded tensors are made several times from the same bytes: a small file must not fill the memory.
    if (!view) budget -= 4 * (count + reach);
    if (budget < 0)
      throw new FormatError(`${where}: the tensors would take many times the ${size} bytes of the file`);
    const data = decodeElements(type, region, littleEndian, where);
    tensors.set(name, { shape, data: packed ? data : gather(data, shape, strides, count) });
    stored.set(name, type);
  }
  return { tensors, stored };
}

/** The tensors by name, out of a state_dict at the top or where checkpoints keep it. Other entries are left out. */
function stateDict(value: unknown, file: string): readonly (readonly [name: string, tensor: TorchTensor])[] {
  const own = entriesOf(value);
  if (own.length > 0) return own;
  for (const holder of holders) {
    const held = entriesOf(value instanceof Map ? value.get(holder) : undefined);
    if (held.length > 0) return held;
  }
  const keys = value instanceof Map ? [...value.keys()].slice(0, 10).map((key) => quote(String(key))) : [];
  throw new FormatError(
    `${file}: no tensors by name at the top or under ${holders.join(", ")}${keys.length > 0 ? `; the file has ${keys.join(", ")}` : ""}`,
  );
}

function entriesOf(value: unknown): [name: string, tensor: TorchTensor][] {
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([name, tensor]): [string, TorchTensor][] =>
    typeof name === "string" && isTensor(tensor) ? [[name, tensor]] : [],
  );
}

/** Whether the elements lie in row-major order without gaps. The stride of an axis of one element says nothing. */
function isPacked(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let wanted = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    if (extent !== 1 && strides[axis] !== wanted) return false;
    wanted *= extent;
  }
  return true;
}

function gather(
  data: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): TypedArray {
  const out =
    data instanceof Float32Array
      ? new Float32Array(count)
      : data instanceof Int32Array
        ? new Int32Array(count)
        : new Uint8Array(count);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    out[to] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      from += stride;
      index[axis] = next;
      if (next < (shape[axis] ?? 0)) break;
      from -= stride * next;
      index[axis] = 0;
    }
  }
  return out;
}
