import { FormatError } from "../ir/errors.ts";
import type { TypedArray } from "../ir/type.ts";

/** Element types that files use. Floats of every width become f32, integers but u8 become i32. */
export type ElementType =
  | "f16"
  | "bf16"
  | "f32"
  | "f64"
  | "u8"
  | "bool"
  | "i8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64";

export const elementBytes: Readonly<Record<ElementType, number>> = {
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
  u8: 1,
  bool: 1,
  i8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
};

/** The number of elements of a shape read from a file; undefined when the shape or its product is not usable. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  if (shape.length > 32) return undefined;
  let product = 1;
  for (const extent of shape) {
    if (typeof extent !== "number" || !Number.isSafeInteger(extent) || extent < 0) return undefined;
    product *= extent;
  }
  return Number.isSafeInteger(product) ? product : undefined;
}

/**
 * The elements that fill `bytes`. `where` names file and tensor in an error. Every host that an engine runs on is
 * little-endian itself, so that u8 and little-endian f32 and i32 are seen where they lie; they are copied where that is
 * no multiple of their size.
 */
export function decodeElements(
  type: ElementType,
  bytes: Uint8Array,
  littleEndian: boolean,
  where: string,
): TypedArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / elementBytes[type];
  switch (type) {
    case "u8":
      return bytes;
    case "bool":
      return Uint8Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
    case "i32": {
      if (littleEndian) return new Int32Array(...aligned(bytes, count));
      const out = new Int32Array(count);
      for (let i = 0; i < count; i++) out[i] = view.getInt32(4 * i, littleEndian);
      return out;
    }
    case "i8":
      return Int32Array.from(bytes, (byte) => (byte << 24) >> 24);
    case "i16":
      return Int32Array.from({ length: count }, (_, i) => view.getInt16(2 * i, littleEndian));
    case "u16":
      return Int32Array.from({ length: count }, (_, i) => view.getUint16(2 * i, littleEndian));
    case "u32":
      return decodeU32(view, count, littleEndian, where);
    case "i64":
    case "u64":
      return decode64(view, count, littleEndian, type === "i64", where);
    case "f32": {
      if (littleEndian) return new Float32Array(...aligned(bytes, count));
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) out[i] = view.getFloat32(4 * i, littleEndian);
      return out;
    }
    case "f64": {
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) out[i] = view.getFloat64(8 * i, littleEndian);
      return out;
    }
    case "f16":
      return decodeF16(view, count, littleEndian);
    case "bf16": {
      // bf16 is the upper half of an f32.
      const out = new Uint32Array(count);
      for (let i = 0; i < count; i++) out[i] = view.getUint16(2 * i, littleEndian) << 16;
      return new Float32Array(out.buffer);
    }
  }
}

/** Where `count` elements of 4 bytes lie: in the buffer of `bytes` itself, if a typed array can begin there. */
function aligned(bytes: Uint8Array, count: number): [buffer: ArrayBufferLike, offset: number, count: number] {
  return bytes.byteOffset % 4 === 0
    ? [bytes.buffer, bytes.byteOffset, count]
    : [new Uint8Array(bytes).buffer, 0, count];
}

/** The bytes of `data`, little-endian as the host: a view. */
export function encodeElements(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function decodeU32(view: DataView, count: number, littleEndian: boolean, where: string): Int32Array {
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = view.getUint32(4 * i, littleEndian);
    if (value >= 2 ** 31) throw tooLarge("32-bit", value, i, where);
    out[i] = value;
  }
  return out;
}

function decode64(
  view: DataView,
  count: number,
  littleEndian: boolean,
  signed: boolean,
  where: string,
): Int32Array {
  const out = new Int32Array(count);
  const [lowAt, highAt] = littleEndian ? [0, 4] : [4, 0];
  for (let i = 0; i < count; i++) {
    const low = view.getInt32(8 * i + lowAt, littleEndian);
    const high = view.getInt32(8 * i + highAt, littleEndian);
    if (high !== low >> 31 || (!signed && high !== 0)) {
      const value = signed ? view.getBigInt64(8 * i, littleEndian) : view.getBigUint64(8 * i, littleEndian);
      throw tooLarge("64-bit", value, i, where);
    }
    out[i] = low;
  }
  return out;
}

function tooLarge(width: string, value: number | bigint, index: number, where: string): FormatError {
  return new FormatError(
    `${where}: ${width} integer ${value} at element ${index}, expected one that fits in 32 bits`,
  );
}

/** IEEE half precision: 1 sign, 5 exponent (bias 15) and 10 fraction bits, widened to 8 (bias 127) and 23. */
function decodeF16(view: DataView, count: number, littleEndian: boolean): Float32Array {
  const out = new Float32Array(count);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < count; i++) {
    const half = view.getUint16(2 * i, littleEndian);
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) out[i] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
    else bits[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return out;
}
