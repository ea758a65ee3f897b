import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "../ir/errors.ts";
import { type Field, type Message, type Messages, messages, type Scalar, type Written } from "./schema.ts";

/** Reads a message; what the schema does not know is skipped. Bytes are views of `bytes`. `file` names it in errors. */
export function decode<K extends keyof Messages>(kind: K, bytes: Uint8Array, file: string): Messages[K] {
  try {
    // What `decodeMessage` fills follows the schema, field by field, as the interfaces do.
    return decodeMessage(messages[kind], bytes) as unknown as Messages[K];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${file}: is no ONNX file, or a broken one: ${reason}`);
  }
}

export function encode<K extends keyof Messages>(
  kind: K,
  value: Written<Messages[K]>,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  encodeMessage(messages[kind], Object.entries(value), writer);
  return writer.finish();
}

type Values = Record<string, unknown>;

function decodeMessage(message: Message, bytes: Uint8Array): Values {
  const byNumber = new Map(Object.entries(message).map(([name, field]) => [field.no, { name, field }]));
  const lists = new Map<string, unknown[]>();
  const values: Values = {};
  for (const [name, { repeated }] of Object.entries(message)) {
    const list: unknown[] = [];
    if (repeated) lists.set(name, list);
    values[name] = repeated ? list : undefined;
  }
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [no, wire] = reader.tag();
    if (wire === WireType.StartGroup || wire === WireType.EndGroup)
      throw new FormatError(`field ${no} is a group, which ONNX has none of`);
    const found = byNumber.get(no);
    if (found === undefined) {
      reader.skip(wire);
      continue;
    }
    const { name, field } = found;
    const list = lists.get(name);
    const packed = wire === WireType.LengthDelimited && isNumber(field.type);
    if (packed && list) {
      const part = new BinaryReader(reader.bytes());
      while (part.pos < part.len) list.push(decodeScalar(part, field.type));
    } else {
      if (wire !== wireOf(field))
        throw new FormatError(`field ${no} has wire type ${wire}, not ${wireOf(field)}`);
      const value =
        typeof field.type === "string"
          ? decodeScalar(reader, field.type)
          : decodeMessage(field.type, reader.bytes());
      if (list) list.push(value);
      else values[name] = value;
    }
  }
  return values;
}

function isNumber(type: Field["type"]): type is Exclude<Scalar, "string" | "bytes"> {
  return type === "int64" || type === "float" || type === "double";
}

function wireOf({ type }: Field): WireType {
  if (type === "int64") return WireType.Varint;
  if (type === "float") return WireType.Bit32;
  return type === "double" ? WireType.Bit64 : WireType.LengthDelimited;
}

function decodeScalar(reader: BinaryReader, type: Scalar): number | string | Uint8Array {
  switch (type) {
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes();
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "int64":
      // Beyond 2^53 there are only the ends of slices, "as far as there is".
      return Number(reader.int64());
  }
}

function encodeMessage(
  message: Message,
  entries: readonly (readonly [string, unknown])[],
  writer: BinaryWriter,
): void {
  for (const [name, value] of entries) {
    const field = message[name];
    if (field === undefined || value === undefined) continue;
    const list: readonly unknown[] = field.repeated && Array.isArray(value) ? value : [value];
    if (list.length === 0) continue;
    if (field.repeated && isNumber(field.type)) {
      writer.tag(field.no, WireType.LengthDelimited).fork();
      for (const item of list) encodeScalar(writer, field.type, item);
      writer.join();
      continue;
    }
    for (const item of list) {
      writer.tag(field.no, wireOf(field));
      if (typeof field.type === "string") encodeScalar(writer, field.type, item);
      else {
        writer.fork();
        encodeMessage(field.type, Object.entries(Object(item)), writer);
        writer.join();
      }
    }
  }
}

function encodeScalar(writer: BinaryWriter, type: Scalar, value: unknown): void {
  if (type === "string") writer.string(String(value));
  else if (type === "bytes" && value instanceof Uint8Array) writer.bytes(value);
  else if (type === "float") writer.float(Number(value));
  else if (type === "double") writer.double(Number(value));
  else if (type === "int64") writer.int64(Number(value));
}
