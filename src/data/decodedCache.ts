import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, statfs, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "../transforms/image.ts";

export interface CacheOptions {
  readonly folder: string;
  /** What all entries together may take: 8 GiB unless said. */
  readonly maxBytes?: number;
}

export const usualCacheBytes: number = 8 * 2 ** 30;
/** Part of a disk that is left free. */
const leftFree = 0.05;
/** Counted up when the meaning of entries changes. */
const version = 1;
const suffix = ".pixels";
const headerBytes = 12;
const digestBytes = 20;

/**
 * Decoded pictures on disk. The key is the bytes of the file, which have to be read all the same: a picture that is
 * changed, moved or there twice is always the right one. An entry is channels, height and width as little-endian u32,
 * the pixels, and the SHA-1 of all that; a damaged one counts as none.
 *
 * When it is full, what is there stays: to push out the oldest would, with passes in turns, leave nothing to be found.
 */
export class DecodedCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  #taken: Promise<number> | undefined;
  #added = 0;
  #full = false;

  constructor({ folder, maxBytes = usualCacheBytes }: CacheOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** What `decode`, which `recipe` describes, makes of `bytes`: from the cache, or made and kept. */
  async decoded(bytes: Uint8Array, recipe: string, decode: () => Promise<Image>): Promise<Image> {
    const key = createHash("sha256").update(`${version} ${recipe}\n`).update(bytes).digest("hex");
    const path = join(this.#folder, `${key}${suffix}`);
    const kept = await this.#read(path);
    if (kept) return kept;
    const image = await decode();
    await this.#keep(path, image);
    return image;
  }

  /** Undefined where there is no whole entry, for whatever reason. */
  async #read(path: string): Promise<Image | undefined> {
    const entry = await readFile(path).catch(() => undefined);
    // A copy in memory of its own, which can be handed to another thread.
    return entry && imageOf(new Uint8Array(entry));
  }

  /** A disk that is full or read-only costs speed, not the training. */
  async #keep(path: string, image: Image): Promise<void> {
    if (this.#full) return;
    const temporary = join(this.#folder, `.${randomBytes(8).toString("hex")}.tmp`);
    try {
      this.#taken ??= this.#open();
      const entry = entryOf(image);
      const taken = await this.#taken;
      if (taken + this.#added + entry.length > this.#maxBytes) {
        this.#full = true;
        return;
      }
      this.#added += entry.length;
      const { bavail, blocks, bsize } = await statfs(this.#folder);
      if (bavail * bsize - entry.length < leftFree * blocks * bsize) {
        this.#full = true;
        return;
      }
      // Not forced onto the disk: what a power cut leaves half written, its digest tells.
      await writeFile(temporary, entry, { flag: "wx" });
      await rename(temporary, path);
    } catch {
      this.#full = true;
      await unlink(temporary).catch(() => {});
    }
  }

  /** Makes the folder, and gives the bytes that entries take already. */
  async #open(): Promise<number> {
    await mkdir(this.#folder, { recursive: true });
    let sum = 0;
    for (const name of await readdir(this.#folder))
      if (name.endsWith(suffix)) sum += (await stat(join(this.#folder, name))).size;
    return sum;
  }
}

function entryOf({ data, channels, height, width }: Image): Uint8Array {
  const entry = new Uint8Array(headerBytes + data.length + digestBytes);
  const view = new DataView(entry.buffer);
  [channels, height, width].forEach((extent, axis) => {
    view.setUint32(4 * axis, extent, true);
  });
  entry.set(data, headerBytes);
  const end = headerBytes + data.length;
  entry.set(createHash("sha1").update(entry.subarray(0, end)).digest(), end);
  return entry;
}

/** The picture of a whole entry. */
function imageOf(entry: Uint8Array<ArrayBuffer>): Image | undefined {
  const end = entry.length - digestBytes;
  if (end < headerBytes) return undefined;
  const digest = createHash("sha1").update(entry.subarray(0, end)).digest();
  if (!digest.equals(entry.subarray(end))) return undefined;
  const view = new DataView(entry.buffer);
  const [channels, height, width] = [0, 4, 8].map((at) => view.getUint32(at, true));
  if (!channels || !height || !width || channels * height * width !== end - headerBytes) return undefined;
  return { data: entry.subarray(headerBytes, end), channels, height, width };
}
