import { blank, type Image } from "../../src/transforms/image.ts";

export type PictureKind = "noise" | "slope" | "dull";

/** The formulas of record.py: `noise` is anything, `slope` changes slowly, `dull` has no black and no white. */
export function picture(kind: PictureKind, channels: number, height: number, width: number): Image {
  const image = blank(channels, height, width);
  for (let i = 0; i < image.data.length; i++) {
    const c = Math.floor(i / (height * width));
    const y = Math.floor(i / width) % height;
    const x = i % width;
    const anything = ((i + 1) * 437) % 2003;
    image.data[i] = {
      noise: anything % 256,
      slope: (c * 70 + y * 9 + x * 5) % 256,
      dull: 60 + c * 20 + (anything % 100),
    }[kind];
  }
  return image;
}
