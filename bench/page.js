/**
 * A contestant in a page of its own, cross-origin isolated, in a headless Chromium of its own: `page.js PROGRAM ARGS...`
 * runs a program of `contestants/` there and speaks the protocol for it. The browser is `$CHROMIUM` or a usual one.
 */

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { args, leave, orders, say } from "./host.js";
import { serve } from "./serve.js";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const FLAGS = [
  "--no-sandbox", // root can't have one
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-features=OptimizationHints,Translate",
  "--no-proxy-server",
];

function fail(reason) {
  process.stderr.write(`${/^\w*Error/.test(reason) ? "" : "Error: "}${reason}\n`);
  process.exit(1);
}

const [program, ...rest] = args;
const executablePath = process.env.CHROMIUM ?? BROWSERS.find(existsSync);
if (!executablePath) fail("no Chromium is installed: apt-get install chromium, or name one in $CHROMIUM");
const origin = await serve();
const browser = await chromium.launch({ executablePath, args: FLAGS }).catch((error) => fail(error.message));
const page = await browser.newPage();
page.on("pageerror", (error) => fail(error.stack ?? error.message));
page.on("crash", () => fail("the page crashed"));
page.on("console", (message) => {
  if (message.type() === "error") process.stderr.write(`${message.text()}\n`);
});
await page.exposeFunction("toOrchestrator", say);
const query = new URLSearchParams([["program", program], ...rest.map((arg) => ["arg", arg])]);
await page.goto(`${origin}/bench/page.html?${query}`);
await page.waitForFunction(() => globalThis.fromOrchestrator);
for await (const order of orders()) {
  await page.evaluate((message) => globalThis.fromOrchestrator(message), order);
}
await browser.close();
leave();
