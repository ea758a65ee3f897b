import { describe, expect, test } from "vitest";
import type { ElementType } from "../../src/formats/elements.ts";
import { encodeAs } from "../../src/formats/encode.ts";
import { parseNpz, serializeNpz } from "../../src/formats/npz.ts";
import { parseSafetensors, serializeSafetensors } from "../../src/formats/safetensors.ts";
import { parseTorch } from "../../src/formats/torch.ts";
import { serializeTorch } from "../../src/formats/torchWriter.ts";
import type { TensorData } from "../../src/ir/type.ts";

const tensors = new Map<string, TensorData>([
  ["w", { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 65504, 2 ** -24, 0) }],
  ["labels", { shape: [2], data: Int32Array.of(-1, 2) }],
  ["pixels", { shape: [3], data: Uint8Array.of(0, 7, 255) }],
  ["scalar", { shape: [], data: Float32Array.of(3) }],
]);

describe("serializeTorch", () => {
  test("what was written is read back", () => {
    expect(parseTorch(serializeTorch(tensors)).tensors).toEqual(tensors);
  });

  test("batch norm without a counter gets one, a 64-bit 0", () => {
    const norm = new Map([["bn.running_var", { shape: [1], data: Float32Array.of(1) }]]);
    const { tensors: read, stored } = parseTorch(serializeTorch(norm));
    expect(read.get("bn.num_batches_tracked")).toEqual({ shape: [], data: Int32Array.of(0) });
    expect(stored.get("bn.num_batches_tracked")).toBe("i64");
  });
});

test("an npz archive that was written is read back", () => {
  expect(parseNpz(serializeNpz(tensors)).tensors).toEqual(tensors);
});

test("every element type that is asked for is written as that, in .pth and in .safetensors", () => {
  for (const type of ["f16", "f64", "i64", "i16", "bool"] satisfies ElementType[]) {
    const data = type.startsWith("f") ? Float32Array.of(1, -2, 0.5) : Int32Array.of(1, 0, 1);
    const one = new Map<string, TensorData>([["a", { shape: [3], data }]]);
    const types = new Map([["a", type]]);
    for (const file of [
      parseTorch(serializeTorch(one, types)),
      parseSafetensors(serializeSafetensors(one, {}, types)),
    ]) {
      expect(file.stored.get("a")).toBe(type);
      expect([...(file.tensors.get("a")?.data ?? [])]).toEqual([...data]);
    }
  }
});

test("halves are rounded to the nearest, ties to even, subnormals and infinities included", () => {
  const values = Float32Array.of(
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    2 ** -25,
    3 * 2 ** -25,
    65519,
    65520,
    -0,
    Number.NaN,
  );
  const halves = [0x3c00, 0x3c02, 0, 2, 0x7bff, 0x7c00, 0x8000, 0x7e00];
  expect([...new Uint16Array(encodeAs(values, "f16").slice().buffer)]).toEqual(halves);
  const brains = encodeAs(Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Infinity, Number.NaN), "bf16");
  expect([...new Uint16Array(brains.slice().buffer)]).toEqual([0x3f80, 0x3f80, 0x3f82, 0x7f80, 0x7fc0]);
});
