// MNIST: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition",
// 1998. Fashion-MNIST: H. Xiao, K. Rasul and R. Vollgraf, https://arxiv.org/abs/1708.07747, in the same format.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../files/cacheFolder.ts";
import { errorCode, readFile } from "../files/readFile.ts";
import { ConvnetsError, FormatError, UsageError } from "../ir/errors.ts";
import type { DataSplits, Dataset } from "./dataset.ts";
import { download, type RemoteOptions } from "./download.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { parseIdx } from "./idx.ts";
import { type MnistFile, type MnistVariant, variants } from "./mnistVariants.ts";

/** Above the 47,040,016 bytes of 60,000 images. */
const maxFileBytes = 64_000_000;

/**
 * Reads the four IDX files of `folder`, packed with gzip or not. Without a folder they come from the network the
 * first time and from the cache afterwards.
 */
export async function loadMnist(
  variant: MnistVariant,
  folder?: string,
  options: RemoteOptions = {},
): Promise<DataSplits> {
  const names = folder === undefined ? undefined : await list(folder);
  const read = async (file: MnistFile): Promise<NamedBytes> => {
    if (folder === undefined || names === undefined) return fetchFile(variant, file, options);
    const path = join(folder, pick(folder, names, file));
    return { path, bytes: await readFile(path, maxFileBytes) };
  };
  // One after the other: a failure leaves no download behind that still runs.
  const trainImages = await read("train-images-idx3-ubyte");
  const trainLabels = await read("train-labels-idx1-ubyte");
  const testImages = await read("t10k-images-idx3-ubyte");
  const testLabels = await read("t10k-labels-idx1-ubyte");
  return {
    train: await assemble(variant, `${variant} train`, trainImages, trainLabels),
    test: await assemble(variant, `${variant} test`, testImages, testLabels),
  };
}

interface NamedBytes {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === "ENOENT") throw new UsageError(`${folder}: no such folder`);
    if (code === "ENOTDIR")
      throw new UsageError(`${folder}: is a file, expected a folder with the four IDX files`);
    throw new ConvnetsError(`${folder}: cannot be listed (${code})`);
  });
}

/** The spelling of `file` that the folder has. */
function pick(folder: string, names: readonly string[], file: MnistFile): string {
  const dotted = file.replace("-idx", ".idx");
  const found = [file, dotted, `${file}.gz`, `${dotted}.gz`].find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new UsageError(
    `${folder}: has no ${file} or ${file}.gz, expected the four IDX files of the data set`,
  );
}

async function fetchFile(
  variant: MnistVariant,
  file: MnistFile,
  options: RemoteOptions,
): Promise<NamedBytes> {
  const folder = join(options.cache ?? cacheFolder(), variant);
  const name = `${file}.gz`;
  const { mirrors, sha256 } = variants[variant];
  const remote = { name, mirrors: options.mirrors ?? mirrors, sha256: sha256[file], limit: maxFileBytes };
  return { path: join(folder, name), bytes: await download(remote, folder, options) };
}

async function assemble(
  variant: MnistVariant,
  name: string,
  imageFile: NamedBytes,
  labelFile: NamedBytes,
): Promise<Dataset> {
  const images = await unpack(imageFile);
  const labels = await unpack(labelFile);
  const [count = 0, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== 28 || width !== 28 || count === 0)
    throw new FormatError(
      `${imageFile.path}: array [${images.shape.join(",")}], expected images [count,28,28]`,
    );
  if (labels.shape.length !== 1 || labels.data.length !== count)
    throw new FormatError(
      `${labelFile.path}: array [${labels.shape.join(",")}], expected [${count}] labels, one an image of ${imageFile.path}`,
    );
  const { classes, normalization } = variants[variant];
  const wrong = labels.data.findIndex((label) => label >= classes.length);
  if (wrong >= 0)
    throw new FormatError(
      `${labelFile.path}: label ${labels.data[wrong]} of image ${wrong}, expected 0 to ${classes.length - 1}`,
    );
  return { name, images: images.data, labels: labels.data, shape: [1, 28, 28], classes, normalization };
}

async function unpack({ path, bytes }: NamedBytes): Promise<ReturnType<typeof parseIdx>> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, maxFileBytes, path) : bytes, path);
}
