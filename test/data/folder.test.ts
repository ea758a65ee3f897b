import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadFolder } from "../../src/data/folder.ts";
import { listFolder } from "../../src/data/folderList.ts";
import type { Pass, Pictures } from "../../src/data/pictures.ts";
import { transformed } from "../../src/data/transformed.ts";
import { ConvnetsError, FormatError, UsageError } from "../../src/ir/errors.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "convnets-folder-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** A picture of one grey. */
function grey(value: number, width = 4, height = 4): Promise<Buffer> {
  return sharp({
    create: { width, height, channels: 3, background: { r: value, g: value, b: value } },
  })
    .png()
    .toBuffer();
}

async function write(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** Files without content, where only names matter. */
function empty(paths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [path, ""]));
}

interface Seen {
  readonly labels: readonly number[];
  readonly first: readonly number[];
  readonly count: number;
}

/** Of each batch the labels, and the first byte of each picture. */
async function seen(pictures: Pictures, pass: Omit<Pass, "seed" | "epoch">): Promise<readonly Seen[]> {
  const list: Seen[] = [];
  const [c, h, w] = pictures.shape;
  for await (const { images, labels, count } of pictures.batches({ ...pass, seed: 1, epoch: 0 }))
    list.push({
      labels: [...labels],
      first: Array.from(labels, (_, slot) => images[slot * c * h * w] ?? -1),
      count,
    });
  return list;
}

describe("the list of a folder", () => {
  test("a sub-folder is a class; names are in order, at any depth, odd ones too, without hidden ones", async () => {
    await write(
      empty([
        "b/1.JPG",
        "b/deep/er/ü #%\n.png",
        "b/-x.webp",
        "b/notes.txt",
        "a b/2.gif",
        "a b/.3.png",
        ".hidden/4.png",
        "loose.png",
      ]),
    );
    const { classes, train, test, others } = await listFolder(root, { holdOut: 0.01 });
    expect(classes).toEqual(["a b", "b"]);
    expect([...train, ...test].map(({ path, label }) => `${label} ${path}`).sort()).toEqual([
      "0 a b/2.gif",
      "1 b/-x.webp",
      "1 b/1.JPG",
      "1 b/deep/er/ü #%\n.png",
    ]);
    expect(others).toEqual(["b/notes.txt"]);
  });

  test("links are followed, but not in circles", async () => {
    await write(empty(["a/1.png", "store/2.png", "store/3.png"]));
    await symlink(join(root, "store"), join(root, "a", "more"));
    await symlink(join(root, "a"), join(root, "store", "back"));
    await symlink(join(root, "store", "2.png"), join(root, "a", "link.png"));
    const { classes, train, test } = await listFolder(root);
    expect(classes).toEqual(["a", "store"]);
    expect(
      [...train, ...test]
        .filter(({ label }) => label === 0)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["a/1.png", "a/link.png", "a/more/2.png", "a/more/3.png"]);
  });

  test.each(["test", "val"])("train and %s are taken as they are", async (held) => {
    await write(empty(["train/a/1.png", "train/b/2.png", `${held}/b/3.png`]));
    expect(await listFolder(root)).toEqual({
      classes: ["a", "b"],
      train: [
        { path: "train/a/1.png", label: 0 },
        { path: "train/b/2.png", label: 1 },
      ],
      test: [{ path: `${held}/b/3.png`, label: 1 }],
      others: [],
    });
    await write(empty([`${held}/c/4.png`]));
    await expect(listFolder(root)).rejects.toThrow(
      new UsageError(`${join(root, held, "c")}: there is no such class in ${join(root, "train")}`),
    );
  });

  test("the seed decides which pictures are held out, the same part of each class", async () => {
    await write(empty(Array.from({ length: 60 }, (_, i) => `${i % 3 === 0 ? "a" : "b"}/${i}.png`)));
    const held = async (seed: number) => (await listFolder(root, { seed, holdOut: 0.25 })).test;
    const first = await held(1);
    expect([0, 1].map((label) => first.filter((file) => file.label === label).length)).toEqual([5, 10]);
    expect(await held(1)).toEqual(first);
    expect(await held(2)).not.toEqual(first);
  });

  test("every picture is on one side; a picture taken away moves at most one other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.nat(1000), async (total, seed) => {
        const paths = Array.from({ length: total }, (_, i) => `a/${seed}-${i}.png`);
        await rm(join(root, "a"), { recursive: true, force: true });
        await write(empty(paths));
        const before = await listFolder(root, { seed });
        expect([...before.train, ...before.test].map(({ path }) => path).sort()).toEqual(paths.toSorted());
        expect(Math.min(before.train.length, before.test.length)).toBeGreaterThan(0);
        await rm(join(root, paths[0] ?? ""));
        const held = new Set(before.test.map(({ path }) => path));
        const after = (await listFolder(root, { seed })).test.filter(({ path }) => !held.has(path));
        expect(after.length).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test("a folder that is none, or lacks classes or pictures, is refused", async () => {
    const expectRefusal = (path: string, message: string) =>
      expect(listFolder(path)).rejects.toThrow(new UsageError(message));
    await expectRefusal(join(root, "none"), `${join(root, "none")}: no such folder`);
    await expectRefusal(
      root,
      `${root}: has no sub-folders, expected one a class, or train and test with one a class`,
    );
    await write({ "a/readme.txt": "" });
    await expectRefusal(
      root,
      `${join(root, "a")}: has no pictures (PNG, JPEG, WebP, GIF, TIFF, AVIF), expected those of the class a`,
    );
    await expectRefusal(
      join(root, "a", "readme.txt"),
      `${join(root, "a", "readme.txt")}: is a file, expected a folder of pictures`,
    );
    await expect(listFolder(root, { holdOut: 1 })).rejects.toThrow(
      new UsageError(`${root}: the part held out is 1, expected a number between 0 and 1`),
    );
  });
});

describe("pictures of a folder", () => {
  /** Ten pictures to train on, of greys 0, 10, .. 90 in this order, and one to test with. */
  async function ten(changed: Readonly<Record<string, Uint8Array | string>> = {}): Promise<void> {
    const files: Record<string, Uint8Array | string> = { "test/a/1.png": await grey(200) };
    for (let i = 0; i < 10; i++) files[`train/${i < 5 ? "a" : "b"}/${i}.png`] = await grey(10 * i);
    await write({ ...files, ...changed });
  }

  test("come in batches of the shape that was asked for, in any order, from any batch on", async () => {
    await ten();
    const { train, test } = await loadFolder(root, { shape: [3, 2, 2] });
    expect(train).toMatchObject({ name: `folder:${root} train`, count: 10, classes: ["a", "b"] });
    const order = Uint32Array.of(9, 0, 5, 4, 1);
    const batches = [
      { labels: [1, 0], first: [90, 0], count: 2 },
      { labels: [1, 0], first: [50, 40], count: 2 },
      { labels: [0, 0], first: [10, 10], count: 1 },
    ];
    expect(await seen(train, { size: 2, order })).toEqual(batches);
    expect(await seen(train, { size: 2, order, start: 1 })).toEqual(batches.slice(1));
    expect(await seen(train, { size: 2, order, dropLast: true })).toEqual(batches.slice(0, 2));
    expect(await seen(test, { size: 1 })).toEqual([{ labels: [0], first: [200], count: 1 }]);
  });

  test("transforms get whole pictures, and random numbers of each one's own place", async () => {
    const image = { channels: 3, height: 4, width: 8 } as const;
    const pixels = Uint8Array.from({ length: 96 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    const interleaved = Uint8Array.from(
      { length: 96 },
      (_, i) => pixels[(i % 3) * 32 + Math.floor(i / 3)] ?? 0,
    );
    const noise = await sharp(interleaved, { raw: image }).png().toBuffer();
    await ten({ "train/a/3.png": noise, "train/a/1.png": "no picture" });
    const { train } = await loadFolder(root, { shape: [3, 2, 2] });
    const specs = [{ name: "randomCrop", size: 3 }, { name: "randomHorizontalFlip" }] as const;
    const crops = transformed(train, specs);
    expect(crops.shape).toEqual([3, 3, 3]);
    for await (const { images, count } of crops.batches({ size: 5, seed: 4, epoch: 2 })) {
      const wanted = createTransforms(specs).apply({ ...image, data: pixels }, new Random(4, 2, 3));
      // In the third slot: the broken one has none.
      expect([count, [...images.subarray(2 * 27, 3 * 27)]]).toEqual([4, [...wanted.data]]);
      break;
    }
  });

  test("one channel is grey, and normalised as such", async () => {
    await ten();
    const { train } = await loadFolder(root, { shape: [1, 3, 2] });
    expect(train.normalization.mean.length).toBe(1);
    expect(await seen(train, { size: 10 })).toEqual([
      {
        labels: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
        first: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
        count: 10,
      },
    ]);
  });

  test("a broken one is left out, told once, and its place in a batch goes to the others", async () => {
    await ten({ "train/a/1.png": "no picture", "train/a/2.png": "" });
    const told: string[] = [];
    const { train } = await loadFolder(root, {
      shape: [3, 2, 2],
      onBroken: ({ message }) => told.push(message),
    });
    const expected = [
      { labels: [0, 0, 0, 0], first: [0, 30, 0, 30], count: 2 },
      { labels: [0, 1, 1, 1], first: [40, 50, 60, 70], count: 4 },
      { labels: [1, 1, 1, 1], first: [80, 90, 80, 90], count: 2 },
    ];
    expect(await seen(train, { size: 4 })).toEqual(expected);
    expect(await seen(train, { size: 4 })).toEqual(expected);
    expect(told).toEqual([
      `${join(root, "train/a/1.png")}: is no picture, expected PNG, JPEG, WebP, GIF, TIFF or AVIF`,
      `${join(root, "train/a/2.png")}: is empty, expected PNG, JPEG, WebP, GIF, TIFF or AVIF`,
    ]);
  });

  test("a batch that has no other than broken ones shows the next pictures, and counts none", async () => {
    await ten({ "train/a/0.png": "no picture", "train/a/1.png": "", "train/b/9.png": "" });
    const { train } = await loadFolder(root, { shape: [3, 2, 2] });
    const [first, second] = await seen(train, { size: 2 });
    expect(first).toEqual({ labels: [0, 0], first: [20, 30], count: 0 });
    expect(second).toEqual({ labels: [0, 0], first: [20, 30], count: 2 });
    const order = Uint32Array.of(4, 5, 9, 0);
    expect(await seen(train, { size: 2, order, start: 1 })).toEqual([
      { labels: [0, 1], first: [40, 50], count: 0 },
    ]);
  });

  test("broken ones end the pass where that is asked for, or where there is no other", async () => {
    await ten({ "train/a/1.png": "no picture", "train/a/0.png": (await grey(1)).subarray(0, 60) });
    const strict = await loadFolder(root, { shape: [3, 2, 2], broken: "fail" });
    await expect(seen(strict.train, { size: 4 })).rejects.toThrow(FormatError);
    const { train } = await loadFolder(root, { shape: [3, 2, 2] });
    await expect(seen(train, { size: 1, order: Uint32Array.of(0, 1) })).rejects.toThrow(
      /train: none of 2 pictures of a pass can be read; .*1\.png: is no picture/,
    );
  });

  test("one of too many pixels counts as broken", async () => {
    await ten({ "train/a/3.png": await grey(7, 40, 30) });
    const told: ConvnetsError[] = [];
    const { train } = await loadFolder(root, {
      shape: [3, 2, 2],
      maxPixels: 1000,
      onBroken: (error) => told.push(error),
    });
    await seen(train, { size: 5 });
    expect(told).toEqual([
      new FormatError(
        `${join(root, "train/a/3.png")}: 40 x 30 pixels, expected at most 1000; make it smaller`,
      ),
    ]);
    expect(told[0]).toBeInstanceOf(ConvnetsError);
  });
});
