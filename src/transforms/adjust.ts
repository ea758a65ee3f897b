import { blank, type Image, planeOf } from "./image.ts";
import { inAllChannels, luma } from "./luma.ts";

// Pillow's ImageEnhance: 1 leaves the picture as it is, 0 is all of what it is blended with, above 1 it is exaggerated.

/** Black at 0. */
export function adjustBrightness(image: Image, factor: number): Image {
  return blend(blank(image.channels, image.height, image.width), image, factor);
}

/** The mean grey at 0. */
export function adjustContrast(image: Image, factor: number): Image {
  const brightness = luma(image);
  const mean = Math.floor(brightness.reduce((sum, pixel) => sum + pixel, 0) / brightness.length + 0.5);
  return blend(
    inAllChannels(new Uint8Array(brightness.length).fill(mean), image.channels, image),
    image,
    factor,
  );
}

/** Grey at 0. */
export function adjustSaturation(image: Image, factor: number): Image {
  return blend(inAllChannels(luma(image), image.channels, image), image, factor);
}

/** Smooth at 0. */
export function adjustSharpness(image: Image, factor: number): Image {
  return blend(smooth(image), image, factor);
}

/** The line from `from` at 0 through `to` at 1, in Pillow's single precision, cut off to whole numbers. */
function blend(from: Image, to: Image, factor: number): Image {
  if (factor === 1) return to;
  const share = Math.fround(factor);
  const data = to.data.map((pixel, i) => {
    const start = from.data[i] ?? 0;
    const value = Math.fround(start + Math.fround(share * (pixel - start)));
    return Math.max(0, Math.min(value, 255));
  });
  return { ...to, data };
}

/** Every pixel that has all neighbours: five parts of itself and one of each of them. */
function smooth(image: Image): Image {
  const { channels, height, width } = image;
  const result = { ...image, data: image.data.slice() };
  for (let channel = 0; channel < channels; channel++) {
    const source = planeOf(image, channel);
    const target = planeOf(result, channel);
    for (let row = 1; row < height - 1; row++)
      for (let column = 1; column < width - 1; column++) {
        const i = row * width + column;
        let sum = 4 * (source[i] ?? 0);
        for (let y = i - width; y <= i + width; y += width)
          sum += (source[y - 1] ?? 0) + (source[y] ?? 0) + (source[y + 1] ?? 0);
        target[i] = Math.floor(sum / 13 + 0.5);
      }
  }
  return result;
}
