// Draws the pictures of docs/explain.md in docs/pictures: a LeNet-5 learns the digits and explains one of those it has
// not seen, and an Inception module is drawn. Needs dist/: `npm run build`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { layout, structure, svg } from "../dist/diagram/index.js";
import { createModel } from "../dist/index.js";
import { loadDigits } from "../dist/node.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pictures = join(root, "docs", "pictures");
const folder = mkdtempSync(join(tmpdir(), "convnets-explain-"));

/** A four among the digits held out. */
const digit = 700;

async function main() {
  const { test } = await loadDigits();
  const pixels = test.images.slice(784 * digit, 784 * (digit + 1));
  const file = join(folder, "digit.png");
  await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toFile(file);

  const run = join(folder, "run");
  convnets("train", "lenet5", "--data", "digits", "--epochs", "5", "--seed", "1", "--out", run);
  convnets("explain", run, file, "--out", folder);
  await sharp(join(folder, "sheet.png"))
    .png({ palette: true, compressionLevel: 9 })
    .toFile(join(pictures, "explain.png"));

  const module = structure(createModel("googlenet")).filter(({ path }) => path === "inception3a");
  writeFileSync(
    join(pictures, "inception.svg"),
    svg(layout(module), "the first Inception module of GoogLeNet"),
  );
}

function convnets(...args) {
  const { status } = spawnSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`convnets ${args.join(" ")} ended with ${status}`);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
