// The opcodes of Python's pickle, protocols 2 to 5. https://docs.python.org/3/library/pickletools.html

import { FormatError } from "../ir/errors.ts";

/** What follows an opcode: nothing, a little-endian number of so many bytes, lines, or bytes after their length. */
type Follows =
  | { readonly kind: "nothing" }
  | { readonly kind: "number"; readonly bytes: 1 | 2 | 4 | 8; readonly signed?: boolean }
  | { readonly kind: "float" }
  | { readonly kind: "lines"; readonly count: 1 | 2 }
  | { readonly kind: "integer" | "text" | "bytes"; readonly length: 1 | 4 | 8 };

/** One opcode with what follows it, at byte `at` of the file. */
export interface Operation {
  readonly name: string;
  readonly value: Operand;
  readonly at: number;
}

export type Operand = undefined | number | bigint | string | Uint8Array | readonly string[];

const nothing: Follows = { kind: "nothing" };
const table: Readonly<Record<string, readonly [code: number, follows: Follows]>> = {
  PROTO: [0x80, { kind: "number", bytes: 1 }],
  FRAME: [0x95, { kind: "number", bytes: 8 }],
  STOP: [0x2e, nothing],
  MARK: [0x28, nothing],
  POP: [0x30, nothing],
  POP_MARK: [0x31, nothing],
  DUP: [0x32, nothing],
  BININT: [0x4a, { kind: "number", bytes: 4, signed: true }],
  BININT1: [0x4b, { kind: "number", bytes: 1 }],
  BININT2: [0x4d, { kind: "number", bytes: 2 }],
  LONG1: [0x8a, { kind: "integer", length: 1 }],
  LONG4: [0x8b, { kind: "integer", length: 4 }],
  BINFLOAT: [0x47, { kind: "float" }],
  NONE: [0x4e, nothing],
  NEWTRUE: [0x88, nothing],
  NEWFALSE: [0x89, nothing],
  BINUNICODE: [0x58, { kind: "text", length: 4 }],
  SHORT_BINUNICODE: [0x8c, { kind: "text", length: 1 }],
  BINUNICODE8: [0x8d, { kind: "text", length: 8 }],
  BINSTRING: [0x54, { kind: "text", length: 4 }],
  SHORT_BINSTRING: [0x55, { kind: "text", length: 1 }],
  BINBYTES: [0x42, { kind: "bytes", length: 4 }],
  SHORT_BINBYTES: [0x43, { kind: "bytes", length: 1 }],
  BINBYTES8: [0x8e, { kind: "bytes", length: 8 }],
  BYTEARRAY8: [0x96, { kind: "bytes", length: 8 }],
  EMPTY_LIST: [0x5d, nothing],
  APPEND: [0x61, nothing],
  APPENDS: [0x65, nothing],
  LIST: [0x6c, nothing],
  EMPTY_TUPLE: [0x29, nothing],
  TUPLE: [0x74, nothing],
  TUPLE1: [0x85, nothing],
  TUPLE2: [0x86, nothing],
  TUPLE3: [0x87, nothing],
  EMPTY_DICT: [0x7d, nothing],
  DICT: [0x64, nothing],
  SETITEM: [0x73, nothing],
  SETITEMS: [0x75, nothing],
  EMPTY_SET: [0x8f, nothing],
  ADDITEMS: [0x90, nothing],
  FROZENSET: [0x91, nothing],
  GLOBAL: [0x63, { kind: "lines", count: 2 }],
  STACK_GLOBAL: [0x93, nothing],
  INST: [0x69, { kind: "lines", count: 2 }],
  REDUCE: [0x52, nothing],
  NEWOBJ: [0x81, nothing],
  BUILD: [0x62, nothing],
  BINPERSID: [0x51, nothing],
  BINPUT: [0x71, { kind: "number", bytes: 1 }],
  LONG_BINPUT: [0x72, { kind: "number", bytes: 4 }],
  BINGET: [0x68, { kind: "number", bytes: 1 }],
  LONG_BINGET: [0x6a, { kind: "number", bytes: 4 }],
  MEMOIZE: [0x94, nothing],
};

const byCode: ReadonlyMap<number, { readonly name: string; readonly follows: Follows }> = new Map(
  Object.entries(table).map(([name, [code, follows]]) => [code, { name, follows }]),
);
const maxLine = 1000;

/** The operations of the pickle that begins at byte `start`, up to and with its STOP. */
export function* operations(bytes: Uint8Array, start: number, file: string): Generator<Operation> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let next = start;
  const take = (count: number, at: number): number => {
    const from = next;
    next += count;
    if (next > bytes.length)
      throw new FormatError(
        `${file}: ${count} bytes at ${from} of the pickle at byte ${at}, but the file has ${bytes.length}; the file is truncated`,
      );
    return from;
  };
  const number = (width: 1 | 2 | 4 | 8, at: number, signed = false): number => {
    const from = take(width, at);
    if (width === 1) return view.getUint8(from);
    if (width === 2) return view.getUint16(from, true);
    if (width === 4) return signed ? view.getInt32(from, true) : view.getUint32(from, true);
    return view.getUint32(from, true) + view.getUint32(from + 4, true) * 2 ** 32;
  };
  const line = (at: number): string => {
    const end = bytes.subarray(next, next + maxLine).indexOf(0x0a);
    if (end < 0) throw new FormatError(`${file}: a line without an end in the pickle at byte ${at}`);
    const from = take(end + 1, at);
    return new TextDecoder().decode(bytes.subarray(from, from + end));
  };
  const operand = (follows: Follows, at: number): Operand => {
    switch (follows.kind) {
      case "nothing":
        return undefined;
      case "number":
        return number(follows.bytes, at, follows.signed);
      case "float":
        return view.getFloat64(take(8, at));
      case "lines":
        return Array.from({ length: follows.count }, () => line(at));
      default: {
        const length = number(follows.length, at);
        const from = take(length, at);
        const content = bytes.subarray(from, from + length);
        if (follows.kind === "bytes") return content;
        return follows.kind === "text" ? new TextDecoder().decode(content) : integer(content, at, file);
      }
    }
  };
  for (;;) {
    const at = next;
    const code = view.getUint8(take(1, at));
    const op = byCode.get(code);
    if (op === undefined)
      throw new FormatError(
        `${file}: opcode 0x${code.toString(16)} of the pickle at byte ${at} is none that checkpoints need; it is refused`,
      );
    yield { name: op.name, value: operand(op.follows, at), at };
    if (op.name === "STOP") return;
  }
}

/** A little-endian integer in two's complement; a number where that is exact. */
function integer(bytes: Uint8Array, at: number, file: string): number | bigint {
  if (bytes.length > 32)
    throw new FormatError(
      `${file}: integer of ${bytes.length} bytes in the pickle at byte ${at}, expected at most 32`,
    );
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  const signed = BigInt.asIntN(Math.max(1, 8 * bytes.length), value);
  const plain = Number(signed);
  return Number.isSafeInteger(plain) ? plain : signed;
}
