// Draws the screenshots of the docs: `npm run build` first, then `node scripts/screenshots.js`. It trains LeNet-5 for a
// few epochs into a temporary folder, and needs Chromium on the path or in CONVNETS_CHROMIUM.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "convnets-screenshots-"));
const run = join(folder, "lenet5");
const cli = (...args) =>
  execFileSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], { stdio: "inherit" });

try {
  cli("train", "lenet5", "--recipe", "lenet5", "--out", run);
  cli("report", run);
  await shoot(join(run, "report.html"), join(root, "docs", "pictures", "report.png"));
} finally {
  rmSync(folder, { recursive: true });
}

/** The upper part of a page, in few colours: charts need no more. */
async function shoot(page, file) {
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage({ viewport: { width: 1120, height: 1250 }, colorScheme: "light" });
    await tab.goto(pathToFileURL(page).href);
    await sharp(await tab.screenshot())
      .png({ palette: true, colours: 128 })
      .toFile(file);
  } finally {
    await browser.close();
  }
}

function executable() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const usual = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((path) => names.map((name) => join(path, name)));
  const found = process.env.CONVNETS_CHROMIUM ?? usual.find(existsSync);
  if (found === undefined) throw new Error("no Chromium; name one in CONVNETS_CHROMIUM");
  return found;
}
