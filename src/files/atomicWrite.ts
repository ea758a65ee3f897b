import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ConvnetsError } from "../ir/errors.ts";
import { errorCode } from "./readFile.ts";

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full; free some space or choose another folder"],
  ["EDQUOT", "your disk quota is used up; free some space or choose another folder"],
  [
    "EFBIG",
    "the file would be larger than the limit of the system; raise the limit or choose another folder",
  ],
  ["EACCES", "no permission to write in that folder; choose another one or change its permissions"],
  ["EPERM", "no permission to write in that folder; choose another one or change its permissions"],
  ["EROFS", "that folder is on a read-only file system; choose another one"],
  ["ENOENT", "there is no such folder; create it first"],
  ["ENOTDIR", "a part of the path before the last is a file, not a folder; choose another path"],
  ["ENAMETOOLONG", "the name is too long; choose a shorter one"],
]);

/**
 * Writes a file as a whole or not at all: the bytes go to a temporary name in the same folder, onto the disk, and
 * then take the place of `path` in one step. A failure leaves what was at `path` as it was and no temporary file.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  // Not derived from the name of the file, which may have no room for a suffix.
  const temporary = join(folder, `.convnets-${randomBytes(8).toString("hex")}.tmp`);
  try {
    await checkTarget(path);
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(ignore);
    throw writeError(path, bytes.length, error);
  }
  await syncFolder(folder);
}

/** A device or a folder is never replaced. */
async function checkTarget(path: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
  });
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isDirectory() ? "a folder" : "a device or a pipe";
  throw new ConvnetsError(`it is ${kind}, not a regular file; choose another path`);
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await writeAll(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** `write` may take less than it is given, on a disk that has nearly run full for instance. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, 2 ** 30));
    at += bytesWritten;
  }
}

/** Makes the rename itself last. Not every system can open a folder; the file is whole either way. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(ignore);
  if (handle === undefined) return;
  await handle.sync().catch(ignore);
  await handle.close();
}

/** Says why `length` bytes could not be written to `path`, and what to do about it. */
export function writeError(path: string, length: number, error: unknown): ConvnetsError {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = reasons.get(code);
  const reason = known === undefined ? message : `${known} (${code})`;
  return new ConvnetsError(`cannot write ${resolve(path)} (${length} bytes): ${reason}`, { cause: error });
}

function ignore(): undefined {}
