import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { bytesText, limits } from "./limits.ts";
import { isPictureName } from "./names.ts";

/** A file of an archive, unpacked, or why it is none. */
export type Unpacked =
  | { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly path: string; readonly reason: string };

/**
 * The pictures of a zip archive, one after the other as its bytes come, so that an archive may be larger than memory.
 * Archives within archives stay packed. Throws for archives that grow beyond `limits`, whatever they say of themselves.
 */
export async function* unzipped(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { files, fileBytes, unpackedBytes }: typeof limits = limits,
): AsyncGenerator<Unpacked, void, void> {
  const ready: Unpacked[] = [];
  const open = new Set<string>();
  let [count, total] = [0, 0];
  let failure: Error | undefined;
  const take = (file: UnzipFile): void => {
    const path = file.name;
    count += 1;
    if (count > files) throw new Error(`holds more than ${files.toLocaleString("en")} files`);
    if (!isPictureName(path)) return;
    if (file.compression !== 0 && file.compression !== 8) {
      ready.push({
        path,
        reason: `is packed by method ${file.compression}, expected 0 (stored) or 8 (deflated)`,
      });
      return;
    }
    if ((file.originalSize ?? 0) > fileBytes) {
      ready.push({
        path,
        reason: `unpacks to ${bytesText(file.originalSize ?? 0)}, expected at most ${bytesText(fileBytes)}`,
      });
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    open.add(path);
    file.ondata = (error, chunk, final) => {
      if (error) {
        open.delete(path);
        ready.push({ path, reason: `is damaged (${error.message})` });
        return;
      }
      size += chunk.length;
      total += chunk.length;
      // What an archive says of its sizes need not be true.
      if (size > fileBytes)
        failure = new Error(`has a picture that unpacks to more than ${bytesText(fileBytes)}`);
      if (total > unpackedBytes) failure = new Error(`unpacks to more than ${bytesText(unpackedBytes)}`);
      if (failure) throw failure;
      chunks.push(chunk.slice());
      if (!final) return;
      open.delete(path);
      ready.push({ path, bytes: joined(chunks, size) });
    };
    file.start();
  };
  const unzip = new Unzip(take);
  unzip.register(UnzipInflate);
  for await (const chunk of source) {
    unzip.push(chunk);
    if (failure) throw failure;
    yield* ready.splice(0);
  }
  for (const path of open) yield { path, reason: "is not whole: the archive ends within it" };
  if (count === 0) throw new Error("is no zip archive, or an empty one");
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
