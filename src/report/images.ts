import sharp from "sharp";
import type { Picture } from "../explain/colours.ts";

/** A picture as a PNG file, made smaller where its longer side has more than `most` pixels. */
export function encodePicture({ width, height, rgb }: Picture, most: number): Promise<Uint8Array> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(most, most, { fit: "inside", withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** A picture enlarged by a whole factor to about `side`, its pixels square and sharp. */
export function enlarge({ width, height, rgb }: Picture, side: number): Promise<Uint8Array> {
  const factor = Math.max(1, Math.round(side / Math.max(width, height)));
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(width * factor, height * factor, { kernel: "nearest" })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** A drawing as a PNG file with two pixels a unit. */
export function encodeDrawing(svg: string): Promise<Uint8Array> {
  return sharp(new TextEncoder().encode(svg), { density: 144 }).png({ compressionLevel: 9 }).toBuffer();
}

export function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
