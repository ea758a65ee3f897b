import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, withChromium } from "../browser/chromium.ts";

export const root: string = join(import.meta.dirname, "..", "..");

/** A screen and how the reader points at it. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly touch: boolean;
}

export const desktop: View = { width: 1280, height: 900, touch: false };
export const phone: View = { width: 390, height: 844, touch: true };

export interface Visit {
  /** Behind the server's root: `#/train`. Default: empty. */
  readonly path?: string;
  /** Default: `desktop`. */
  readonly view?: View;
  /** Default: false. */
  readonly dark?: boolean;
  /** For what has to be in place before the page is there. */
  readonly prepare?: (context: BrowserContext, page: Page) => Promise<void>;
}

/** A page of the application, in a profile of its own. */
export type Open = (visit?: Visit) => Promise<Page>;

/**
 * Tests of the built application in a browser. Each fails when a page of it throws, logs an error or a warning, or asks
 * for anything that is not beside it.
 */
export function withApplication(suite: (open: Open) => void): void {
  withChromium(() => {
    let server: PreviewServer;
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      refuseStale();
      const configFile = join(root, "app", "vite.config.ts");
      server = await preview({ configFile, preview: { port: 0 }, logLevel: "error" });
      browser = await launch();
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      expect(complaints.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    suite(async ({ path = "", view = desktop, dark = false, prepare } = {}) => {
      const url = server.resolvedUrls?.local[0] ?? "";
      const context = await browser.newContext({
        viewport: { width: view.width, height: view.height },
        hasTouch: view.touch,
        isMobile: view.touch,
        colorScheme: dark ? "dark" : "light",
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.stack ?? error.message}`));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()))
          complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url))
          complaints.push(`${page.url()} asks for ${request.url()}`);
      });
      await prepare?.(context, page);
      await page.goto(url + path);
      return page;
    });
  });
}

/** Waits for what the page itself loads, below its title. */
export async function arrived(page: Page): Promise<void> {
  await page.locator("main > :nth-child(2)").waitFor();
}

/** What is tested is what `npm test` and `npm run build` made of the sources, so it must be younger. */
function refuseStale(): void {
  const built = statSync(join(root, "dist", "app", "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const younger = ["app", "src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => {
      const source = statSync(join(root, folder, name));
      return source.isFile() && source.mtimeMs > built;
    }),
  );
  if (younger.length > 0)
    throw new Error(
      `dist/app is older than ${younger[0]} and ${younger.length - 1} other sources; run: npm run build`,
    );
}
