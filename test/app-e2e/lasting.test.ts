import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { withApplication } from "./application.ts";

/** What TypeScript does not know of pages that are isolated from other origins. */
interface MeasuredPerformance extends Performance {
  measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
}

withApplication((open) => {
  test("ten trainings one after another leave one worker, and no memory behind", async () => {
    const page = await open({ path: "#/train?epochs=1&pictures=256" });
    const sizes: number[] = [];
    for (let run = 0; run < 10; run++) {
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.getByRole("row", { name: new RegExp(`lenet5 ${run + 1} Done`) }).waitFor();
      sizes.push(await memory(page));
    }
    expect(page.workers().length).toBeLessThanOrEqual(1);
    const [, , warm = 0] = sizes;
    // Each run's curves stay, to be compared.
    expect((sizes.at(-1) ?? 0) - warm).toBeLessThan(3_000_000);
  });

  test("going from page to page again and again leaves no workers behind", async () => {
    const page = await open({ path: "#/architectures" });
    const tour = async () => {
      for (const name of ["Convolution", "Train", "Classify", "Architectures"]) {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
      }
      await page.getByRole("heading", { name: /^googlenet/ }).waitFor();
    };
    await tour();
    const before = page.workers().length;
    for (let turn = 0; turn < 4; turn++) await tour();
    await expect.poll(() => page.workers().length).toBeLessThanOrEqual(before);
  });
});

/** In bytes, workers included. */
function memory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // It is there on isolated pages.
    const measured = await (performance as MeasuredPerformance).measureUserAgentSpecificMemory();
    return measured.bytes;
  });
}
