import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";
import { type DroppedFile, drop } from "./files.ts";

const { test: digits } = await loadDigits();

withApplication((open) => {
  test("a zip with a folder a class is learned, and its classes are told apart", async () => {
    const page = await open({ path: "#/train?data=pictures&epochs=10" });
    await drop(page.getByText(/^Drop a folder or a zip/), await zipOf({ nought: 0, one: 1 }, 30));
    await page.getByText("30 pictures").nth(1).waitFor();
    await expectUsable(page);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const said = page.getByText(/held-out pictures right$/);
    await expect.poll(() => share(said.textContent()), { timeout: 30_000 }).toBeGreaterThan(90);
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await page.getByRole("link", { name: "Classify with it" }).click();
    await page.getByText("Tells 2 classes apart.").waitFor();
    // The pictures are there at the next visit.
    await page.goto(`${page.url().split("#")[0]}#/train?data=pictures`);
    await page.reload();
    await page.getByText("30 pictures").nth(1).waitFor();
  });

  test("classes are drawn by hand", async () => {
    const page = await open({ path: "#/train?data=pictures" });
    await page.getByRole("button", { name: /^Draw/ }).first().click();

    for (let picture = 0; picture < 2; picture++) {
      const { x, y, width, height } = await sheetOf(page);
      await page.mouse.move(x + width / 2, y + 0.2 * height);
      await page.mouse.down();
      await page.mouse.move(x + width / 2, y + 0.8 * height, { steps: 5 });
      await page.mouse.up();
      await page.getByRole("button", { name: "Add the drawing" }).click();
    }
    await page.getByText("2 pictures").waitFor();
    await expectUsable(page);
  });
});

async function sheetOf(page: Page) {
  await page.getByRole("application").scrollIntoViewIfNeeded();
  const box = await page.getByRole("application").boundingBox();
  if (box === null) throw new Error("there is no sheet to draw on");
  return box;
}

async function share(text: Promise<string | null>): Promise<number> {
  return Number(/^[\d.]+/.exec((await text) ?? "")?.[0]);
}

/** Folders with the first digits of a kind each, as PNG files. */
async function zipOf(kinds: Readonly<Record<string, number>>, count: number): Promise<DroppedFile> {
  const files: Record<string, Uint8Array> = { "read me.txt": Buffer.from("no picture") };
  for (const [name, label] of Object.entries(kinds)) {
    const places = [...digits.labels.keys()].filter((index) => digits.labels[index] === label);
    for (const index of places.slice(0, count)) {
      const pixels = digits.images.subarray(index * 784, (index + 1) * 784);
      const raw = { width: 28, height: 28, channels: 1 } as const;
      files[`${name}/${index}.png`] = await sharp(pixels, { raw }).png().toBuffer();
    }
  }
  return { name: "digits.zip", type: "application/zip", bytes: zipSync(files) };
}
