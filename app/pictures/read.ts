import { proxy, type Remote, wrap } from "comlink";
import { limits } from "./limits.ts";
import { isPictureName, isZipName, nameOf } from "./names.ts";
import type { ReadWorker } from "./readWorker.ts";

/** A picture that was read. */
export interface FoundPicture {
  readonly path: string;
  /** Of the file. */
  readonly name: string;
  /** The folder it lies in, which is the name of its class. */
  readonly folder: string | undefined;
  readonly picture: ImageData;
}

/** A file that could not be read, and why: goes on from its name. */
export interface BrokenPicture {
  readonly path: string;
  readonly name: string;
  readonly reason: string;
}

export type Read = FoundPicture | BrokenPicture;

/** A file and where it lies, below what was dropped or chosen. */
export interface Source {
  readonly path: string;
  readonly file: File;
}

let worker: Remote<ReadWorker> | undefined;

/**
 * Reads pictures and archives of pictures in a worker, one after the other, and tells each as it comes. Files that are
 * neither by their names are left out where there are several.
 */
export async function readPictures(
  sources: readonly Source[],
  tell: (found: Read) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  worker ??= wrap<ReadWorker>(new Worker(new URL("./readWorker.ts", import.meta.url), { type: "module" }));
  const known = sources.filter(({ path, file }) => isPictureName(path) || isZipName(path) || isImage(file));
  const [first] = sources;
  if (known.length === 0 && first)
    await tell({ path: first.path, name: nameOf(first.path), reason: "is no picture and no zip archive" });
  for (const { path, file } of known) {
    if (signal?.aborted) return;
    // A pasted picture has a type and hardly a name.
    await worker.read(
      path,
      file,
      proxy(async (found: Read) => {
        if (!signal?.aborted) await tell(found);
      }),
    );
  }
}

/** The files that a file button gave, of a folder too. */
export function sourcesOf(files: Iterable<File>): readonly Source[] {
  return [...files].slice(0, limits.files).map((file) => ({
    path: file.webkitRelativePath || file.name,
    file,
  }));
}

/** The files that were dropped or pasted, those below folders included. Call it within the event: it ends with it. */
export function transferred({ items, files }: DataTransfer): Promise<readonly Source[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  return entries.length === 0 ? Promise.resolve(sourcesOf(files)) : below(entries);
}

async function below(roots: readonly FileSystemEntry[]): Promise<readonly Source[]> {
  const found: Source[] = [];
  const waiting = [...roots];
  for (let entry = waiting.shift(); entry && found.length < limits.files; entry = waiting.shift())
    if (isDirectory(entry)) waiting.push(...(await entriesOf(entry)));
    else if (isFile(entry)) found.push({ path: entry.fullPath, file: await fileOf(entry) });
  return found;
}

/** A directory tells its entries in parts, until one is empty. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    all.push(...part);
    if (part.length === 0 || all.length > limits.files) return all;
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isImage({ type }: File): boolean {
  return type.startsWith("image/");
}
