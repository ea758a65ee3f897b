// What `torch.load(file, weights_only=True)` reads: the zip form with a state_dict in pickle's protocol 2.

import { dtypeOf, type TensorData } from "../ir/type.ts";
import type { ElementType } from "./elements.ts";
import { encodeAs } from "./encode.ts";
import { writeZip } from "./zipWriter.ts";

const storages: Readonly<Record<ElementType, string>> = {
  f16: "HalfStorage",
  bf16: "BFloat16Storage",
  f32: "FloatStorage",
  f64: "DoubleStorage",
  u8: "ByteStorage",
  bool: "BoolStorage",
  i8: "CharStorage",
  i16: "ShortStorage",
  u16: "IntStorage",
  i32: "IntStorage",
  u32: "LongStorage",
  i64: "LongStorage",
  u64: "LongStorage",
};
const counter = "num_batches_tracked";

/**
 * A state_dict as `torch.save` writes it. `types` says how tensors are stored that aren't stored as they are. Every
 * batch norm gets the counter that strict loading asks for, 0 where it has none, as a 64-bit integer.
 */
export function serializeTorch(
  tensors: ReadonlyMap<string, TensorData>,
  types: ReadonlyMap<string, ElementType> = new Map(),
): Uint8Array<ArrayBuffer> {
  const all = [...tensors].flatMap(([name, tensor]): [string, TensorData][] => {
    const counted = name.replace(/running_var$/, counter);
    const missing = counted !== name && !tensors.has(counted);
    return missing
      ? [
          [name, tensor],
          [counted, { shape: [], data: Int32Array.of(0) }],
        ]
      : [[name, tensor]];
  });
  const typeOf = ([name, { data }]: readonly [string, TensorData]): ElementType =>
    name.endsWith(counter) ? "i64" : (types.get(name) ?? dtypeOf(data));
  const pickle = new Pickle();
  pickle.op(0x80, 2).call("collections", "OrderedDict").op(0x29, 0x52, 0x28);
  all.forEach((entry, index) => {
    const [name, { shape, data }] = entry;
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, extent) => product * extent, 1),
    );
    pickle.text(name).call("torch._utils", "_rebuild_tensor_v2").op(0x28, 0x28);
    pickle.text("storage").call("torch", storages[typeOf(entry)]).text(`${index}`).text("cpu");
    // TUPLE, BINPERSID: the storage; then offset 0, size and strides.
    pickle.integer(data.length).op(0x74, 0x51).integer(0);
    for (const extents of [shape, strides]) {
      pickle.op(0x28);
      for (const extent of extents) pickle.integer(extent);
      pickle.op(0x74);
    }
    // Needs no gradient, has no hooks.
    pickle.op(0x89).call("collections", "OrderedDict").op(0x29, 0x52, 0x74, 0x52);
  });
  pickle.op(0x75, 0x2e);
  return writeZip([
    ["archive/data.pkl", pickle.bytes()],
    ["archive/byteorder", new TextEncoder().encode("little")],
    ...all.map((entry, index): [string, Uint8Array] => [
      `archive/data/${index}`,
      encodeAs(entry[1].data, typeOf(entry)),
    ]),
    ["archive/version", new TextEncoder().encode("3\n")],
  ]);
}

/** A pickle that is written from front to back. */
class Pickle {
  readonly #bytes: number[] = [];

  op(...codes: readonly number[]): this {
    this.#bytes.push(...codes);
    return this;
  }

  /** GLOBAL: names what is called. */
  call(module: string, name: string): this {
    return this.op(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }

  /** BINUNICODE. */
  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.op(0x58, ...new Uint8Array(Uint32Array.of(bytes.length).buffer), ...bytes);
  }

  /** LONG1 of 7 bytes, which holds every size. */
  integer(value: number): this {
    const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
    return this.op(0x8a, 7, ...bytes.subarray(0, 7));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
