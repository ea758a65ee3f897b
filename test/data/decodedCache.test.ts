import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DecodedCache } from "../../src/data/decodedCache.ts";
import type { Image } from "../../src/transforms/image.ts";

let folder: string;
let decodings = 0;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "convnets-decoded-")), "cache");
  decodings = 0;
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const image = (value: number): Image => ({
  ...{ channels: 3, height: 2, width: 4 },
  data: Uint8Array.from({ length: 24 }, (_, i) => value + i),
});
const entryBytes = 12 + 24 + 20;

/** What the cache gives for a file of one byte, which decodes to that and the numbers after it. */
function ask(cache: DecodedCache, value: number, recipe = "whole"): Promise<Image> {
  return cache.decoded(Uint8Array.of(value), recipe, async () => {
    decodings++;
    return image(value);
  });
}

async function entries(): Promise<readonly string[]> {
  return (await readdir(folder)).map((name) => join(folder, name));
}

test("a picture is decoded once for its bytes and its recipe, in later trainings too", async () => {
  const cache = new DecodedCache({ folder });
  for (const value of [7, 7, 8]) expect(await ask(cache, value)).toEqual(image(value));
  expect(decodings).toBe(2);
  expect(await ask(new DecodedCache({ folder }), 7)).toEqual(image(7));
  expect(decodings).toBe(2);
  await ask(cache, 7, "another");
  expect(decodings).toBe(3);
  expect((await entries()).filter((path) => !path.endsWith(".pixels"))).toEqual([]);
});

test("an entry that is cut off, changed or empty is decoded again, and whole afterwards", async () => {
  const cache = new DecodedCache({ folder });
  await ask(cache, 7);
  const [path = ""] = await entries();
  const changed = Uint8Array.from(await readFile(path), (byte, at) => (at === 20 ? byte ^ 1 : byte));
  const damages = [() => truncate(path, 30), () => truncate(path, 0), () => writeFile(path, changed)];
  for (const damage of damages) {
    await damage();
    expect(await ask(cache, 7)).toEqual(image(7));
    expect((await stat(path)).size).toBe(entryBytes);
  }
  expect(decodings).toBe(1 + damages.length);
});

test("it takes no more than its limit, counted with what was there before", async () => {
  const maxBytes = 2 * entryBytes;
  await ask(new DecodedCache({ folder, maxBytes }), 1);
  const cache = new DecodedCache({ folder, maxBytes });
  for (const value of [2, 3, 4, 3]) expect(await ask(cache, value)).toEqual(image(value));
  expect((await entries()).length).toBe(2);
  expect(decodings).toBe(5);
});

test("a folder that cannot be made costs speed only; what cannot be decoded leaves nothing", async () => {
  await writeFile(folder, "a file");
  expect(await ask(new DecodedCache({ folder: join(folder, "below") }), 7)).toEqual(image(7));
  await rm(folder);
  const cache = new DecodedCache({ folder });
  const broken = cache.decoded(Uint8Array.of(1), "whole", () => Promise.reject(new Error("broken")));
  await expect(broken).rejects.toThrow("broken");
  await ask(cache, 2);
  expect((await entries()).length).toBe(1);
});
