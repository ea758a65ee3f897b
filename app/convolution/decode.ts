import type { Bytes } from "./drawn.ts";

/** Reads a picture as the browser does, and makes it so small that its longer side has `side` pixels. */
export async function decode(file: Blob, side: number): Promise<Bytes> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    const name = file instanceof File ? file.name : "what was pasted";
    throw new Error(`The browser reads no picture in ${name}. PNG, JPEG, WebP, GIF and AVIF work.`);
  }
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) throw new Error("This browser gives the page no canvas to draw on.");
  context.imageSmoothingQuality = "high";
  // What is transparent is white, as on paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data: pixels } = context.getImageData(0, 0, width, height);
  const size = width * height;
  const data = Uint8Array.from(
    { length: 3 * size },
    (_, at) => pixels[4 * (at % size) + Math.floor(at / size)] ?? 0,
  );
  return { channels: 3, height, width, data };
}
