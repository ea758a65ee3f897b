import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { pages } from "../../app/shell/pages.ts";
import { launch, PageServer, withChromium } from "../browser/chromium.ts";
import { arrived, root } from "./application.ts";

// The built application on a host that sends files and no headers, which goes away.

withChromium(() => {
  let browser: Browser;
  let folder = "";
  let server: PageServer;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "convnets-offline-"));
    cpSync(join(root, "dist", "app"), folder, { recursive: true });
    // In a folder of the host, as on GitHub's pages.
    server = await PageServer.start({ "/some/folder/": folder }, false);
    page = await (await browser.newContext()).newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await visit("");
    await kept();
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
    rmSync(folder, { recursive: true });
    expect(complaints.splice(0)).toEqual([]);
  });

  const visit = (path: string) => page.goto(`${server.url}some/folder/${path}`);

  /** Waits until this build is put aside and answers for the page. */
  const kept = () =>
    page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller === null)
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
        );
    });

  test("has threads from the second visit on, on a host that sends no headers", async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.reload();
    expect(await page.evaluate(() => [crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([
      true,
      "function",
    ]);
  });

  test("works without its server: every page, and every file of the build", async () => {
    await server.stop();
    for (const { path, title } of pages) {
      await page.goto("about:blank");
      await visit(`#/${path}`);
      await arrived(page);
      expect(await page.title()).toBe(`${title} · convnets`);
    }
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.gz$|^serviceWorker\.js$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
    const lost = await page.evaluate(async (paths) => {
      const answers = await Promise.all(
        paths.map(async (path) => [path, (await fetch(path).catch(() => undefined))?.ok] as const),
      );
      return answers.filter(([, ok]) => !ok).map(([path]) => path);
    }, files);
    expect(lost).toEqual([]);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    // Digits, workers, the engine and its threads.
    await page.goto("about:blank");
    await visit("#/train");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByText(/\d % of [\d,]+ held-out digits right/).waitFor();
  });

  test("a new build is there at the next visit; a page of the old one still finds its parts", async () => {
    const [old = "", changed = ""] = newBuild(folder);
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const changed = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
      );
      await registration.update();
      await changed;
    });
    // The server has it no more.
    expect(await page.evaluate(async (path) => (await fetch(path)).ok, old)).toBe(true);
    await page.reload();
    const entry = () => page.locator("script[type=module]").first().getAttribute("src");
    expect(await entry()).toBe(`./${changed}`);
    await server.stop();
    await page.reload();
    expect(await entry()).toBe(`./${changed}`);
    await arrived(page);
  });

  test("another project's page at the same address is left alone", async () => {
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>Another</title>");
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.reload();
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
    expect(await page.title()).toBe("Another");
  });
});

/** Gives all scripts other names, as a build of changed sources does. Returns those of the first. */
function newBuild(folder: string): readonly [old: string, changed: string] {
  const html = join(folder, "index.html");
  const [, entry = ""] = /src="\.\/assets\/([^"]+)\.js"/.exec(readFileSync(html, "utf8")) ?? [];
  const scripts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"));
  const after = (text: string) =>
    scripts.reduce((all, name) => all.replaceAll(name, name.replace(/\.js$/, "_2.js")), text);
  for (const path of ["index.html", "serviceWorker.js", ...scripts.map((name) => join("assets", name))]) {
    const text = after(readFileSync(join(folder, path), "utf8"));
    rmSync(join(folder, path));
    writeFileSync(join(folder, after(path)), text.replace(/}[0-9a-f]{16}`/, "}0123456789abcdef`"));
  }
  return [`assets/${entry}.js`, `assets/${entry}_2.js`];
}
