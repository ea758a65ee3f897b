import { dimensionsOf } from "./dimensions.ts";
import { bytesText, limits } from "./limits.ts";

/** Pictures are kept no larger than this on their shorter side: networks read fewer pixels. */
const shorterSide = 384;
const longerSide = 4 * shorterSide;
/** The size stands in front, but for what cameras write before it. */
const headBytes = 2 ** 18;

/**
 * The pixels of a picture's file, upright, over white and reduced to at most 384 on the shorter side. For workers.
 * Throws an `Error` that says why a file is no picture, or a too large one.
 */
export async function decode(file: Blob): Promise<ImageData> {
  if (file.size > limits.fileBytes)
    throw new Error(`has ${bytesText(file.size)}, expected at most ${bytesText(limits.fileBytes)}`);
  checkSides(dimensionsOf(new Uint8Array(await file.slice(0, headBytes).arrayBuffer())));
  const bitmap = await bitmapOf(file);
  try {
    checkSides(bitmap);
    const { width, height } = bitmap;
    const scale = Math.min(1, shorterSide / Math.min(width, height), longerSide / Math.max(width, height));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
    );
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("cannot be drawn: the browser has no canvas left");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  } finally {
    bitmap.close();
  }
}

async function bitmapOf(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Error("is damaged, or no picture that this browser reads");
  }
}

function checkSides(dimensions: { readonly width: number; readonly height: number } | undefined): void {
  if (!dimensions) return;
  const { width, height } = dimensions;
  if (width * height > limits.pixels || Math.max(width, height) > limits.side)
    throw new Error(
      `has ${width} x ${height} pixels, expected at most ${limits.pixels / 1e6} million, and ${limits.side} a side`,
    );
}
