import { UsageError } from "../ir/errors.ts";
import { crc32 } from "./crc32.ts";

/** Where the bytes of entries begin: at multiples of this, as PyTorch has it, so that they can be seen in place. */
const alignment = 64;

/** A zip archive of these files, stored. The same files give the same bytes. */
export function writeZip(
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let at = 0;
  let directory = 0;
  const entries = files.map(([text, bytes]) => {
    const name = encoder.encode(text);
    const local = at;
    const open = local + 30 + name.length + 4;
    const data = Math.ceil(open / alignment) * alignment;
    at = data + bytes.length;
    directory += 46 + name.length;
    return { name, bytes, local, data, padding: data - open };
  });
  const length = at + directory + 22;
  if (length > 0xfffffffe || files.length > 0xfffe)
    throw new UsageError(
      `writeZip: ${files.length} files and ${length} bytes, a zip archive takes 65,534 and 4 GiB`,
    );
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  let record = at;
  for (const { name, bytes, local, data, padding } of entries) {
    const crc = crc32(bytes);
    // Made by version 2.0, names in UTF-8, 1 January 1980.
    const common = (place: number) => {
      view.setUint16(place, 20, true);
      view.setUint16(place + 2, 0x800, true);
      view.setUint16(place + 8, 0x21, true);
      view.setUint32(place + 10, crc, true);
      view.setUint32(place + 14, bytes.length, true);
      view.setUint32(place + 18, bytes.length, true);
      view.setUint16(place + 22, name.length, true);
    };
    view.setUint32(local, 0x04034b50, true);
    common(local + 4);
    view.setUint16(local + 28, 4 + padding, true);
    out.set(name, local + 30);
    // An extra field "FB" of zeros, which readers step over.
    view.setUint16(local + 30 + name.length, 0x4246, true);
    view.setUint16(local + 32 + name.length, padding, true);
    out.set(bytes, data);
    view.setUint32(record, 0x02014b50, true);
    view.setUint16(record + 4, 20, true);
    common(record + 6);
    view.setUint32(record + 42, local, true);
    out.set(name, record + 46);
    record += 46 + name.length;
  }
  view.setUint32(record, 0x06054b50, true);
  view.setUint16(record + 8, files.length, true);
  view.setUint16(record + 10, files.length, true);
  view.setUint32(record + 12, directory, true);
  view.setUint32(record + 16, at, true);
  return out;
}
