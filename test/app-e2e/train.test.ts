import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { desktop, phone, withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";

withApplication((open) => {
  test.each([
    { name: "desktop", view: desktop },
    { name: "phone", view: phone },
  ])("LeNet-5 learns the digits to more than 90 % on a $name", async ({ view }) => {
    const page = await open({ path: "#/train?epochs=2", view });
    await button(page, "Train").click();
    await page.getByText(/^[\d.]+ % of 1,000 held-out digits right$/).waitFor();
    await button(page, "Train").waitFor({ timeout: 30_000 });
    const [, percent] = /([\d.]+) % of/.exec(await heldOut(page)) ?? [];
    expect(Number(percent)).toBeGreaterThan(90);
    await page.getByRole("img", { name: "6 filters of the first layer" }).waitFor();
    await page.getByRole("table", { name: /^Held-out pictures by what they are/ }).waitFor();
    await expectUsable(page);
  });

  describe("a training", () => {
    test("is paused, goes on by one step each, and to its end", async () => {
      const page = await open({ path: "#/train?epochs=1" });
      await button(page, "Step").click();
      await button(page, "Resume").waitFor();
      await expect.poll(() => steps(page)).toEqual([1, 140]);
      await button(page, "Step").click();
      await expect.poll(() => steps(page)).toEqual([2, 140]);
      await button(page, "Resume").click();
      await expect.poll(async () => (await steps(page))[0]).toBeGreaterThan(4);
      await button(page, "Pause").click();
      await button(page, "Resume").waitFor();
      const paused = await steps(page);
      await settled(page);
      expect(await steps(page)).toEqual(paused);
      await expectUsable(page);
      await button(page, "Resume").click();
      await expect.poll(() => heldOut(page), { timeout: 20_000 }).toMatch(/% of 1,000 held-out digits right/);
    });

    test("is stopped, and the run up to there is kept over a reload", async () => {
      const page = await open({ path: "#/train?epochs=100" });
      await button(page, "Train").click();
      await expect.poll(async () => (await steps(page))[0]).toBeGreaterThan(4);
      await button(page, "Stop").click();
      const row = page.getByRole("table", { name: /^Runs/ }).getByRole("row", { name: /Stopped/ });
      await row.waitFor();
      await page.reload();
      await row.waitFor();
    });

    test("goes on while other pages are looked at", async () => {
      const page = await open({ path: "#/train?epochs=100" });
      await button(page, "Train").click();
      await expect.poll(async () => (await steps(page))[0]).toBeGreaterThan(4);
      await page.getByRole("link", { name: "Convolution", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Convolution" }).waitFor();
      await page.getByRole("link", { name: "Train", exact: true }).click();
      const [before = 0] = await steps(page);
      await expect.poll(async () => (await steps(page))[0]).toBeGreaterThan(before);
    });

    test("that diverges says so, with the remedy", async () => {
      const page = await open({ path: "#/train?epochs=1&rate=10&schedule=constant" });
      await button(page, "Train").click();
      const said = page.getByRole("alert");
      await said.waitFor({ timeout: 20_000 });
      expect(await said.textContent()).toMatch(/diverged.*(rate|smaller|lower)/i);
      await expectUsable(page);
    });
  });

  test("two runs are compared: their curves, and the settings that differ", async () => {
    const page = await open({ path: "#/train?epochs=1&pictures=512" });
    await train(page);
    await page.getByLabel("Batch", { exact: true }).fill("32");
    await train(page);
    const rows = page.getByRole("table", { name: /^Runs/ }).getByRole("row");
    expect(await rows.count()).toBe(3);
    for (const box of await page.getByRole("checkbox", { name: /^Compare/ }).all()) await box.check();
    const differing = page.getByRole("table", { name: "Settings that differ" });
    expect(await differing.getByRole("row", { name: /^Batch/ }).allTextContents()).toEqual(["Batch3264"]);
    await page.getByRole("img", { name: /^Training loss of the chosen runs/ }).waitFor();
    await expectUsable(page);
  });

  test("settings that cannot be are refused beside the field, and the address has the others", async () => {
    const page = await open({ path: "#/train" });
    const epochs = page.getByLabel("Epochs", { exact: true });
    await epochs.fill("0");
    expect(await page.getByRole("alert").textContent()).toBe("Expected a whole number from 1 to 1,000.");
    await epochs.fill("3");
    await page.waitForURL(/epochs=3/);
    await page.reload();
    expect(await epochs.inputValue()).toBe("3");
  });
});

function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

/** Trains to the end. */
async function train(page: Page): Promise<void> {
  await button(page, "Train").click();
  await button(page, "Pause").waitFor();
  await button(page, "Train").waitFor({ timeout: 30_000 });
}

async function heldOut(page: Page): Promise<string> {
  return (await page.getByText(/held-out digits right$/).textContent()) ?? "";
}

/** Steps that are done, and all there are. */
async function steps(page: Page): Promise<readonly number[]> {
  const figure = page.locator("dl div").filter({ has: page.getByText("Step", { exact: true }) });
  const text = (await figure.getByRole("definition").textContent()) ?? "";
  return [...text.replaceAll(",", "").matchAll(/\d+/g)].map(Number);
}

/** Waits for as long as a dozen steps take. */
function settled(page: Page): Promise<void> {
  return page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
}
