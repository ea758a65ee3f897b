import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convnets } from "../cli/cli.ts";
import { smallRun } from "../report/fixtures.ts";
import { launch, withChromium } from "./chromium.ts";

const hostile =
  '<img src="http://example.com/x" onerror="document.title=\'owned\'"><script>alert(1)</script>';

withChromium(() => {
  let browser: Browser;
  let run: string;

  beforeAll(async () => {
    run = await smallRun();
    const config = join(run, "config.json");
    const found = JSON.parse(readFileSync(config, "utf8"));
    const classes = [hostile, ...found.classes.slice(1)];
    writeFileSync(
      config,
      JSON.stringify({ ...found, classes, training: { ...found.training, note: hostile } }),
    );
    const { code, err } = await convnets("report", run, "--engine", "wasm", "--threads", "1");
    expect([code, err]).toEqual([0, ""]);
    await convnets("compare", run, run, "--html", join(run, "compare.html"));
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

  /** A page with what it complained of and what it asked for, itself aside. */
  async function open(name: string, width = 1120) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const url = pathToFileURL(join(run, name)).href;
    await page.goto(url);
    return { page, complaints, asked: requests.filter((each) => each !== url && !each.startsWith("data:")) };
  }

  const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();

  describe("a run's report", () => {
    test("opens without a complaint, and asks for nothing but itself", async () => {
      const { complaints, asked } = await open("report.html");
      expect([complaints, asked]).toEqual([[], []]);
      expect(readFileSync(join(run, "report.html"), "utf8")).not.toMatch(/(?:src|href)="(?!data:)/);
    });

    test("shows curves, confusion, classes, errors, filters, layers and configuration", async () => {
      const { page } = await open("report.html");
      expect(await texts(page, "h2")).toEqual([
        ...["Training", "Confusion matrix", "Classes", "Most confident errors"],
        ...["First layer", "Layers", "Configuration"],
      ]);
      expect(await texts(page, ".plots figcaption")).toEqual([
        ...["Loss", "Accuracy", "Learning rate", "Pictures a second"],
      ]);
      expect(await page.locator(".matrix tbody td").count()).toBe(100);
      expect(await page.locator(".errors img").count()).toBe(24);
      const shown = await page
        .locator("img")
        .evaluateAll((images) =>
          images.map(
            (image) => image instanceof HTMLImageElement && image.naturalWidth > 0 && image.alt !== "",
          ),
        );
      expect(shown.every(Boolean)).toBe(true);
      expect(await page.locator("table:not(:has(caption)), svg:not([aria-label])").count()).toBe(0);
      expect(await texts(page, "th[scope=row]")).toEqual(expect.arrayContaining(["conv1", "momentum"]));
    });

    test("shows what files say as text, whatever it is", async () => {
      const { page } = await open("report.html");
      expect(await texts(page, ".matrix tbody th")).toContain(hostile);
      expect(await texts(page, "td")).toContain(hostile);
      expect(await page.locator("script, img[onerror]").count()).toBe(0);
      expect(await page.title()).toBe("lenet: lenet5 on digits");
    });

    test.each(["report.html", "compare.html"])("%s is no wider than a telephone", async (name) => {
      const { page } = await open(name, 360);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    });
  });

  test("runs compared: opens without a complaint and has a curve a run", async () => {
    const { page, complaints, asked } = await open("compare.html");
    expect([complaints, asked]).toEqual([[], []]);
    expect(await page.locator("svg").first().locator("g").count()).toBe(2);
  });
});
