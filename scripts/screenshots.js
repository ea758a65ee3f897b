// Draws the screenshots of the docs: `npm run build` first, then `node scripts/screenshots.js [app | report]`. Needs
// Chromium on the path or in CONVNETS_CHROMIUM.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { shootApp } from "./screenshots/app.js";
import { shootReport } from "./screenshots/report.js";
import { withBrowser } from "./screenshots/tab.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const all = { app: shootApp, report: shootReport };

await withBrowser(async (browser) => {
  for (const [name, shoot] of Object.entries(all))
    if (process.argv.length < 3 || process.argv.includes(name)) await shoot(browser, root);
});
