import { inflateRawSync } from "node:zlib";
import { crc32 } from "../../src/formats/crc32.ts";

/**
 * Gives the entries of a changed zip archive the checksums of what they hold, in place: or the pickle and the arrays in
 * it would seldom be parsed. What is no record any more is left alone.
 */
export function mendChecksums(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const local = view.getUint32(at + 42, true);
    if (local + 30 > bytes.length) continue;
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(begin, begin + view.getUint32(at + 20, true));
    const unpacked = view.getUint16(at + 10, true) === 8 ? inflated(packed) : packed;
    if (unpacked !== undefined) view.setUint32(at + 16, crc32(unpacked), true);
  }
  return bytes;
}

function inflated(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: 1 << 20 });
  } catch {
    return undefined;
  }
}
