import type { Pixels } from "../pictures/asImage.ts";

/** Draws pixels on a canvas, which takes their size. */
export function drawPixels(canvas: HTMLCanvasElement, { data, height, width }: Pixels): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d")?.putImageData(imageData(data, width, height), 0, 0);
}

/** Pixels as a canvas of their own, to be scaled. */
export function sheetOf({ data, height, width }: Pixels): OffscreenCanvas {
  const sheet = new OffscreenCanvas(width, height);
  sheet.getContext("2d")?.putImageData(imageData(data, width, height), 0, 0);
  return sheet;
}

function imageData(data: Uint8ClampedArray, width: number, height: number): ImageData {
  // Bytes that others share can't be drawn; none here are.
  return new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
}

/** Gives the reader a file. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
