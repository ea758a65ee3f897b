// A tab of a headless Chromium, and pictures of it.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import sharp from "sharp";

/** Calls `work` with a browser that is closed afterwards. */
export async function withBrowser(work) {
  const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox"] });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** What the tab shows, or `clip` of it, in few colours: pages need no more. */
export async function picture(tab, clip) {
  const shot = await tab.screenshot({ animations: "disabled", ...(clip && { clip }) });
  return sharp(shot).png({ palette: true, colours: 128, effort: 10 });
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
