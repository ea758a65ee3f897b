// Reading zip archives that lie in memory, by their directory at the end. PKWARE's APPNOTE.TXT, 4.3, with ZIP64.
// Stored entries are views: a library that hands out copies would take twice the memory of a checkpoint.

import { inflateSync } from "fflate";
import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { crc32 } from "./crc32.ts";

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** A view where it is stored, unpacked where it is deflated; the checksum is compared, but not of large views. */
  read(): Uint8Array;
}

const signatures = { end: 0x06054b50, locator: 0x07064b50, end64: 0x06064b50, entry: 0x02014b50 };
const localSignature = 0x04034b50;
const methods = { stored: 0, deflated: 8 } as const;
const maxEntries = 100_000;
/** What all deflated entries together may unpack to, in sizes of the archive: weights hardly shrink. */
const maxGrowth = 8;
const alwaysAllowed = 1 << 24;
/**
 * Larger stored entries are taken without their checksum, as PyTorch takes all: that of a large checkpoint takes four
 * times as long as reading it.
 */
const maxChecked = 1 << 20;

/** Whether `bytes` start like a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * The entries of an archive by name. `file` names it in errors. Refuses names that lead out of the archive, encrypted
 * entries, other methods than stored and deflated, entries that overlap, and more growth than weights have.
 */
export function readZip(bytes: Uint8Array, file = "zip data"): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, file);
  const entries = new Map<string, ZipEntry>();
  const extents: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  let unpacked = 0;
  let at = directory.begin;
  for (let index = 0; index < directory.count; index++) {
    const record = readRecord(view, at, directory.end, `${file}: zip entry ${index}`);
    at = record.next;
    const where = `${file}: zip entry ${quote(record.name)}`;
    if (record.name.endsWith("/") && record.size === 0) continue;
    if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)|\0/i.test(record.name))
      throw new FormatError(`${where}: the name leads out of the archive, expected a path within it`);
    if (entries.has(record.name)) throw new FormatError(`${where}: stands there twice, expected it once`);
    const begin = dataOf(view, record, where);
    extents.push({ name: record.name, begin, end: begin + record.packed });
    if (record.method === methods.deflated) unpacked += record.size;
    entries.set(record.name, {
      name: record.name,
      size: record.size,
      read: () => unpack(bytes.subarray(begin, begin + record.packed), record, where),
    });
  }
  const most = Math.max(alwaysAllowed, maxGrowth * bytes.length);
  if (unpacked > most)
    throw new FormatError(
      `${file}: the archive would unpack to ${unpacked} bytes, expected at most ${most} of one of ${bytes.length}`,
    );
  extents.sort((a, b) => a.begin - b.begin);
  extents.forEach(({ name, begin }, place) => {
    const before = extents[place - 1];
    if (before !== undefined && begin < before.end)
      throw new FormatError(`${file}: zip entry ${quote(name)} overlaps ${quote(before.name)}`);
  });
  return entries;
}

interface Directory {
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

/** The record at the end comes before a comment of at most 65,535 bytes. */
function findDirectory(view: DataView, file: string): Directory {
  const length = view.byteLength;
  const least = Math.max(0, length - 22 - 65_535);
  let at = length - 22;
  while (at >= least && !(view.getUint32(at, true) === signatures.end && endsAt(view, at) === length)) at--;
  if (at < least)
    throw new FormatError(`${file}: no zip directory at the end; the file is truncated, or no zip archive`);
  let count = view.getUint16(at + 10, true);
  let size = view.getUint32(at + 12, true);
  let begin = view.getUint32(at + 16, true);
  if (at >= 20 && view.getUint32(at - 20, true) === signatures.locator) {
    const wide = large(view, at - 12);
    if (wide + 56 > length || view.getUint32(wide, true) !== signatures.end64)
      throw new FormatError(`${file}: no ZIP64 directory at byte ${wide}; the file is damaged`);
    count = large(view, wide + 32);
    size = large(view, wide + 40);
    begin = large(view, wide + 48);
  }
  if (count > maxEntries)
    throw new FormatError(`${file}: ${count} zip entries, expected at most ${maxEntries}`);
  if (begin + size > at)
    throw new FormatError(
      `${file}: zip directory of ${size} bytes at byte ${begin}, beyond its end at ${at}`,
    );
  return { count, begin, end: begin + size };
}

function endsAt(view: DataView, at: number): number {
  return at + 22 + view.getUint16(at + 20, true);
}

/** A 64-bit size or place; what no file has is as good as infinity. */
function large(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function readRecord(view: DataView, at: number, end: number, where: string): Entry {
  if (at + 46 > end || view.getUint32(at, true) !== signatures.entry)
    throw new FormatError(`${where}: no directory record at byte ${at}; the file is damaged`);
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  if (next > end)
    throw new FormatError(`${where}: its record ends behind the directory; the file is damaged`);
  if ((view.getUint16(at + 8, true) & 1) !== 0)
    throw new FormatError(`${where}: is encrypted, expected one that is not`);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  const narrow = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  const [size = 0, packed = 0, local = 0] = widened(view, at + 46 + nameLength, extraLength, narrow, where);
  return {
    name,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed,
    size,
    local,
    next,
  };
}

/** ZIP64: the numbers that read 0xffffffff stand in the extra field 1, in this order. */
function widened(
  view: DataView,
  at: number,
  length: number,
  narrow: readonly number[],
  where: string,
): readonly number[] {
  if (!narrow.includes(0xffffffff)) return narrow;
  const end = at + length;
  let field = at;
  while (field + 4 <= end && view.getUint16(field, true) !== 1) field += 4 + view.getUint16(field + 2, true);
  let from = field + 4;
  return narrow.map((number) => {
    if (number !== 0xffffffff) return number;
    if (from + 8 > end) throw new FormatError(`${where}: lacks its ZIP64 sizes; the file is damaged`);
    from += 8;
    return large(view, from - 8);
  });
}

/** Where an entry's bytes begin: behind its local header, whose name and extra field have lengths of their own. */
function dataOf(view: DataView, { local, packed, size, method }: Entry, where: string): number {
  if (method !== methods.stored && method !== methods.deflated)
    throw new FormatError(`${where}: is packed by method ${method}, expected 0 (stored) or 8 (deflated)`);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== localSignature)
    throw new FormatError(`${where}: no header at byte ${local}; the file is damaged`);
  const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (begin + packed > view.byteLength)
    throw new FormatError(`${where}: ${packed} bytes from ${begin}, but the file has ${view.byteLength}`);
  if (method === methods.stored && packed !== size)
    throw new FormatError(`${where}: ${packed} bytes stored, expected the ${size} of the entry`);
  return begin;
}

function unpack(packed: Uint8Array, { method, size, crc }: Entry, where: string): Uint8Array {
  const bytes = method === methods.stored ? packed : inflate(packed, size, where);
  if (method === methods.stored && size > maxChecked) return bytes;
  const found = crc32(bytes);
  if (found !== crc)
    throw new FormatError(`${where}: checksum ${hex(found)}, expected ${hex(crc)}; the file is damaged`);
  return bytes;
}

function inflate(packed: Uint8Array, size: number, where: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    // Not more than `size` bytes, whatever the data says: a write behind the end of an array does nothing.
    bytes = inflateSync(packed, { out: new Uint8Array(size) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${where}: not whole deflated data (${reason}); the file is damaged`);
  }
  if (bytes.length !== size)
    throw new FormatError(
      `${where}: unpacks to ${bytes.length} bytes, expected ${size}; the file is damaged`,
    );
  return bytes;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
