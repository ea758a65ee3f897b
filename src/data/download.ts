import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { writeError, writeFileAtomically } from "../files/atomicWrite.ts";
import { errorCode, readFile } from "../files/readFile.ts";
import { ConvnetsError } from "../ir/errors.ts";

/** A file whose content is known. Each mirror is the address of a folder and ends with a slash. */
export interface RemoteFile {
  readonly name: string;
  readonly mirrors: readonly string[];
  readonly sha256: string;
  /** More bytes than this are not accepted. */
  readonly limit: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which a mirror is given up: 30,000 unless said. */
  readonly timeout?: number;
  /** Told each address before it is asked. */
  readonly onRequest?: (url: string) => void;
}

/** How a data set is downloaded. */
export interface RemoteOptions extends DownloadOptions {
  /** Folder that keeps downloads; the user's cache folder where absent. */
  readonly cache?: string;
  /** Addresses of folders to download from instead of the canonical ones. */
  readonly mirrors?: readonly string[];
}

/** Times that a mirror which breaks off may be asked to go on. */
const maxAttempts = 5;

/**
 * The content of a remote file: from `folder` if it is there, else from the first mirror that has it. What a broken
 * connection has brought is kept in `NAME.part`, and the next attempt, on any mirror, goes on from there. Bytes are
 * checked before they get the name of the file, so that nothing wrong is ever found under it.
 */
export async function download(
  remote: RemoteFile,
  folder: string,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, remote.name);
  const kept = await readFile(path, remote.limit).catch(ignore);
  if (kept !== undefined && sha256(kept) === remote.sha256) return kept;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, 0, error);
  });
  const failures: string[] = [];
  for (const mirror of remote.mirrors) {
    const url = mirror + remote.name;
    const found = await fromMirror(url, remote, `${path}.part`, options);
    if (typeof found === "string") {
      failures.push(`${url}: ${found}`);
      continue;
    }
    await writeFileAtomically(path, found);
    await unlink(`${path}.part`).catch(ignore);
    return found;
  }
  throw new ConvnetsError(
    [`cannot download ${remote.name}`, ...failures, `get it another way and put it into ${folder}`].join(
      "\n  ",
    ),
  );
}

/** The checked content, or the reason why this mirror does not give it. */
async function fromMirror(
  url: string,
  remote: RemoteFile,
  part: string,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer> | string> {
  let reason = "";
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const before = await sizeOf(part);
    const problem = await receive(url, part, before, remote.limit, options);
    if (problem === undefined) {
      const bytes = await readFile(part, remote.limit);
      const found = sha256(bytes);
      if (found === remote.sha256) return bytes;
      await unlink(part);
      reason = `SHA-256 is ${found}, expected ${remote.sha256}`;
      // A file made of two pieces may be wrong because of the first one.
      if (before === 0) return reason;
    } else {
      reason = problem;
      if ((await sizeOf(part)) <= before) return reason;
    }
  }
  return reason;
}

/** Appends what is missing to `part`, which has `have` bytes. Returns what went wrong with the mirror, if anything. */
async function receive(
  url: string,
  part: string,
  have: number,
  limit: number,
  { signal, timeout = 30_000, onRequest }: DownloadOptions,
): Promise<string | undefined> {
  const idle = new AbortController();
  const stop = (): void => idle.abort(new Error(`no answer for ${timeout / 1000} s`));
  let timer = setTimeout(stop, timeout);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(stop, timeout);
  };
  onRequest?.(url);
  try {
    const response = await fetch(url, {
      // The bytes as they are: a resumed answer has to continue the first one.
      headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
      signal: signal === undefined ? idle.signal : AbortSignal.any([signal, idle.signal]),
    });
    // Nothing is left to send: the part is the file, or it is wrong.
    if (response.status === 416 && have > 0) return await discard(response);
    const resumed = response.status === 206 && have > 0;
    if (resumed && !response.headers.get("content-range")?.startsWith(`bytes ${have}-`))
      return await discard(response, "sent another range than asked for");
    if (!resumed && response.status !== 200) return await discard(response, `HTTP status ${response.status}`);
    return await store(response, part, resumed ? have : 0, limit, alive);
  } catch (error) {
    if (error instanceof ConvnetsError || signal?.aborted) throw error;
    return reasonOf(error);
  } finally {
    clearTimeout(timer);
  }
}

async function store(
  response: Response,
  part: string,
  start: number,
  limit: number,
  alive: () => void,
): Promise<string | undefined> {
  let length = start;
  // Written over in place: a mirror that starts again and breaks off earlier takes nothing away.
  const file = await open(part, constants.O_RDWR | constants.O_CREAT).catch((error: unknown) => {
    throw writeError(part, length, error);
  });
  try {
    for await (const chunk of response.body ?? []) {
      alive();
      if (length + chunk.length > limit) {
        await file.truncate(0);
        return `more than ${limit} bytes`;
      }
      await writeAt(file, part, chunk, length);
      length += chunk.length;
    }
    await file.truncate(length);
    return undefined;
  } finally {
    await file.close();
  }
}

async function writeAt(file: FileHandle, part: string, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const { bytesWritten } = await file
      .write(chunk, done, chunk.length - done, position + done)
      .catch((error: unknown) => {
        throw writeError(part, position + chunk.length, error);
      });
    done += bytesWritten;
  }
}

async function discard(response: Response, problem?: string): Promise<string | undefined> {
  await response.body?.cancel();
  return problem;
}

/** `fetch` says "fetch failed" and hides the reason in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === "" ? errorCode(cause) : cause.message;
}

async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch(ignore);
  return stats?.size ?? 0;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function ignore(): undefined {}
