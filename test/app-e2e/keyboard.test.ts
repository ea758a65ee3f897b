import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pages } from "../../app/shell/pages.ts";
import { arrived, withApplication } from "./application.ts";

withApplication((open) => {
  test.each(pages)(
    "$title: the tab key reaches every control, and each shows that it has the focus",
    async ({ path }) => {
      const page = await open({ path: `#/${path}` });
      await arrived(page);
      expect(await walk(page)).toEqual({ missed: [], unmarked: [] });
      expect(await unfocusable(page)).toEqual([]);
    },
  );

  test("the first control skips to the page, and Enter follows a link", async () => {
    const page = await open({ path: "#/convolution" });
    await arrived(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.getByRole("link", { name: "Train", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Train" }).waitFor();
  });
});

/** Goes through a page by the tab key, and tells which of its controls that did not reach or left without a mark. */
async function walk(
  page: Page,
): Promise<{ readonly missed: readonly string[]; readonly unmarked: readonly string[] }> {
  const controls = await page.evaluateHandle(() =>
    [
      ...document.querySelectorAll<Element>(
        ":is(a[href], button, input, select, textarea, summary, [tabindex='0']):not(:disabled)",
      ),
    ].filter((element) => element.checkVisibility({ visibilityProperty: true })),
  );
  const count = await controls.evaluate((all) => all.length);
  const reached = new Set<number>();
  const unmarked = new Set<string>();
  for (let presses = 0; presses < count + 10; presses++) {
    await page.keyboard.press("Tab");
    const { index, name, marked } = await controls.evaluate((all) => {
      const focused = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return {
        index: all.indexOf(focused),
        name: focused.outerHTML.slice(0, 160),
        marked: outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0,
      };
    });
    if (index < 0) continue;
    reached.add(index);
    if (!marked) unmarked.add(name);
  }
  const missed = await controls.evaluate(
    (all, reached) => {
      const groups = new Set(
        reached.map((index) => all[index]).map((one) => (one instanceof HTMLInputElement ? one.name : "")),
      );
      return (
        all
          .filter((_, index) => !reached.includes(index))
          // One of a group of radio buttons stands for all: arrow keys go on from there.
          .filter((one) => !(one instanceof HTMLInputElement && one.type === "radio" && groups.has(one.name)))
          .map((one) => one.outerHTML.slice(0, 160))
      );
    },
    [...reached],
  );
  return { missed, unmarked: [...unmarked] };
}

/** What is called a control, but can never have the focus. */
function unfocusable(page: Page): Promise<readonly string[]> {
  const roles = ["button", "link", "checkbox", "radio", "slider", "tab", "application", "treeitem"];
  return page.evaluate(
    (selector) =>
      [...document.querySelectorAll<HTMLElement | SVGElement>(selector)]
        .filter((one) => one.tabIndex < 0 && !one.hasAttribute("tabindex"))
        .map((one) => one.outerHTML.slice(0, 160)),
    roles.map((role) => `[role=${role}]`).join(),
  );
}
