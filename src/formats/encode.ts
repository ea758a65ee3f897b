import type { TypedArray } from "../ir/type.ts";
import { dtypeOf } from "../ir/type.ts";
import { type ElementType, elementBytes, encodeElements } from "./elements.ts";

/** The bytes of `data` as elements of `type`, little-endian: a view where that is what they are already. */
export function encodeAs(data: TypedArray, type: ElementType): Uint8Array {
  if (type === dtypeOf(data)) return encodeElements(data);
  const out = new Uint8Array(data.length * elementBytes[type]);
  const view = new DataView(out.buffer);
  const put = writers(view)[type];
  for (let i = 0; i < data.length; i++) put(i, data[i] ?? 0);
  return out;
}

type Put = (index: number, value: number) => void;

function writers(view: DataView): Readonly<Record<ElementType, Put>> {
  const i8: Put = (i, value) => view.setInt8(i, value);
  const i16: Put = (i, value) => view.setInt16(2 * i, value, true);
  const i32: Put = (i, value) => view.setInt32(4 * i, value, true);
  const i64: Put = (i, value) => view.setBigInt64(8 * i, BigInt(value), true);
  return {
    f16: (i, value) => view.setUint16(2 * i, halfOf(value), true),
    bf16: (i, value) => view.setUint16(2 * i, brainOf(value), true),
    f32: (i, value) => view.setFloat32(4 * i, value, true),
    f64: (i, value) => view.setFloat64(8 * i, value, true),
    bool: (i, value) => view.setInt8(i, value === 0 ? 0 : 1),
    ...{ u8: i8, i8, i16, u16: i16, i32, u32: i32, i64, u64: i64 },
  };
}

const scratch = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** The upper half of an f32, rounded to the nearest, ties to even. */
function brainOf(value: number): number {
  const bits = bitsOf(value);
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** IEEE half precision, rounded to the nearest, ties to even; too large becomes infinity. */
function halfOf(value: number): number {
  const sign = (bitsOf(value) >>> 16) & 0x8000;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // 10 bits of fraction below the leading one, from 2 ** -14 downwards steps of 2 ** -24.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = evenly(size / 2 ** (exponent - 10));
  return sign | ((exponent + 14) * 1024 + steps);
}

function evenly(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
}
