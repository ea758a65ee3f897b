import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { root } from "./application.ts";

export interface DroppedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Drops files on an element, as from a file manager. */
export async function drop(target: Locator, ...files: readonly DroppedFile[]): Promise<void> {
  const written = files.map(({ name, type, bytes }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString("base64"),
  }));
  const dataTransfer = await target.page().evaluateHandle((written) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of written) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    return transfer;
  }, written);
  for (const event of ["dragenter", "dragover", "drop"]) await target.dispatchEvent(event, { dataTransfer });
}

/** The first test digit of a class, 28x28 pixels, white on black, as bytes. */
export async function digit(label: number): Promise<Uint8Array> {
  const { test } = await loadDigits();
  const index = test.labels.indexOf(label);
  return test.images.slice(index * 784, (index + 1) * 784);
}

/** As a PNG, enlarged `times`, black on white as on paper. */
export async function digitPng(label: number, times = 1): Promise<DroppedFile> {
  const bytes = await sharp(await digit(label), { raw: { width: 28, height: 28, channels: 1 } })
    .negate()
    .resize(28 * times, 28 * times, { kernel: "cubic" })
    .png()
    .toBuffer();
  return { name: `${label}.png`, type: "image/png", bytes };
}

const shared = process.env.CONVNETS_SHARED ?? join(root, "..", "shared");

/** A file that is no part of the repository, where it is there. */
export function sharedFile(...path: readonly string[]): Uint8Array | undefined {
  const file = join(shared, ...path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** As large as cameras make them, 12 megapixels, in colours. */
export async function photograph(): Promise<DroppedFile> {
  const [width, height] = [4000, 3000];
  const gradient = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>
    <radialGradient id="g"><stop offset="0" stop-color="gold"/><stop offset="1" stop-color="navy"/></radialGradient>
    </defs><rect width="100%" height="100%" fill="url(#g)"/></svg>`;
  const bytes = await sharp(Buffer.from(gradient)).jpeg().toBuffer();
  return { name: "photograph.jpg", type: "image/jpeg", bytes };
}
