import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { limits } from "../../app/pictures/limits.ts";
import { type Unpacked, unzipped } from "../../app/pictures/unzip.ts";

async function unpacked(archive: Uint8Array, some: Partial<typeof limits> = {}, part = 1000) {
  const parts = Array.from({ length: Math.ceil(archive.length / part) }, (_, index) =>
    archive.slice(index * part, (index + 1) * part),
  );
  const found: Unpacked[] = [];
  for await (const entry of unzipped(parts, { ...limits, ...some })) found.push(entry);
  return found;
}

const noise = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) >> 3);
const zeros = (length: number) => new Uint8Array(length);

describe("an archive of pictures", () => {
  it("gives each picture whole, stored or deflated, however its bytes come", async () => {
    const archive = zipSync({ "cats/1.png": [noise, { level: 0 }], "dogs/2.jpg": [noise, { level: 9 }] });
    for (const part of [1, 17, 1000, 1e6])
      expect(await unpacked(archive, {}, part)).toEqual([
        { path: "cats/1.png", bytes: noise },
        { path: "dogs/2.jpg", bytes: noise },
      ]);
  });

  it("leaves out what is no picture, hidden files and archives within", async () => {
    const archive = zipSync({
      "a/readme.txt": noise,
      "a/inner.zip": noise,
      "__MACOSX/a/._1.png": noise,
      "a/.1.png": noise,
      "a/1.png": noise,
    });
    expect((await unpacked(archive)).map(({ path }) => path)).toEqual(["a/1.png"]);
  });

  it("refuses a picture that says it unpacks to more than a picture may, and goes on", async () => {
    const archive = zipSync({ "bomb.png": zeros(200_000), "1.png": noise });
    expect(await unpacked(declared(archive), { fileBytes: 100_000 })).toEqual([
      { path: "bomb.png", reason: "unpacks to 195 KB, expected at most 98 KB" },
      { path: "1.png", bytes: noise },
    ]);
  });

  it("stops at a picture that unpacks to more than it says", async () => {
    const archive = declared(zipSync({ "bomb.png": zeros(50_000_000) }), 1000);
    await expect(unpacked(archive, { fileBytes: 100_000 })).rejects.toThrow(
      "has a picture that unpacks to more than 98 KB",
    );
  });

  it("stops where all pictures together unpack to more than they may", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`${index}.png`, zeros(10_000)] as const),
    );
    await expect(unpacked(zipSync(many), { unpackedBytes: 100_000 })).rejects.toThrow(
      "unpacks to more than 98 KB",
    );
  });

  it("stops at more files than there may be", async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}.txt`, zeros(1)]));
    await expect(unpacked(zipSync(many), { files: 10 })).rejects.toThrow("holds more than 10 files");
  });

  it("tells a picture that is cut off or damaged, and what came before it", async () => {
    const archive = zipSync({ "1.png": [noise, { level: 0 }], "2.png": noise });
    const cut = await unpacked(archive.slice(0, 5200));
    expect(cut).toEqual([
      { path: "1.png", bytes: noise },
      { path: "2.png", reason: "is not whole: the archive ends within it" },
    ]);
  });

  it("refuses bytes that are no archive", async () => {
    await expect(unpacked(noise)).rejects.toThrow("is no zip archive, or an empty one");
    await expect(unpacked(zeros(0))).rejects.toThrow("is no zip archive, or an empty one");
  });

  it("survives any single changed byte", async () => {
    const archive = zipSync({
      "a/1.png": noise.slice(0, 200),
      "b/2.png": [noise.slice(0, 200), { level: 0 }],
    });
    for (let at = 0; at < archive.length; at++) {
      const changed = archive.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xa5;
      const outcome = await unpacked(changed, { fileBytes: 1e6 }).catch((error: unknown) => error);
      expect(outcome instanceof Error || Array.isArray(outcome)).toBe(true);
    }
  });
});

/** The archive with sizes in its first local header: fflate's own, or a lie. */
function declared(archive: Uint8Array, size?: number): Uint8Array {
  const changed = archive.slice();
  if (size !== undefined) new DataView(changed.buffer).setUint32(22, size, true);
  return changed;
}
