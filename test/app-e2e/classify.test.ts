import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { desktop, phone, withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";
import { digitPng, drop, photograph, sharedFile } from "./files.ts";

withApplication((open) => {
  test("a 7 drawn with the mouse is a 7, and every layer and Grad-CAM show why", async () => {
    const page = await open({ path: "#/classify" });
    await trainFirst(page);
    await drawSeven(page);
    await expect.poll(() => verdict(page)).toMatch(/^7\b/);
    const why = page.getByRole("region", { name: "Why" });
    await why.getByRole("img", { name: "Grad-CAM for 7, over what the network reads" }).waitFor();
    for (const method of await why.getByLabel("Explained by").getByRole("option").allTextContents()) {
      await why.getByLabel("Explained by").selectOption(method);
      await why.getByRole("img", { name: `${method} for 7, over what the network reads` }).waitFor();
    }
    const layers = page.getByRole("region", { name: "Layers" });
    expect(await layers.getByRole("listitem").count()).toBeGreaterThan(4);
    await page.getByRole("region", { name: "Answer" }).getByRole("button", { name: /^1\b/ }).click();
    await why.getByRole("img", { name: / for 1, over/ }).waitFor();
    await expectUsable(page);
    await page.getByRole("button", { name: "Clear" }).click();
    await expect.poll(() => verdict(page)).toBe("Nothing shown yet");
    // It is kept: the next visit needs no training.
    await page.reload();
    await drawSeven(page);
    await expect.poll(() => verdict(page)).toMatch(/^7\b/);
  });

  test("a digit is drawn by keyboard alone", async () => {
    const page = await open({ path: "#/classify" });
    await trainFirst(page);
    await sheet(page).focus();
    const press = async (key: string, times: number) => {
      for (let time = 0; time < times; time++) await page.keyboard.press(key);
    };
    await press("ArrowUp", 6);
    await press(" ", 1);
    await press("ArrowDown", 12);
    await expect.poll(() => verdict(page)).toMatch(/^1\b/);
  });

  test("a PNG that is dropped is read: small, and as large as a photograph", async () => {
    const page = await open({ path: "#/classify", view: phone });
    await trainFirst(page);
    await page.getByRole("button", { name: "Picture" }).click();
    const here = page.getByText("Drop a picture here, or paste one");
    await drop(here, await digitPng(3));
    await expect.poll(() => verdict(page)).toMatch(/^3\b/);
    await drop(here, await digitPng(4, 100));
    await expect.poll(() => verdict(page), { timeout: 10_000 }).toMatch(/^4\b/);
    await drop(here, { name: "broken.png", type: "image/png", bytes: Buffer.from("\x89PNG but no more") });
    expect(await page.getByRole("alert").textContent()).toMatch(/broken\.png/);
    await drop(here, await photograph());
    await page.getByRole("img", { name: "The picture photograph.jpg" }).waitFor();
    await expectUsable(page);
  });

  test("test digits are told for what they are", async () => {
    const page = await open({ path: "#/classify", view: desktop, dark: true });
    await trainFirst(page);
    await page.getByRole("button", { name: "Test digits" }).click();
    for (const name of ["0", "1", "4", "7"]) {
      await page.getByRole("button", { name: `A ${name}`, exact: true }).click();
      await expect.poll(() => verdict(page)).toMatch(new RegExp(`^${name}, `));
    }
    await expectUsable(page);
  });

  test("the camera is asked for, seen by the network, and told where it is not allowed", async () => {
    const page = await open({ path: "#/classify" });
    await trainFirst(page);
    await page.getByRole("button", { name: "Camera" }).click();
    await page.getByRole("button", { name: "Use the camera" }).click();
    expect(await page.getByRole("alert").textContent()).toMatch(/was not allowed/);
    await page.context().grantPermissions(["camera"]);
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.getByRole("button", { name: "Live" }).click();
    await expect.poll(() => verdict(page)).toMatch(/^\d, /);
    await expectUsable(page);
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("button", { name: "Use the camera" }).waitFor();
  });

  const published = sharedFile("weights", "lenet_mnist", "lenet.pth");
  test.skipIf(published === undefined)("a published .pth is imported, and knows a digit", async () => {
    const page = await open({ path: "#/classify" });
    await page.getByRole("button", { name: "Import …" }).click();
    const bytes = published ?? new Uint8Array();
    await drop(page.getByText("or drop a file here"), { name: "lenet.pth", type: "", bytes });
    await page.getByRole("button", { name: "Keep this network" }).click();
    await page.getByText("Reads 28 × 28 pixels, grey.").waitFor();
    await page.getByRole("button", { name: "Test digits" }).click();
    for (const name of ["2", "7"]) {
      await page.getByRole("button", { name: `A ${name}`, exact: true }).click();
      await expect.poll(() => verdict(page)).toMatch(new RegExp(`^${name}, `));
    }
  });
});

async function trainFirst(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train LeNet-5 on 9,000 digits now" }).click();
  await page.getByText("Reads 28 × 28 pixels, grey.").waitFor();
}

function sheet(page: Page): Locator {
  return page.getByRole("application", { name: /^Drawing/ });
}

/** Two strokes of a mouse. */
async function drawSeven(page: Page): Promise<void> {
  await sheet(page).scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await sheet(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(x + 0.28 * width, y + 0.24 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.7 * width, y + 0.24 * height, { steps: 10 });
  await page.mouse.move(x + 0.44 * width, y + 0.78 * height, { steps: 15 });
  await page.mouse.up();
}

async function verdict(page: Page): Promise<string> {
  const text = await page.getByRole("region", { name: "Answer" }).getByRole("status").textContent();
  return text ?? "";
}
