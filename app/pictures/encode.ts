/** Pictures of fewer pixels are kept without loss: digits and icons. */
const smallPixels = 128 * 128;

/** A picture as a small file, to be kept. Drawings are exact, photographs lose what nobody sees. */
export async function encode(picture: ImageData, exact = false): Promise<Blob> {
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  const lossless = exact || width * height <= smallPixels;
  return canvas.convertToBlob(lossless ? { type: "image/png" } : { type: "image/webp", quality: 0.92 });
}
