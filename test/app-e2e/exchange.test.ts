import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { withApplication } from "./application.ts";
import { expectUsable } from "./check.ts";
import { type DroppedFile, drop, sharedFile } from "./files.ts";
import { runOnnx } from "./onnxruntime.ts";

const { test: digits } = await loadDigits();

withApplication((open) => {
  test("a network trained here goes out as ONNX, and ONNX Runtime knows the digits by it", async () => {
    const page = await open({ path: "#/train?epochs=2" });
    await train(page);
    const plain = await download(page, "Download ONNX");
    expect(plain.name).toMatch(/\.onnx$/);
    const scaled = (index: number) => pixelsOf(index).map((pixel) => (pixel / 255 - 0.1307) / 0.3081);
    expect(share(plain, scaled)).toBeGreaterThan(0.9);

    await page.getByLabel("normalise pixels inside").check();
    await page.getByLabel("end with a softmax").check();
    const whole = await download(page, "Download ONNX");
    expect(share(whole, pixelsOf)).toBe(share(plain, scaled));
    const probabilities = runOnnx(whole.bytes, [1, 1, 28, 28], pixelsOf(0));
    expect(probabilities.reduce((sum, one) => sum + one)).toBeCloseTo(1, 5);
    await expectUsable(page);
  });

  test("what goes out as .pth, .safetensors and ONNX comes in again, and stays over a reload", async () => {
    const page = await open({ path: "#/train?epochs=1&pictures=640" });
    await train(page);
    const files = [
      await download(page, "Download weights (.safetensors)"),
      await download(page, "Download weights (.pth)"),
      await download(page, "Download ONNX"),
    ];
    for (const file of files) await importNetwork(page, file);
    const kept = page.getByRole("region", { name: "Networks kept here" }).getByRole("listitem");
    await expect.poll(() => kept.count()).toBe(3);
    expect(await kept.allTextContents()).toEqual([
      expect.stringMatching(/ONNX · 10 classes/),
      expect.stringMatching(/lenet5 · 10 classes/),
      expect.stringMatching(/lenet5 · 10 classes/),
    ]);
    await page.reload();
    await expect.poll(() => kept.count()).toBe(3);
    await kept
      .first()
      .getByRole("button", { name: /^Delete/ })
      .click();
    await kept
      .first()
      .getByRole("button", { name: /for good$/ })
      .click();
    await expect.poll(() => kept.count()).toBe(2);
  });

  const published = sharedFile("weights", "lenet_mnist", "lenet.pth");
  test.skipIf(published === undefined)("a published .pth is known for what it is", async () => {
    const page = await open({ path: "#/train" });
    const bytes = published ?? new Uint8Array();
    await drop(importer(page), { name: "lenet.pth", type: "", bytes });
    await page.getByRole("heading", { name: "lenet.pth" }).waitFor();
    await expectUsable(page);
    await page.getByRole("button", { name: "Keep this network" }).click();
    await page.getByText(/lenet5 · 10 classes · 1?\d\d KB · .*lenet\.pth/).waitFor();
  });

  test.each([
    ["nothing.pth", new Uint8Array(), /empty/],
    ["text.safetensors", Buffer.from("once upon a time"), /text\.safetensors/],
    ["hostile.onnx", Buffer.alloc(5000, 0xff), /hostile\.onnx/],
    [
      "<img src=x onerror=alert(1)>.pth",
      Buffer.from("PK\x03\x04 broken"),
      /<img src=x onerror=alert\(1\)>\.pth/,
    ],
  ])("%s is refused by a message that names it, and the page goes on", async (name, bytes, message) => {
    const page = await open({ path: "#/train" });
    await drop(importer(page), { name, type: "", bytes });
    expect(await page.getByRole("alert").textContent()).toMatch(message);
    await page.getByRole("button", { name: "Import a network" }).waitFor();
  });
});

function importer(page: Page) {
  return page.getByText("or drop a file here");
}

async function importNetwork(page: Page, file: DroppedFile): Promise<void> {
  await drop(importer(page), file);
  await page.getByRole("button", { name: "Keep this network" }).click();
  await importer(page).waitFor();
}

async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
}

async function download(page: Page, button: string): Promise<DroppedFile> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), type: "", bytes: await readFile(await file.path()) };
}

/** Of the first test digits, how many ONNX Runtime takes for what they are. */
function share({ bytes }: DroppedFile, pixels: (index: number) => readonly number[]): number {
  const count = 100;
  const batch = Array.from({ length: count }, (_, index) => pixels(index)).flat();
  const scores = runOnnx(bytes, [count, 1, 28, 28], batch);
  const right = Array.from({ length: count }, (_, index) => {
    const own = scores.slice(index * 10, (index + 1) * 10);
    return own.indexOf(Math.max(...own)) === digits.labels[index];
  });
  return right.filter(Boolean).length / count;
}

function pixelsOf(index: number): readonly number[] {
  return [...digits.images.subarray(index * 784, (index + 1) * 784)];
}
