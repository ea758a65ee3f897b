import { expose, transfer } from "comlink";
import { decode } from "./decode.ts";
import { folderOf, isZipName, nameOf } from "./names.ts";
import type { Read } from "./read.ts";
import { unzipped } from "./unzip.ts";

/** Reads one file, a picture or an archive of pictures, and tells each as it comes: the next waits until it is taken. */
async function read(path: string, file: Blob, tell: (found: Read) => Promise<void>): Promise<void> {
  const one = async (path: string, file: Blob) => {
    try {
      const picture = await decode(file);
      await tell(
        transfer({ path, name: nameOf(path), folder: folderOf(path), picture }, [picture.data.buffer]),
      );
    } catch (error) {
      await tell({ path, name: nameOf(path), reason: reasonOf(error) });
    }
  };
  if (!isZipName(path)) return one(path, file);
  try {
    for await (const entry of unzipped(chunks(file)))
      if ("bytes" in entry) await one(entry.path, new Blob([entry.bytes]));
      else await tell({ path: entry.path, name: nameOf(entry.path), reason: entry.reason });
  } catch (error) {
    await tell({ path, name: nameOf(path), reason: reasonOf(error) });
  }
}

/** A few at a time: what a chunk unpacks to is in memory at once. */
async function* chunks(file: Blob): AsyncGenerator<Uint8Array> {
  const size = 2 ** 16;
  for (let at = 0; at < file.size; at += size)
    yield new Uint8Array(await file.slice(at, at + size).arrayBuffer());
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface ReadWorker {
  readonly read: typeof read;
}
expose({ read } satisfies ReadWorker);
