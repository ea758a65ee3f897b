import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pages } from "../../app/shell/pages.ts";
import { withApplication } from "./application.ts";

// Style sheets of pages stay when the reader goes on to another.
withApplication((open) => {
  test("who has been everywhere sees every page as who comes to it first", async () => {
    const first = new Map<string, string>();
    for (const { path } of pages) first.set(path, await look(await open({ path: `#/${path}` }), path));
    const page = await open();
    for (const { path } of pages) await look(page, path);
    for (const { path } of [...pages].reverse()) expect(await look(page, path), path).toBe(first.get(path));
  });
});

/** Goes to a page; gives how its controls look, once that stays so. */
async function look(page: Page, path: string): Promise<string> {
  await page.evaluate((path) => {
    location.hash = `#/${path}`;
  }, path);
  const controls = page.locator("main :is(button, input, select, a.button, h2, h3, table)");
  const styles = () =>
    controls.evaluateAll((all) =>
      all
        .map((one) => {
          const { position, display, opacity, padding, margin, font, border } = getComputedStyle(one);
          const name = one.textContent?.trim().slice(0, 30);
          return [name, position, display, opacity, padding, margin, font, border].join("; ");
        })
        .join("\n"),
    );
  let before = "";
  const settled = async () => {
    const now = await styles();
    const same = now !== "" && now === before;
    before = now;
    return same;
  };
  await expect.poll(settled, { interval: 300, timeout: 10_000 }).toBe(true);
  return before;
}
