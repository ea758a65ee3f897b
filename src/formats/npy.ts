// NumPy's .npy: a magic, a version, the length of a header, the header as a Python literal, then one array.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { FormatError, UsageError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { dtypeOf, size, type TensorData, type TypedArray } from "../ir/type.ts";
import { decodeElements, type ElementType, elementBytes, elementCount, encodeElements } from "./elements.ts";
import { parseNpyHeader } from "./npyHeader.ts";

const magic = "\x93NUMPY";
/** Headers of plain arrays are about 100 bytes; NumPy itself refuses more than 10,000. */
const maxHeaderBytes = 65_536;
const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ["f2", "f16"],
  ["f4", "f32"],
  ["f8", "f64"],
  ["u1", "u8"],
  ["b1", "bool"],
  ["i1", "i8"],
  ["i2", "i16"],
  ["u2", "u16"],
  ["i4", "i32"],
  ["u4", "u32"],
  ["i8", "i64"],
  ["u8", "u64"],
]);
const written = { f32: "<f4", u8: "|u1", i32: "<i4" } as const;

/**
 * Reads one array in row-major order. Floats become f32, integers but u8 i32, booleans u8. What is not converted stays
 * in `bytes`, as a view. `file` names it in errors.
 */
export function parseNpy(bytes: Uint8Array, file = "npy data"): TensorData {
  const { text, end } = readHeader(bytes, file);
  const { descr, fortranOrder, shape } = parseNpyHeader(text, file);
  const type = typeOf(descr, file);
  const count = elementCount(shape);
  if (count === undefined)
    throw new FormatError(`${file}: the shape is not usable, expected at most 32 whole numbers of 0 or more`);
  const wanted = count * elementBytes[type];
  const found = bytes.length - end;
  if (found !== wanted) {
    const remedy = found < wanted ? "the file is truncated" : "bytes follow the array";
    throw new FormatError(
      `${file}: ${found} bytes of data, ${descr}[${shape.join(",")}] takes ${wanted}; ${remedy}`,
    );
  }
  const data = decodeElements(type, bytes.subarray(end), !descr.startsWith(">"), file);
  return { shape, data: fortranOrder ? toRowMajor(data, shape) : data };
}

/** The element type of the array in a file. */
export function npyType(bytes: Uint8Array, file = "npy data"): ElementType {
  return typeOf(parseNpyHeader(readHeader(bytes, file).text, file).descr, file);
}

function typeOf(descr: string, file: string): ElementType {
  const type = elementTypes.get(descr.slice(1));
  const order = descr.charAt(0);
  if (type !== undefined && (order === "<" || order === ">" || (order === "|" && elementBytes[type] === 1)))
    return type;
  const supported = [...elementTypes.keys()].join(", ");
  throw new FormatError(`${file}: descr is ${quote(descr)}, expected < or > and one of ${supported}`);
}

/** Writes version 1.0, little-endian, C order. */
export function serializeNpy({ shape, data }: TensorData): Uint8Array<ArrayBuffer> {
  if (shape.length > 32) throw new UsageError(`serializeNpy: ${shape.length} axes, NumPy has at most 32`);
  if (size(shape) !== data.length)
    throw new UsageError(
      `serializeNpy: ${data.length} elements, the shape [${shape.join(",")}] takes ${size(shape)}`,
    );
  const axes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${written[dtypeOf(data)]}', 'fortran_order': False, 'shape': ${axes}, }`;
  // The data starts at a multiple of 64, after spaces and a line end.
  const dataAt = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(dataAt + data.byteLength);
  const start = `${magic}\x01\x00\x00\x00${header.padEnd(dataAt - 11)}\n`;
  for (let i = 0; i < dataAt; i++) bytes[i] = start.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, dataAt - 10, true);
  bytes.set(encodeElements(data), dataAt);
  return bytes;
}

function readHeader(bytes: Uint8Array, file: string): { readonly text: string; readonly end: number } {
  const start = String.fromCharCode(...bytes.subarray(0, magic.length));
  if (start !== magic)
    throw new FormatError(
      `${file}: starts with ${quote(start)}, expected ${quote(magic)}; this is not an npy file`,
    );
  const major = bytes[6];
  if (major === undefined || major < 1 || major > 3)
    throw new FormatError(`${file}: npy version ${major ?? "missing"}, expected 1, 2 or 3`);
  const at = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < at) throw new FormatError(`${file}: ${bytes.length} bytes; the file is truncated`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maxHeaderBytes)
    throw new FormatError(`${file}: header of ${length} bytes, expected at most ${maxHeaderBytes}`);
  const end = at + length;
  if (end > bytes.length)
    throw new FormatError(
      `${file}: header of ${length} bytes, but only ${bytes.length - at} bytes follow; the file is truncated`,
    );
  return { text: new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(at, end)), end };
}

/** Fortran order has the first axis innermost: element (i, j, …) lies at i + rows · (j + …). */
function toRowMajor(data: TypedArray, shape: readonly number[]): TypedArray {
  const out = data.slice();
  const strides = shape.map((_, axis) => size(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      const stride = strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        from += stride;
        break;
      }
      index[axis] = 0;
      from -= stride * (next - 1);
    }
  }
  return out;
}
