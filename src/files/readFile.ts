import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { ConvnetsError, FormatError, UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";

/** The largest file that is read when nothing else is said: above every published checkpoint of a classic network. */
const defaultLimit = 2 ** 31;

/** Reads a whole regular file of at most `limit` bytes. */
export async function readFile(path: string, limit: number = defaultLimit): Promise<Uint8Array<ArrayBuffer>> {
  // O_NONBLOCK: opening a named pipe that nobody writes to must not wait for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) =>
    refuse(path, error),
  );
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new UsageError(`${path}: is a folder, expected a file`);
    if (!stats.isFile()) throw new UsageError(`${path}: is a device or a pipe, expected a regular file`);
    if (stats.size > limit) throw new FormatError(`${path}: ${stats.size} bytes, expected at most ${limit}`);
    const bytes = new Uint8Array(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, Math.min(bytes.length - length, 2 ** 30));
      if (bytesRead === 0)
        throw new FormatError(
          `${path}: ends after ${length} of ${bytes.length} bytes; it changed while it was read`,
        );
      length += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function refuse(path: string, error: unknown): Promise<never> {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") throw new UsageError(await missing(path));
  if (code === "EACCES" || code === "EPERM")
    throw new ConvnetsError(`${path}: no permission to read it (${code})`);
  if (code === "EISDIR") throw new UsageError(`${path}: is a folder, expected a file`);
  throw new ConvnetsError(`${path}: cannot be read: ${error instanceof Error ? error.message : code}`);
}

async function missing(path: string): Promise<string> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `${path}: no such file; there is no folder ${resolve(folder)}`;
  const near = nearest(basename(path), names);
  return `${path}: no such file${near === undefined ? "" : `; did you mean ${near}?`}`;
}

/** The `code` of a system error ("ENOENT"), or "" where there is none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
