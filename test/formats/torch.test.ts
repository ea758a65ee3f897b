import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseTorch } from "../../src/formats/torch.ts";
import { serializeTorch } from "../../src/formats/torchWriter.ts";
import { parseWeights } from "../../src/formats/weights.ts";
import { readZip } from "../../src/formats/zip.ts";
import { writeZip } from "../../src/formats/zipWriter.ts";
import { FormatError } from "../../src/ir/errors.ts";

// The files were written by PyTorch 1.13 and NumPy: recordTorch.py.

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "torch", name)));
}

const base = Float32Array.from({ length: 12 }, (_, i) => i / 8 - 0.5);
const turned = Float32Array.from({ length: 12 }, (_, i) => base[4 * (i % 3) + Math.floor(i / 3)] ?? 0);

describe("parseTorch", () => {
  test.each(["all.pth", "all_legacy.pth", "deflated.pth"])(
    "%s: every element type, a transposed, a cut and an expanded view of one storage, a scalar, no elements",
    (name) => {
      const { tensors, stored } = parseTorch(bytesOf(name), name);
      const data = Object.fromEntries([...tensors].map(([key, tensor]) => [key, tensor.data]));
      expect(data).toEqual({
        f32: base,
        turned,
        part: Float32Array.of(0.125, 0.25, 0.625, 0.75),
        wide: Float32Array.of(-0.5, -0.375, -0.25, -0.125, -0.5, -0.375, -0.25, -0.125),
        f16: base,
        bf16: base,
        f64: base,
        i64: Int32Array.of(3, -4),
        i32: Int32Array.of(5, -6),
        i16: Int32Array.of(7, -8),
        i8: Int32Array.of(9, -10),
        u8: Uint8Array.of(11, 250),
        bool: Uint8Array.of(1, 0),
        scalar: Float32Array.of(2.5),
        empty: new Float32Array(0),
      });
      expect(tensors.get("turned")?.shape).toEqual([4, 3]);
      expect(tensors.get("scalar")?.shape).toEqual([]);
      expect(tensors.get("empty")?.shape).toEqual([0, 3]);
      expect(stored.get("bf16")).toBe("bf16");
      expect(stored.get("bool")).toBe("bool");
    },
  );

  test.each(["protocol4.pth", "named.pth"])(
    "%s: a Parameter, protocol 4, any folder name, ZIP64 sizes",
    (name) => {
      expect(parseTorch(bytesOf(name), name).tensors.get("w")).toEqual({ shape: [3, 4], data: base });
    },
  );

  test.each(["checkpoint.pth", "checkpoint_legacy.pth"])(
    "%s: the state_dict of a checkpoint amid NumPy numbers, sizes, devices, sets and large integers",
    (name) => {
      const { tensors } = parseTorch(bytesOf(name), name);
      expect(tensors.get("module.0.weight")?.data).toEqual(new Float32Array(6).fill(0.5));
      expect(tensors.get("module.1.num_batches_tracked")?.data).toEqual(Int32Array.of(0));
    },
  );

  test("f32 of the zip form is seen where it lies in the file", () => {
    const bytes = bytesOf("all.pth");
    expect(parseTorch(bytes).tensors.get("f32")?.data.buffer).toBe(bytes.buffer);
  });

  test("the zip form of a big-endian machine", () => {
    const entries = [...readZip(serializeTorch(new Map([["w", { shape: [3, 4], data: base }]])))];
    const swapped = entries.map(([name, entry]): [string, Uint8Array] => [
      name,
      /\/data\/\d+$/.test(name) ? bigEndian(base) : entry.read(),
    ]);
    const folder = entries[0]?.[0].split("/")[0];
    const byteorder = new TextEncoder().encode("big");
    const others = swapped.filter(([name]) => !name.endsWith("/byteorder"));
    const file = writeZip([...others, [`${folder}/byteorder`, byteorder]]);
    expect(parseTorch(file).tensors.get("w")).toEqual({ shape: [3, 4], data: base });
  });

  test("the legacy form of a big-endian machine", () => {
    expect(parseTorch(legacy(bigEndian(base), false)).tensors.get("w")).toEqual({
      shape: [3, 4],
      data: base,
    });
  });

  test.each([0, 1, 2, 3])(
    "legacy f32 %i bytes behind a multiple of 4: copied, or by `reuse` moved within the bytes",
    (offset) => {
      const file = legacy(new Uint8Array(base.buffer), true);
      const bytes = new Uint8Array(new ArrayBuffer(file.length + offset), offset);
      bytes.set(file);
      expect(parseTorch(bytes).tensors.get("w")?.data).toEqual(base);
      expect(bytes).toEqual(file);
      const moved = parseTorch(bytes, "f", { reuse: true }).tensors.get("w")?.data;
      expect(moved).toEqual(base);
      expect(moved?.buffer).toBe(bytes.buffer);
    },
  );

  test.each(["attack.pth", "attack_legacy.pth", "attack4.pth"])(
    "%s: a pickle that would run a command is refused by the name of what it calls",
    (name) => {
      expect(() => parseTorch(bytesOf(name), name)).toThrow(
        /would load "posix\.system", which could run any code/,
      );
    },
  );

  test("a pickled module is refused by the name of its class, with the remedy", () => {
    expect(() => parseTorch(bytesOf("module.pth"), "module.pth")).toThrow(
      /would load "torch\.nn\.modules\.linear\.Linear", .*torch\.save\(model\.state_dict\(\), "weights\.pth"\)/,
    );
  });

  test("a file cut anywhere is refused with a FormatError", () => {
    for (const name of ["all.pth", "all_legacy.pth", "stored.npz"]) {
      const bytes = bytesOf(name);
      for (let length = 1; length < bytes.length; length += 7)
        expect(() => parseWeights(bytes.subarray(0, length), name)).toThrow(FormatError);
    }
  });

  test("a tensor that claims more bytes than its storage has is refused", () => {
    const bytes = bytesOf("all_legacy.pth");
    // The shape of "f32" is (3, 4): BININT1 3, BININT1 4, TUPLE2.
    const at = bytes.findIndex((_, i) => [0x4b, 3, 0x4b, 4, 0x86].every((byte, k) => bytes[i + k] === byte));
    bytes[at + 1] = 200;
    expect(() => parseTorch(bytes, "f")).toThrow(
      /f: tensor "f32": f32\[200,4\] at element 0 takes 3200 bytes of storage "\d+", which has 48/,
    );
  });
});

describe("readZip", () => {
  test("a zip bomb is refused before it is unpacked", () => {
    const bomb = zipOf("data.pkl", deflateRawSync(new Uint8Array(1 << 20)), 8, 2 ** 31);
    expect(() => readZip(bomb, "f")).toThrow(
      /f: the archive would unpack to 2147483648 bytes, expected at most/,
    );
  });

  test("an entry that unpacks to more than it says is refused", () => {
    const entry = zipOf("a", deflateRawSync(new Uint8Array(1 << 20)), 8, 100);
    expect(() => readZip(entry, "f").get("a")?.read()).toThrow(FormatError);
  });

  test.each(["../a", "/etc/passwd", "a/../../b", "C:\\a", "a\\..\\b"])(
    "the name %s leads out and is refused",
    (name) => {
      expect(() => readZip(zipOf(name, Uint8Array.of(1), 0, 1), "f")).toThrow(
        /the name leads out of the archive/,
      );
    },
  );

  test("a ZIP64 directory, which counts and places the entries in 64 bits, is read", () => {
    const plain = writeZip([["a", Uint8Array.of(1, 2, 3)]]);
    const end = plain.length - 22;
    const view = new DataView(plain.buffer);
    const [size, begin] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
    const wide = new DataView(new ArrayBuffer(56 + 20));
    wide.setUint32(0, 0x06064b50, true);
    wide.setBigUint64(4, 44n, true);
    wide.setBigUint64(24, 1n, true);
    wide.setBigUint64(32, 1n, true);
    wide.setBigUint64(40, BigInt(size), true);
    wide.setBigUint64(48, BigInt(begin), true);
    wide.setUint32(56, 0x07064b50, true);
    wide.setBigUint64(64, BigInt(end), true);
    wide.setUint32(72, 1, true);
    view.setUint32(end + 8, 0xffffffff, true);
    view.setUint32(end + 12, 0xffffffff, true);
    view.setUint32(end + 16, 0xffffffff, true);
    const file = Uint8Array.of(
      ...plain.subarray(0, end),
      ...new Uint8Array(wide.buffer),
      ...plain.subarray(end),
    );
    expect(readZip(file, "f").get("a")?.read()).toEqual(Uint8Array.of(1, 2, 3));
    file[end] = 0;
    expect(() => readZip(file, "f")).toThrow(`f: no ZIP64 directory at byte ${end}; the file is damaged`);
  });

  test("an entry with a wrong checksum is refused", () => {
    expect(() =>
      readZip(zipOf("a", Uint8Array.of(1), 0, 1), "f")
        .get("a")
        ?.read(),
    ).toThrow('f: zip entry "a": checksum a505df1b, expected 00000000; the file is damaged');
  });
});

describe("parseNpz", () => {
  test("stored and deflated archives of NumPy are read", () => {
    const plain = parseWeights(bytesOf("stored.npz"), "stored.npz");
    expect(plain.tensors.get("f32")).toEqual({ shape: [3, 4], data: base });
    expect(plain.tensors.get("i64")?.data).toEqual(Int32Array.of(3, -4));
    const packed = parseWeights(bytesOf("deflated.npz"), "deflated.npz");
    expect(packed.tensors.get("turned")).toEqual({ shape: [4, 3], data: turned });
  });
});

/** An archive of one entry, whose checksum is 0. */
function zipOf(name: string, packed: Uint8Array, method: number, size: number): Uint8Array {
  const text = new TextEncoder().encode(name);
  const numbers = [packed.length, size].flatMap((n) => [...new Uint8Array(Uint32Array.of(n).buffer)]);
  const head = [0, 0, method, ...new Array<number>(9).fill(0), ...numbers, text.length, 0, 0, 0];
  const local = [0x50, 0x4b, 3, 4, 20, 0, ...head, ...text];
  const at = local.length + packed.length;
  const record = [0x50, 0x4b, 1, 2, 20, 0, 20, 0, ...head, ...new Array<number>(14).fill(0), ...text];
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0];
  const extent = [record.length, at].flatMap((n) => [...new Uint8Array(Uint32Array.of(n).buffer)]);
  return Uint8Array.from([...local, ...packed, ...record, ...end, ...extent, 0, 0]);
}

/** The form before 1.6 with one storage, "0", of f32 in these bytes, for the tensor "w" `[3, 4]`. */
function legacy(storage: Uint8Array, littleEndian: boolean): Uint8Array {
  const text = (value: string) => [0x58, value.length, 0, 0, 0, ...new TextEncoder().encode(value)];
  const pickled = (...ops: readonly number[]) => [0x80, 2, ...ops, 0x2e];
  const magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const entries = readZip(serializeTorch(new Map([["w", { shape: [3, 4], data: base }]])));
  const object = [...entries.values()].find(({ name }) => name.endsWith("data.pkl"))?.read() ?? [];
  const count = new DataView(new ArrayBuffer(8));
  count.setBigInt64(0, BigInt(storage.length / 4), littleEndian);
  return Uint8Array.from([
    ...pickled(0x8a, magic.length, ...magic),
    ...pickled(0x4d, 0xe9, 3),
    ...pickled(0x7d, ...text("little_endian"), littleEndian ? 0x88 : 0x89, 0x73),
    ...object,
    ...pickled(0x5d, ...text("0"), 0x61),
    ...new Uint8Array(count.buffer),
    ...storage,
  ]);
}

function bigEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => {
    view.setFloat32(4 * index, value);
  });
  return new Uint8Array(view.buffer);
}
