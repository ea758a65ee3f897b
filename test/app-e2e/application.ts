import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { appServer } from "../../src/cli/appServer.ts";
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
    let server: Server;
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      refuseStale();
      // As `convnets app` serves it, with what that forbids the page.
      server = appServer(join(root, "dist", "app")).listen(0, "localhost");
      await once(server, "listening");
      browser = await launch();
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      expect(complaints.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
      server?.closeAllConnections();
    });

    suite(async ({ path = "", view = desktop, dark = false, prepare } = {}) => {
      // A server that listens on a port has such an address.
      const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
      const context = await browser.newContext({
        viewport: { width: view.width, height: view.height },
        hasTouch: view.touch,
        isMobile: view.touch,
        colorScheme: dark ? "dark" : "light",
      });
      // What a page loads is looked at without what is put aside for later; `offline.test.ts` has that.
      await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "serviceWorker"));
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
