// CIFAR-10 and CIFAR-100: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009, in their binary
// form. A picture is a record: the label (CIFAR-100: the superclass, then the class), then 1,024 bytes each of red,
// green and blue.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseTar } from "nanotar";
import { cacheFolder } from "../files/cacheFolder.ts";
import { readFile } from "../files/readFile.ts";
import { FormatError } from "../ir/errors.ts";
import { type CifarVariant, variants } from "./cifarVariants.ts";
import type { DataSplits, Dataset } from "./dataset.ts";
import { download, type RemoteOptions } from "./download.ts";
import { gunzip } from "./gunzip.ts";

const pictureBytes = 3 * 32 * 32;
/** Above the 153,700,000 bytes of 50,000 pictures. */
const maxFileBytes = 200_000_000;
/** Above the 184,380,000 bytes of all files of an archive. */
const maxArchiveBytes = 250_000_000;

/**
 * Reads the binary files, which are in `folder` itself or in the folder of the archive below it, with any number of
 * pictures each. Without a folder the archive comes from the network the first time and from the cache afterwards.
 */
export async function loadCifar(
  variant: CifarVariant,
  folder?: string,
  options: RemoteOptions = {},
): Promise<DataSplits> {
  if (folder !== undefined) return assemble(variant, await filesIn(variant, folder));
  const { archive, mirrors, sha256 } = variants[variant];
  const cache = join(options.cache ?? cacheFolder(), variant);
  const remote = { name: archive, mirrors: options.mirrors ?? mirrors, sha256, limit: maxFileBytes };
  return parseCifarArchive(variant, await download(remote, cache, options), join(cache, archive));
}

/** The data set from its archive, a tar file packed with gzip, which errors name `path`. */
export async function parseCifarArchive(
  variant: CifarVariant,
  archive: Uint8Array<ArrayBuffer>,
  path: string,
): Promise<DataSplits> {
  const entries = parseTar(await gunzip(archive, maxArchiveBytes, path));
  const { folder } = variants[variant];
  return assemble(variant, async (name) => {
    const data = entries.find((entry) => entry.name.replace(/^\.\//, "") === `${folder}/${name}`)?.data;
    if (data === undefined) throw new FormatError(`${path}: holds no ${folder}/${name}`);
    return { path: `${path}: ${name}`, bytes: data };
  });
}

interface NamedBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

type ReadFile = (name: string) => Promise<NamedBytes>;

async function filesIn(variant: CifarVariant, folder: string): Promise<ReadFile> {
  const below = join(folder, variants[variant].folder);
  const isThere = await stat(below).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return async (name) => {
    const path = join(isThere ? below : folder, name);
    return { path, bytes: await readFile(path, maxFileBytes) };
  };
}

async function assemble(variant: CifarVariant, read: ReadFile): Promise<DataSplits> {
  const { train, test } = variants[variant].files;
  const parts: NamedBytes[] = [];
  for (const file of train) parts.push(await read(file));
  return {
    train: datasetOf(variant, `${variant} train`, parts),
    test: datasetOf(variant, `${variant} test`, [await read(test)]),
  };
}

function datasetOf(variant: CifarVariant, name: string, parts: readonly NamedBytes[]): Dataset {
  const { labelBytes, classes, normalization } = variants[variant];
  const record = labelBytes + pictureBytes;
  const count = parts.reduce((sum, part) => sum + recordsOf(part, record), 0);
  const images = new Uint8Array(count * pictureBytes);
  const labels = new Uint8Array(count);
  let index = 0;
  for (const { path, bytes } of parts)
    for (let at = 0; at < bytes.length; at += record) {
      // The class is the last of the labels.
      const label = bytes[at + labelBytes - 1] ?? 0;
      if (label >= classes.length)
        throw new FormatError(
          `${path}: label ${label} of picture ${at / record}, expected 0 to ${classes.length - 1}`,
        );
      labels[index] = label;
      images.set(bytes.subarray(at + labelBytes, at + record), index * pictureBytes);
      index++;
    }
  return { name, images, labels, shape: [3, 32, 32], classes, normalization };
}

function recordsOf({ path, bytes }: NamedBytes, record: number): number {
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new FormatError(`${path}: ${bytes.length} bytes, expected ${record} a picture`);
  return bytes.length / record;
}
