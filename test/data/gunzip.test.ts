import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gunzip, isGzip } from "../../src/data/gunzip.ts";
import { FormatError } from "../../src/ir/errors.ts";

const megabyte = 1_000_000;

describe("gunzip", () => {
  test("unpacks what gzip packed, up to the limit itself", async () => {
    const bytes = Uint8Array.from({ length: megabyte }, (_, i) => i % 251);
    const packed = new Uint8Array(gzipSync(bytes));
    expect(isGzip(packed)).toBe(true);
    expect(Buffer.compare(await gunzip(packed, megabyte), bytes)).toBe(0);
  });

  test("a bomb is refused without unpacking it", async () => {
    // 200 MB of zeros in 0.2 MB
    const bomb = new Uint8Array(gzipSync(new Uint8Array(200 * megabyte)));
    const before = process.memoryUsage().arrayBuffers;
    await expect(gunzip(bomb, megabyte, "x.gz")).rejects.toThrow(
      new FormatError("x.gz: unpacks to more than 1000000 bytes, the most that is expected of it"),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * megabyte);
  });

  test("truncated, damaged and other data is a FormatError", async () => {
    const packed = new Uint8Array(gzipSync(Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251)));
    await expect(gunzip(packed.slice(0, -9), megabyte, "x.gz")).rejects.toThrow(
      /^x\.gz: not whole gzip data \(.*\); the file is truncated or damaged$/,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length),
        fc.nat(packed.length - 1),
        fc.nat(255),
        async (length, at, byte) => {
          const bytes = packed.slice(0, length);
          bytes[at] = byte;
          await gunzip(bytes, megabyte).catch((error: unknown) => {
            expect(error).toBeInstanceOf(FormatError);
          });
        },
      ),
      { seed: 1, numRuns: 100 },
    );
    await expect(gunzip(new Uint8Array(0), megabyte)).rejects.toThrow(FormatError);
  });
});
