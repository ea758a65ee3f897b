import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSafetensors, serializeSafetensors } from "../../src/formats/safetensors.ts";
import { FormatError, UsageError } from "../../src/ir/errors.ts";
import { size, type TensorData } from "../../src/ir/type.ts";

/** A file with this header text and so much data. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

function one(dtype: string, shape: readonly number[], data: ArrayBuffer): TensorData | undefined {
  const header = { a: { dtype, shape, data_offsets: [0, data.byteLength] } };
  return parseSafetensors(fileOf(JSON.stringify(header), new Uint8Array(data))).tensors.get("a");
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const tensor: fc.Arbitrary<TensorData> = shapes.chain((shape) => {
  const length = { minLength: size(shape), maxLength: size(shape) };
  return fc
    .oneof(fc.float32Array(length), fc.uint8Array(length), fc.int32Array(length))
    .map((data) => ({ shape, data }));
});
const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "0", "conv1.weight"));
const entries = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 });

describe("safetensors", () => {
  test("what was written is read back: every name, shape, bit and metadata text", () => {
    fc.assert(
      fc.property(entries, fc.dictionary(name, fc.string()), (list, metadata) => {
        const file = parseSafetensors(serializeSafetensors(new Map(list), metadata));
        expect(file.tensors).toEqual(new Map(list));
        expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(metadata).sort());
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("changed or cut bytes give a tensor map or a FormatError, never anything else", () => {
    const whole = serializeSafetensors(
      new Map<string, TensorData>([
        ["weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ["steps", { shape: [], data: Int32Array.of(7) }],
      ]),
      { format: "pt" },
    );
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        parsesOrRefuses(bytes.subarray(0, length));
        parsesOrRefuses(bytes);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test("arbitrary bytes, and arbitrary JSON as header, give a FormatError or parse", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.json(), (bytes, json) => {
        parsesOrRefuses(bytes);
        parsesOrRefuses(fileOf(json, bytes));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test("the layout is the format's: length, JSON padded with spaces to 8 bytes, wide elements before bytes", () => {
    const tensors = new Map<string, TensorData>([
      ["pixels", { shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ["w", { shape: [1], data: Float32Array.of(1) }],
    ]);
    const bytes = serializeSafetensors(tensors);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"pixels":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}',
    );
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 1, 2, 3]);
  });

  test("bytes at an odd address are read", () => {
    const whole = serializeSafetensors(new Map([["w", { shape: [2], data: Float32Array.of(0.5, -2) }]]));
    const shifted = new Uint8Array(whole.length + 1);
    shifted.set(whole, 1);
    expect(parseSafetensors(shifted.subarray(1)).tensors.get("w")?.data).toEqual(Float32Array.of(0.5, -2));
  });

  test("F64, F16 and BF16 become f32", () => {
    expect(one("F64", [2], Float64Array.of(0.1, -3).buffer)?.data).toEqual(Float32Array.of(0.1, -3));
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x7bff);
    expect(one("F16", [9], halves.buffer)?.data).toEqual(
      Float32Array.of(1, -2, 0.333251953125, 2 ** -24, -0, Infinity, -Infinity, NaN, 65504),
    );
    const brains = Uint16Array.of(0x3f80, 0xc040, 0x7f80);
    expect(one("BF16", [3], brains.buffer)?.data).toEqual(Float32Array.of(1, -3, Infinity));
  });

  test("I64 becomes i32 where it fits", () => {
    const ends = BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n, -1n);
    expect(one("I64", [3], ends.buffer)?.data).toEqual(Int32Array.of(-(2 ** 31), 2 ** 31 - 1, -1));
  });

  test.each<[string, string, Uint8Array]>([
    ["7 bytes, expected at least the 8 of a safetensors header length", "short", new Uint8Array(7)],
    [
      "header of 18446744073709551615 bytes, expected at most 100000000; this is not a safetensors file",
      "huge",
      new Uint8Array(16).fill(255),
    ],
    [
      "header of 9 bytes, but only 3 bytes follow; the file is truncated",
      "cut",
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 0x20),
    ],
    [
      "the header is not UTF-8 text, expected JSON; this is not a safetensors file",
      "binary",
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff),
    ],
    ['the header is not JSON, it starts with "{nonsense"', "nonsense", fileOf("{nonsense")],
    ['the header starts with "[1]", expected a JSON object', "array", fileOf("[1]")],
    ['the header starts with " {}", expected a JSON object', "space", fileOf(" {}")],
    [
      'the header has "a" twice, expected it once',
      "twice",
      fileOf(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
    ],
    ["__metadata__ is not an object, expected texts by name", "metadata", fileOf('{"__metadata__":3}')],
    [
      'metadata "epoch" is of type number, expected text',
      "metadata value",
      fileOf('{"__metadata__":{"epoch":3}}'),
    ],
    ['tensor "a": expected an object with dtype, shape and data_offsets', "entry", fileOf('{"a":3}')],
    [
      'tensor "a": dtype is "F8", expected one of F16, BF16, F32, F64, BOOL, U8, I8, I16, U16, I32, U32, I64, U64',
      "dtype",
      fileOf('{"a":{"dtype":"F8"}}'),
    ],
    [
      'tensor "a": dtype is undefined, expected one of F16, BF16, F32, F64, BOOL, U8, I8, I16, U16, I32, U32, I64, U64',
      "no dtype",
      fileOf('{"a":{}}'),
    ],
    [
      'tensor "a": the shape is not usable, expected at most 32 whole numbers of 0 or more',
      "shape",
      fileOf('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}'),
    ],
    [
      'tensor "a": the shape is not usable, expected at most 32 whole numbers of 0 or more',
      "overflowing shape",
      fileOf('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}'),
    ],
    [
      'tensor "a": data_offsets is not usable, expected [begin, end] in bytes',
      "offsets",
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}'),
    ],
    [
      'tensor "a": data_offsets [0, 8] hold 8 bytes, F32[1] takes 4',
      "byte count",
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}', new Uint8Array(8)),
    ],
    [
      'tensor "a" ends at byte 4000 of the data, but there are 8; the file is truncated',
      "outside",
      fileOf('{"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}', new Uint8Array(8)),
    ],
    [
      'tensor "b" starts at 2, expected 4: it overlaps the tensor before it',
      "overlap",
      fileOf(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
        new Uint8Array(6),
      ),
    ],
    [
      'tensor "a" starts at 4, expected 0: it leaves a hole',
      "hole",
      fileOf('{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}', new Uint8Array(8)),
    ],
    [
      "8 bytes of data, expected the 4 that the tensors take",
      "trailing",
      fileOf('{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}', new Uint8Array(8)),
    ],
    [
      'tensor "a": 64-bit integer 2147483648 at element 0, expected one that fits in 32 bits',
      "i64",
      fileOf(
        '{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}',
        new Uint8Array(BigInt64Array.of(2n ** 31n).buffer),
      ),
    ],
  ])("refuses with: %s (%s)", (message, _, bytes) => {
    expect(() => parseSafetensors(bytes, "m.safetensors")).toThrow(
      new FormatError(`m.safetensors: ${message}`),
    );
  });

  test("a name cannot bring control characters or a flood into a message", () => {
    const hostile = fileOf(JSON.stringify({ [`\u001b[2J\u009b${"x".repeat(1000)}`]: 3 }));
    expect(() => parseSafetensors(hostile, "f")).toThrow(
      new FormatError(
        `f: tensor "\\u001b[2J\\u{9b}${"x".repeat(75)}…": expected an object with dtype, shape and data_offsets`,
      ),
    );
  });

  test("nesting as deep as the header allows is refused", () => {
    expect(() => parseSafetensors(fileOf(`{"a":${"[".repeat(1_000_000)}`), "f")).toThrow(FormatError);
    parsesOrRefuses(fileOf(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`));
  });

  test("refuses to write a tensor whose shape does not fit, a reserved name and metadata that is not text", () => {
    const data = Float32Array.of(1, 2);
    expect(() => serializeSafetensors(new Map([["w", { shape: [3], data }]]))).toThrow(
      new UsageError('serializeSafetensors: tensor "w" has 2 elements, its shape [3] takes 3'),
    );
    expect(() => serializeSafetensors(new Map([["__metadata__", { shape: [2], data }]]))).toThrow(
      new UsageError("serializeSafetensors: a tensor is named __metadata__, a name that the format reserves"),
    );
    const metadata: Record<string, string> = JSON.parse('{ "epoch": 3 }');
    expect(() => serializeSafetensors(new Map(), metadata)).toThrow(
      new UsageError('serializeSafetensors: metadata "epoch" is of type number, expected text'),
    );
  });
});

function parsesOrRefuses(bytes: Uint8Array): void {
  try {
    parseSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}
