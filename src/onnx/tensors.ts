import { decodeElements, type ElementType, elementBytes, elementCount } from "../formats/elements.ts";
import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { dtypeOf, type TensorData, type TypedArray } from "../ir/type.ts";
import { elementType, type OnnxTensor, type Written } from "./schema.ts";

/** The bytes of a file beside the model that holds `length` bytes of a tensor from `offset`. */
export type External = (location: string) => Uint8Array | undefined;

const types: ReadonlyMap<number, ElementType> = new Map([
  [elementType.float, "f32"],
  [elementType.uint8, "u8"],
  [elementType.int32, "i32"],
  [elementType.int64, "i64"],
  [elementType.bool, "bool"],
  [elementType.float16, "f16"],
  [elementType.double, "f64"],
  [elementType.bfloat16, "bf16"],
]);

/**
 * The elements of a tensor: floats of every width as f32, integers as i32. Those of `rawData` and of external files are
 * seen where they lie. 64-bit integers that do not fit become the nearest that do: they are the open ends of slices.
 */
export function tensorData(tensor: OnnxTensor, external: External, file: string): TensorData {
  const where = `${file}: tensor ${quote(tensor.name ?? "")}`;
  const type = storedType(tensor, file);
  const shape = tensor.dims;
  const count = elementCount(shape);
  if (count === undefined)
    throw new FormatError(
      `${where}: the shape is not usable, expected at most 32 whole numbers of 0 or more`,
    );
  const raw = tensor.dataLocation === 1 ? externalBytes(tensor, external, where) : tensor.rawData;
  if (raw === undefined) return { shape, data: typedField(tensor, type, count, where) };
  const wanted = count * elementBytes[type];
  if (raw.length !== wanted)
    throw new FormatError(
      `${where}: ${raw.length} bytes of data, ${type}[${shape.join(",")}] takes ${wanted}`,
    );
  if (type === "i64") return { shape, data: clampedI64(raw, count) };
  return { shape, data: decodeElements(type, raw, true, where) };
}

/** The element type that a tensor has in its file. */
export function storedType({ name, dataType = 0 }: OnnxTensor, file: string): ElementType {
  const type = types.get(dataType);
  if (type !== undefined) return type;
  throw new FormatError(
    `${file}: tensor ${quote(name ?? "")}: element type ${dataType} is not supported, expected float16, bfloat16, float, double, uint8, bool, int32 or int64`,
  );
}

/** A tensor as it is written: f32, u8 or i32 elements, the last as int64 where `wide`. */
export function tensorOf(name: string, { shape, data }: TensorData, wide = false): Written<OnnxTensor> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (wide) {
    const long = BigInt64Array.from(data, BigInt);
    return { name, dims: shape, dataType: elementType.int64, rawData: new Uint8Array(long.buffer) };
  }
  const dtype = dtypeOf(data);
  const number = dtype === "f32" ? elementType.float : dtype === "u8" ? elementType.uint8 : elementType.int32;
  return { name, dims: shape, dataType: number, rawData: bytes };
}

/** Small tensors may have their elements in a field of their type instead. */
function typedField(tensor: OnnxTensor, type: ElementType, count: number, where: string): TypedArray {
  const list =
    type === "f32"
      ? tensor.floatData
      : type === "f64"
        ? tensor.doubleData
        : type === "i64"
          ? tensor.int64Data
          : tensor.int32Data;
  if (list.length !== count)
    throw new FormatError(
      `${where}: ${list.length} elements, its shape [${tensor.dims.join(",")}] takes ${count}`,
    );
  if (type === "f16" || type === "bf16") {
    const bits = Uint16Array.from(list);
    return decodeElements(type, new Uint8Array(bits.buffer), true, where);
  }
  if (type === "f32" || type === "f64") return Float32Array.from(list);
  return type === "u8" || type === "bool" ? Uint8Array.from(list) : Int32Array.from(list, clamp);
}

function externalBytes({ externalData }: OnnxTensor, external: External, where: string): Uint8Array {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  // A name that leaves the model's folder could read any file of the machine.
  if (location === "" || /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)|\0/i.test(location))
    throw new FormatError(
      `${where}: its data is in ${quote(location)}, expected a file within the model's folder`,
    );
  const bytes = external(location);
  if (bytes === undefined)
    throw new FormatError(`${where}: its data is in ${quote(location)}, which is not there`);
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? bytes.length - offset);
  if (
    !Number.isSafeInteger(offset) ||
    !Number.isSafeInteger(length) ||
    offset < 0 ||
    length < 0 ||
    offset + length > bytes.length
  )
    throw new FormatError(
      `${where}: bytes ${offset} to ${offset + length} of ${quote(location)}, which has ${bytes.length}`,
    );
  return bytes.subarray(offset, offset + length);
}

function clampedI64(raw: Uint8Array, count: number): Int32Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Int32Array.from({ length: count }, (_, i) => clamp(Number(view.getBigInt64(8 * i, true))));
}

function clamp(value: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));
}
