import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadCifar, parseCifarArchive } from "../../src/data/cifar.ts";
import { count } from "../../src/data/dataset.ts";
import { ConvnetsError, FormatError, UsageError } from "../../src/ir/errors.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convnets-cifar-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A picture whose bytes are all `byte`, after its labels. */
function record(labels: readonly number[], byte: number): Uint8Array {
  return Uint8Array.from({ length: labels.length + 3072 }, (_, i) => labels[i] ?? byte);
}

const batchOf = (part: number) => record([part], 10 * part);
const files10: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((part) => [`data_batch_${part}.bin`, batchOf(part)])),
  "test_batch.bin": Buffer.concat([batchOf(0), batchOf(9)]),
};

async function write(into: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(into, name), bytes);
}

describe("CIFAR", () => {
  test("cifar10: five training files and a test file, of any length, make both splits", async () => {
    await write(folder, files10);
    const { train, test } = await loadCifar("cifar10", folder);
    expect([train.name, count(train), [...train.labels], train.shape]).toEqual([
      "cifar10 train",
      5,
      [1, 2, 3, 4, 5],
      [3, 32, 32],
    ]);
    expect([train.images.length, train.images[3071], train.images[3072]]).toEqual([5 * 3072, 10, 20]);
    expect([test.name, [...test.labels], test.images[3072]]).toEqual(["cifar10 test", [0, 9], 90]);
    expect([train.classes[3], train.normalization.mean[2]]).toEqual(["cat", 0.4465]);
  });

  test("the folder may be the one that holds the archive's", async () => {
    await write(join(folder, "cifar-10-batches-bin"), files10);
    expect(count((await loadCifar("cifar10", folder)).train)).toBe(5);
  });

  test("cifar100: the class is the second label", async () => {
    await write(folder, { "train.bin": record([7, 42], 1), "test.bin": record([19, 99], 2) });
    const { train, test } = await loadCifar("cifar100", folder);
    expect([[...train.labels], [...test.labels], train.images[0]]).toEqual([[42], [99], 1]);
    expect([train.classes.length, train.classes[42], train.classes[99]]).toEqual([100, "leopard", "worm"]);
  });

  test("an archive gives what its files do", async () => {
    const entries = Object.entries(files10).map(([name, data]) => ({
      name: `cifar-10-batches-bin/${name}`,
      data,
    }));
    const packed = (some: typeof entries) => new Uint8Array(gzipSync(createTar(some)));
    await write(folder, files10);
    expect(await parseCifarArchive("cifar10", packed(entries), "a.tar.gz")).toEqual(
      await loadCifar("cifar10", folder),
    );
    await expect(parseCifarArchive("cifar10", packed(entries.slice(1)), "a.tar.gz")).rejects.toThrow(
      new FormatError("a.tar.gz: holds no cifar-10-batches-bin/data_batch_1.bin"),
    );
  });

  test("a download whose checksum is not the published one is refused, with where to put the right one", async () => {
    const server = createServer((_, response) => response.end("something else"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const options = { cache: folder, mirrors: [`http://127.0.0.1:${address.port}/`] };
    const error = await loadCifar("cifar100", undefined, options).catch((reason: unknown) => reason);
    server.close();
    expect(error).toBeInstanceOf(ConvnetsError);
    expect(String(error)).toMatch(
      /cifar-100-binary\.tar\.gz: SHA-256 is \w+, expected 58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec/,
    );
    expect(String(error)).toContain(`put it into ${join(folder, "cifar100")}`);
  });

  test("a part of a picture, an empty file, a label that is no class and a missing file are refused", async () => {
    const path = join(folder, "data_batch_3.bin");
    for (const [bytes, reason] of [
      [new Uint8Array(3072), "3072 bytes, expected 3073 a picture"],
      [new Uint8Array(0), "0 bytes, expected 3073 a picture"],
      [Buffer.concat([batchOf(1), record([10], 0)]), "label 10 of picture 1, expected 0 to 9"],
    ] as const) {
      await write(folder, { ...files10, "data_batch_3.bin": bytes });
      await expect(loadCifar("cifar10", folder)).rejects.toThrow(new FormatError(`${path}: ${reason}`));
    }
    await rm(path);
    await expect(loadCifar("cifar10", folder)).rejects.toThrow(
      new UsageError(`${path}: no such file; did you mean data_batch_1.bin?`),
    );
  });
});

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
const real = join(process.env.CONVNETS_DATA ?? join(projectRoot, "..", "shared", "data"), "cifar10");

describe.skipIf(!existsSync(real))(
  "the real CIFAR-10 (skipped: $CONVNETS_DATA names no folder with cifar10/)",
  () => {
    test("has 5,000 training pictures a class, with the published mean of each channel", async () => {
      const { train } = await loadCifar("cifar10", real);
      const perClass = train.classes.map(
        (_, index) => train.labels.filter((label) => label === index).length,
      );
      expect(perClass).toEqual(new Array(10).fill(5000));
      const sums = [0, 0, 0];
      train.images.forEach((byte, at) => {
        const channel = Math.floor(at / 1024) % 3;
        sums[channel] = (sums[channel] ?? 0) + byte;
      });
      sums.forEach((sum, channel) => {
        expect(sum / (50_000 * 1024) / 255).toBeCloseTo(train.normalization.mean[channel] ?? 0, 3);
      });
    });
  },
);
