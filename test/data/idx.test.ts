import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIdx } from "../../src/data/idx.ts";
import { FormatError } from "../../src/ir/errors.ts";

describe("idx", () => {
  test("gives extents and bytes, without a copy", () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);
    const { shape, data } = parseIdx(bytes);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(data.buffer).toBe(bytes.buffer);
  });

  test.each<[string, readonly number[]]>([
    ["3 bytes, expected at least the 4 of an IDX magic number", [0, 0, 8]],
    ["is compressed with gzip, expected plain IDX; unpack it first", [0x1f, 0x8b, 8, 1]],
    ["starts with 89 50 4e 47, expected 00 00 08; this is not an IDX file", [0x89, 0x50, 0x4e, 0x47]],
    ["elements of type 13 (32-bit float), expected 8 (unsigned byte)", [0, 0, 13, 1, 0, 0, 0, 0]],
    ["elements of type 7 (unknown), expected 8 (unsigned byte)", [0, 0, 7, 1, 0, 0, 0, 0]],
    ["0 axes, expected 1 to 8", [0, 0, 8, 0]],
    ["255 axes, expected 1 to 8", [0, 0, 8, 255]],
    ["7 bytes, the header alone takes 8; the file is truncated", [0, 0, 8, 1, 0, 0, 0]],
    ["1 bytes of data, [2] takes 2; the file is truncated", [0, 0, 8, 1, 0, 0, 0, 2, 9]],
    ["3 bytes of data, [2] takes 2; 1 bytes too many follow", [0, 0, 8, 1, 0, 0, 0, 2, 9, 9, 9]],
    [
      "0 bytes of data, [4294967295,4294967295] takes 18446744065119617000; the file is truncated",
      [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255],
    ],
  ])("refuses with: %s", (message, bytes) => {
    expect(() => parseIdx(Uint8Array.from(bytes), "x")).toThrow(new FormatError(`x: ${message}`));
  });

  test("arbitrary bytes give an array or a FormatError", () => {
    const header = fc.constantFrom([], [0, 0], [0, 0, 8], [0, 0, 8, 1, 0, 0, 0]);
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
        try {
          parseIdx(Uint8Array.of(...start, ...rest));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
