import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { pages } from "../../app/shell/pages.ts";
import { arrived, desktop, phone, withApplication } from "./application.ts";
import { expectUsable, overflow } from "./check.ts";

withApplication((open) => {
  const views = [
    { name: "desktop", view: desktop },
    { name: "phone", view: phone },
  ];

  describe.each(pages)("$title", ({ path, title }) => {
    test.each(views)("fits a $name, where it scrolls only up and down", async ({ view }) => {
      const page = await open({ path: `#/${path}`, view });
      await arrived(page);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await page.getByRole("heading", { level: 1 }).allTextContents()).toEqual([title]);
      expect(await page.title()).toBe(`${title} · convnets`);
      const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
      expect(await links.allTextContents()).toEqual(pages.map((one) => one.title));
      const current = page.getByRole("link", { name: title, exact: true });
      expect(await current.getAttribute("aria-current")).toBe("page");
    });

    test("has nothing serious for axe, on a desktop and on a phone, light and dark", async () => {
      const page = await open({ path: `#/${path}` });
      await arrived(page);
      await expectUsable(page);
    });

    test("is dark where the system is", async () => {
      const page = await open({ path: `#/${path}` });
      await arrived(page);
      expect(await brightness(page)).toEqual({ paper: "light", ink: "dark" });
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await brightness(page)).toEqual({ paper: "dark", ink: "light" });
    });
  });

  test("colours that the reader chose stay, whatever the system says", async () => {
    const page = await open();
    await page.getByLabel("Colours").selectOption("Dark");
    expect(await brightness(page)).toEqual({ paper: "dark", ink: "light" });
    await page.reload();
    await arrived(page);
    expect(await brightness(page)).toEqual({ paper: "dark", ink: "light" });
  });

  test("going back returns to the page before, and its title", async () => {
    const page = await open({ path: "#/train" });
    await arrived(page);
    await page.getByRole("link", { name: "Convolution", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Train" }).waitFor();
    expect(await page.title()).toBe("Train · convnets");
  });

  test.each([
    "#/architectures/%E0%A4%A",
    "#/architectures/<img src=x onerror=alert(1)>?with=__proto__",
    "#/architectures/constructor?with=toString&view=%00",
    "#/train?rate=NaN&epochs=-1&batch=1e99&network=__proto__",
    "#/convolution?kernel=99&stride=0&padding=-3&dilation=Infinity",
    "#/classify?network=nobody",
    "#/nowhere/at/all?%",
    "#//",
    `#/architectures/${"x".repeat(100_000)}`,
  ])("a page lives with the address %s", async (path) => {
    const page = await open({ path });
    await arrived(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByText("This page stopped").count()).toBe(0);
    expect(await page.locator("main img[src=x]").count()).toBe(0);
    expect(await page.locator("main").textContent()).not.toMatch(/NaN|undefined|\[object/);
  });
});

type Brightness = "light" | "dark" | "between";

/** Of the page's ground and letters. */
async function brightness(page: Page): Promise<{ readonly paper: Brightness; readonly ink: Brightness }> {
  const [paper = "", ink = ""] = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color];
  });
  return { paper: level(paper), ink: level(ink) };
}

/** Of a colour such as `rgb(20, 22, 25)`. */
function level(colour: string): Brightness {
  const channels = [...colour.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
  if (channels.every((channel) => channel > 200)) return "light";
  return channels.every((channel) => channel < 60) ? "dark" : "between";
}
