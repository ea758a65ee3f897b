// LeNet-5, trained for a few epochs by the command line into a temporary folder, and its report.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { picture } from "./tab.js";

export async function shootReport(browser, root) {
  const folder = mkdtempSync(join(tmpdir(), "convnets-screenshots-"));
  const run = join(folder, "lenet5");
  const cli = (...args) =>
    execFileSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], { stdio: "inherit" });
  try {
    cli("train", "lenet5", "--recipe", "lenet5", "--out", run);
    cli("report", run);
    const tab = await browser.newPage({ viewport: { width: 1120, height: 1250 }, colorScheme: "light" });
    await tab.goto(pathToFileURL(join(run, "report.html")).href);
    await (await picture(tab)).toFile(join(root, "docs", "pictures", "report.png"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
