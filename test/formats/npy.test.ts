import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNpy, serializeNpy } from "../../src/formats/npy.ts";
import { FormatError, UsageError } from "../../src/ir/errors.ts";
import { size, type TensorData } from "../../src/ir/type.ts";

function fileOf(header: string, data: Uint8Array = new Uint8Array(0), major = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const at = major === 1 ? 10 : 12;
  const bytes = new Uint8Array(at + text.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0]);
  const view = new DataView(bytes.buffer);
  if (major === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(text, at);
  bytes.set(data, at + text.length);
  return bytes;
}

function one(descr: string, count: number, data: ArrayBuffer): TensorData {
  return parseNpy(
    fileOf(`{'descr': '${descr}', 'fortran_order': False, 'shape': (${count},), }\n`, new Uint8Array(data)),
  );
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });
const tensor: fc.Arbitrary<TensorData> = shapes.chain((shape) => {
  const length = { minLength: size(shape), maxLength: size(shape) };
  return fc
    .oneof(fc.float32Array(length), fc.uint8Array(length), fc.int32Array(length))
    .map((data) => ({ shape, data }));
});

describe("npy", () => {
  test("what was written is read back, and its data starts at a multiple of 64", () => {
    fc.assert(
      fc.property(tensor, (given) => {
        const bytes = serializeNpy(given);
        expect(parseNpy(bytes)).toEqual(given);
        expect((bytes.length - given.data.byteLength) % 64).toBe(0);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("changed, cut or arbitrary bytes give an array or a FormatError, never anything else", () => {
    const whole = serializeNpy({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.nat(whole.length),
        fc.string(),
        (changes, length, text) => {
          const bytes = whole.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          parsesOrRefuses(bytes);
          parsesOrRefuses(bytes.subarray(0, length));
          parsesOrRefuses(fileOf(text));
        },
      ),
      { seed: 2, numRuns: 1000 },
    );
  });

  test("writes the header that NumPy writes", () => {
    const bytes = serializeNpy({ shape: [3], data: Uint8Array.of(1, 2, 3) });
    expect(new TextDecoder("latin1").decode(bytes.subarray(10, 128))).toBe(
      `${"{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }".padEnd(117)}\n`,
    );
    expect([...bytes.subarray(128)]).toEqual([1, 2, 3]);
  });

  test("reads either byte order and every supported element type", () => {
    const big = new DataView(new ArrayBuffer(8));
    big.setFloat32(0, 1.5);
    big.setFloat32(4, -2);
    expect(one(">f4", 2, big.buffer).data).toEqual(Float32Array.of(1.5, -2));
    expect(one("<f8", 2, Float64Array.of(0.1, 2).buffer).data).toEqual(Float32Array.of(0.1, 2));
    expect(one("<f2", 1, Uint16Array.of(0x3c00).buffer).data).toEqual(Float32Array.of(1));
    expect(one("<i4", 1, Int32Array.of(-5).buffer).data).toEqual(Int32Array.of(-5));
    expect(one("<i8", 1, BigInt64Array.of(-5n).buffer).data).toEqual(Int32Array.of(-5));
    const bigInt = new DataView(new ArrayBuffer(8));
    bigInt.setBigInt64(0, -6n);
    expect(one(">i8", 1, bigInt.buffer).data).toEqual(Int32Array.of(-6));
    expect(one("|b1", 3, Uint8Array.of(0, 1, 2).buffer).data).toEqual(Uint8Array.of(0, 1, 1));
    expect(one("|u1", 2, Uint8Array.of(7, 255).buffer).data).toEqual(Uint8Array.of(7, 255));
  });

  test("Fortran order becomes row-major", () => {
    // numpy.arange(24).reshape(2, 3, 4), written column by column
    const columns: number[] = [];
    for (let k = 0; k < 4; k++)
      for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) columns.push(12 * i + 4 * j + k);
    const header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }\n";
    const { shape, data } = parseNpy(fileOf(header, Uint8Array.from(columns)));
    expect(shape).toEqual([2, 3, 4]);
    expect([...data]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  test("versions 2 and 3, a scalar, double quotes, any order of keys and the L of Python 2 are read", () => {
    const header = `{"shape": (), 'fortran_order': False, 'descr': '|u1'}`;
    expect(parseNpy(fileOf(header, Uint8Array.of(9), 2))).toEqual({ shape: [], data: Uint8Array.of(9) });
    expect(parseNpy(fileOf(header, Uint8Array.of(9), 3))).toEqual({ shape: [], data: Uint8Array.of(9) });
    const python2 = "{'descr': '|u1', 'fortran_order': False, 'shape': (1L, 2L)}";
    expect(parseNpy(fileOf(python2, Uint8Array.of(1, 2))).shape).toEqual([1, 2]);
  });

  test.each<[string, Uint8Array]>([
    ['starts with "PK", expected "\\u{93}NUMPY"; this is not an npy file', Uint8Array.of(0x50, 0x4b)],
    ["npy version 9, expected 1, 2 or 3", fileOf("", undefined, 9)],
    ["9 bytes; the file is truncated", fileOf("").subarray(0, 9)],
    ["npy version missing, expected 1, 2 or 3", fileOf("").subarray(0, 6)],
    ["header of 3 bytes, but only 1 bytes follow; the file is truncated", fileOf("{  ").subarray(0, 11)],
    ["header of 70000 bytes, expected at most 65536", fileOf(" ".repeat(70_000), undefined, 2)],
    ['"import" before position 8 of the npy header, expected "{"', fileOf("'import'")],
    ["the end before position 1 of the npy header, expected a text", fileOf("{")],
    ['"__import__" before position 21 of the npy header, expected ":"', fileOf("{'descr' '__import__'}")],
    ['"-" before position 12 of the npy header, expected a whole number', fileOf("{'shape': (-1,)}")],
    ['"[" before position 11 of the npy header, expected a text', fileOf("{'descr': [('a', '<f4')]}")],
    ['"x" before position 3 of the npy header, expected nothing more', fileOf("{}x")],
    ['the npy header has "a" twice, expected it once', fileOf("{'a':'','a':1}")],
    ["the npy header has no text 'descr', expected 'descr', 'fortran_order' and 'shape'", fileOf("{}")],
    [
      "the npy header has no True or False 'fortran_order', expected 'descr', 'fortran_order' and 'shape'",
      fileOf("{'descr':'<f4'}"),
    ],
    [
      "the npy header has no tuple 'shape', expected 'descr', 'fortran_order' and 'shape'",
      fileOf("{'descr':'<f4','fortran_order':True}"),
    ],
    [
      "the npy header has a field \"__proto__\", expected 'descr', 'fortran_order' and 'shape'",
      fileOf("{'__proto__':'x'}"),
    ],
    [
      'descr is "|O", expected < or > and one of f2, f4, f8, u1, b1, i1, i2, u2, i4, u4, i8, u8',
      fileOf("{'descr':'|O','fortran_order':False,'shape':()}"),
    ],
    [
      'descr is "|f4", expected < or > and one of f2, f4, f8, u1, b1, i1, i2, u2, i4, u4, i8, u8',
      fileOf("{'descr':'|f4','fortran_order':False,'shape':()}"),
    ],
    [
      "the shape is not usable, expected at most 32 whole numbers of 0 or more",
      fileOf("{'descr':'<f4','fortran_order':False,'shape':(9999999999,9999999999)}"),
    ],
    [
      "3 bytes of data, <f4[2,1] takes 8; the file is truncated",
      fileOf("{'descr':'<f4','fortran_order':False,'shape':(2,1)}", new Uint8Array(3)),
    ],
    [
      "3 bytes of data, |u1[2] takes 2; bytes follow the array",
      fileOf("{'descr':'|u1','fortran_order':False,'shape':(2,)}", new Uint8Array(3)),
    ],
    [
      "64-bit integer 4294967296 at element 1, expected one that fits in 32 bits",
      fileOf(
        "{'descr':'<i8','fortran_order':False,'shape':(2,)}",
        new Uint8Array(BigInt64Array.of(0n, 2n ** 32n).buffer),
      ),
    ],
  ])("refuses with: %s", (message, bytes) => {
    expect(() => parseNpy(bytes, "x.npy")).toThrow(new FormatError(`x.npy: ${message}`));
  });

  test("refuses to write too many axes, and elements that do not fill the shape", () => {
    expect(() => serializeNpy({ shape: Array(33).fill(1), data: new Uint8Array(1) })).toThrow(
      new UsageError("serializeNpy: 33 axes, NumPy has at most 32"),
    );
    expect(() => serializeNpy({ shape: [2, 2], data: new Uint8Array(3) })).toThrow(
      new UsageError("serializeNpy: 3 elements, the shape [2,2] takes 4"),
    );
  });
});

function parsesOrRefuses(bytes: Uint8Array): void {
  try {
    parseNpy(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}
