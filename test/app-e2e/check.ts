import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, ContextObject, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { desktop, phone } from "./application.ts";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What the script of axe-core adds to a page. */
declare const axe: { run(context: ContextObject, options: RunOptions): Promise<AxeResults> };

/** What axe finds serious or critical in a page as it is, in words. `rules`: some of its rules alone. */
export async function faults(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // Not as a script tag, which a page may forbid.
  await page.evaluate(source);
  return await page.evaluate(async (rules) => {
    const options: RunOptions = { resultTypes: ["violations"], ...(rules && { runOnly: [...rules] }) };
    const { violations } = await axe.run({ exclude: [] }, options);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
      );
  }, rules);
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Nothing serious for axe, and nothing to scroll sideways: on a desk and on a phone, light and dark. */
export async function expectUsable(page: Page): Promise<void> {
  for (const { width, height } of [phone, desktop]) {
    await page.setViewportSize({ width, height });
    expect(await overflow(page), `scrolls sideways at ${width} pixels`).toBeLessThanOrEqual(0);
    expect(await faults(page), `${width} pixels`).toEqual([]);
    // Another colour changes nothing but contrasts.
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await faults(page, ["color-contrast"]), `dark, ${width} pixels`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  }
}
