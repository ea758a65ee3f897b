import { FormatError } from "../ir/errors.ts";

/** Whether `bytes` start like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Unpacks gzip data that grows to at most `limit` bytes; more is refused before it takes memory. */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  file = "gzip data",
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // A fault shows on the reading side; the same fault on the writing side has nothing to add.
  writer.closed.catch(ignore);
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > limit) break;
      chunks.push(value);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${file}: not whole gzip data (${reason}); the file is truncated or damaged`);
  }
  if (length > limit) {
    await reader.cancel().catch(ignore);
    throw new FormatError(`${file}: unpacks to more than ${limit} bytes, the most that is expected of it`);
  }
  return join(chunks, length);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function ignore(): void {}
