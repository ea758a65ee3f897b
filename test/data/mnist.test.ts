import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { count } from "../../src/data/dataset.ts";
import { loadMnist } from "../../src/data/mnist.ts";
import { ConvnetsError, FormatError, UsageError } from "../../src/ir/errors.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convnets-mnist-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function idx(shape: readonly number[], byte: (index: number) => number): Uint8Array {
  const length = shape.reduce((product, extent) => product * extent, 1);
  const header = [0, 0, 8, shape.length, ...shape.flatMap((extent) => [0, 0, 0, extent])];
  return Uint8Array.of(...header, ...Array.from({ length }, (_, i) => byte(i)));
}

/** Three images to train on and two to test with; `changed` replaces files. */
async function write(changed: Readonly<Record<string, Uint8Array>> = {}): Promise<void> {
  const files: Record<string, Uint8Array> = {
    "train-images-idx3-ubyte": idx([3, 28, 28], (i) => i % 256),
    "train-labels-idx1-ubyte": idx([3], (i) => i),
    "t10k-images-idx3-ubyte": idx([2, 28, 28], () => 7),
    "t10k-labels-idx1-ubyte": idx([2], () => 9),
    ...changed,
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

describe("mnist", () => {
  test("a folder with the four files gives both splits", async () => {
    await write();
    const { train, test } = await loadMnist("mnist", folder);
    expect([train.name, count(train), [...train.labels], train.shape]).toEqual([
      "mnist train",
      3,
      [0, 1, 2],
      [1, 28, 28],
    ]);
    expect(train.images.length).toBe(3 * 784);
    expect([...train.images.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect([test.name, count(test), [...test.labels], test.images[0]]).toEqual(["mnist test", 2, [9, 9], 7]);
    expect(train.normalization).toEqual({ mean: [0.1307], std: [0.3081] });
  });

  test("Fashion-MNIST has its own classes and normalization", async () => {
    await write();
    const { train } = await loadMnist("fashion-mnist", folder);
    expect([train.name, train.classes[9]]).toEqual(["fashion-mnist train", "Ankle boot"]);
    expect(train.normalization).toEqual({ mean: [0.286], std: [0.353] });
  });

  test("packed files and the spelling with a dot are found, and packed bytes are known by their content", async () => {
    const images = idx([1, 28, 28], () => 5);
    await writeFile(join(folder, "train-images.idx3-ubyte"), images);
    await writeFile(join(folder, "train-labels.idx1-ubyte.gz"), gzipSync(idx([1], () => 1)));
    await writeFile(join(folder, "t10k-images-idx3-ubyte.gz"), gzipSync(images));
    await writeFile(join(folder, "t10k-labels-idx1-ubyte"), gzipSync(idx([1], () => 2)));
    const { train, test } = await loadMnist("mnist", folder);
    expect([...train.labels, ...test.labels]).toEqual([1, 2]);
  });

  test.each<[string, string, Readonly<Record<string, Uint8Array>>]>([
    [
      "train-images-idx3-ubyte",
      "array [3,28,27], expected images [count,28,28]",
      { "train-images-idx3-ubyte": idx([3, 28, 27], () => 0) },
    ],
    [
      "train-images-idx3-ubyte",
      "array [0,28,28], expected images [count,28,28]",
      { "train-images-idx3-ubyte": idx([0, 28, 28], () => 0) },
    ],
    [
      "t10k-labels-idx1-ubyte",
      "array [3], expected [2] labels, one an image of FOLDER/t10k-images-idx3-ubyte",
      { "t10k-labels-idx1-ubyte": idx([3], () => 0) },
    ],
    [
      "t10k-labels-idx1-ubyte",
      "label 10 of image 1, expected 0 to 9",
      { "t10k-labels-idx1-ubyte": idx([2], (i) => 10 * i) },
    ],
    [
      "train-labels-idx1-ubyte",
      "0 bytes of data, [3] takes 3; the file is truncated",
      { "train-labels-idx1-ubyte": idx([3], () => 0).subarray(0, 8) },
    ],
  ])("%s is refused with: %s", async (file, message, changed) => {
    await write(changed);
    await expect(loadMnist("mnist", folder)).rejects.toThrow(
      new FormatError(`${folder}/${file}: ${message.replace("FOLDER", folder)}`),
    );
  });

  test("a file that is missing, a folder that is missing and a file in place of the folder are named", async () => {
    await write();
    await rm(join(folder, "t10k-labels-idx1-ubyte"));
    await expect(loadMnist("mnist", folder)).rejects.toThrow(
      new UsageError(
        `${folder}: has no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz, expected the four IDX files of the data set`,
      ),
    );
    await expect(loadMnist("mnist", join(folder, "x"))).rejects.toThrow(
      new UsageError(`${join(folder, "x")}: no such folder`),
    );
    await symlink("loop", join(folder, "loop"));
    await expect(loadMnist("mnist", join(folder, "loop"))).rejects.toThrow(
      new ConvnetsError(`${join(folder, "loop")}: cannot be listed (ELOOP)`),
    );
    const file = join(folder, "train-images-idx3-ubyte");
    await expect(loadMnist("mnist", file)).rejects.toThrow(
      new UsageError(`${file}: is a file, expected a folder with the four IDX files`),
    );
  });

  test("without a folder it asks the mirror, and says where a file got in another way goes", async () => {
    const asked: string[] = [];
    const options = {
      cache: folder,
      mirrors: ["http://127.0.0.1:1/"],
      onRequest: (url: string) => asked.push(url),
    };
    await expect(loadMnist("mnist", undefined, options)).rejects.toThrow(
      `put it into ${join(folder, "mnist")}`,
    );
    expect(asked).toEqual(["http://127.0.0.1:1/train-images-idx3-ubyte.gz"]);
  });
});

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
const real = join(process.env.CONVNETS_DATA ?? join(projectRoot, "..", "shared", "data"), "mnist");

describe.skipIf(!existsSync(real))(
  "the real MNIST (skipped: $CONVNETS_DATA names no folder with mnist/)",
  () => {
    test("has 60,000 and 10,000 digits with the published counts, mean and deviation", async () => {
      const { train, test } = await loadMnist("mnist", real);
      expect([count(train), count(test)]).toEqual([60_000, 10_000]);
      const perDigit = train.classes.map(
        (_, digit) => train.labels.filter((label) => label === digit).length,
      );
      expect(perDigit).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
      const mean = train.images.reduce((sum, byte) => sum + byte, 0) / train.images.length;
      const square = train.images.reduce((sum, byte) => sum + byte * byte, 0) / train.images.length;
      expect(mean / 255).toBeCloseTo(0.1307, 4);
      expect(Math.sqrt(square - mean * mean) / 255).toBeCloseTo(0.3081, 4);
    });
  },
);
