import { blank, type Image } from "./image.ts";
import { number } from "./kinds.ts";
import type { TransformDefinition } from "./transform.ts";

export interface RandomFlipOptions {
  readonly p?: number;
}

/** The mirror image: left is right. */
export function flipHorizontally(image: Image): Image {
  const { data, channels, height, width } = image;
  const result = blank(channels, height, width);
  for (let start = 0; start < data.length; start += width)
    for (let column = 0; column < width; column++)
      result.data[start + width - 1 - column] = data[start + column] ?? 0;
  return result;
}

/** Upside down. */
export function flipVertically(image: Image): Image {
  const { data, channels, height, width } = image;
  const result = blank(channels, height, width);
  for (let row = 0; row < channels * height; row++) {
    const place = row - (row % height) + height - 1 - (row % height);
    result.data.set(data.subarray(row * width, (row + 1) * width), place * width);
  }
  return result;
}

export const randomHorizontalFlip: TransformDefinition<RandomFlipOptions> = {
  about: "Swaps left and right",
  parameters: { p: { kind: number(0, 1), default: 0.5, about: "how likely" } },
  create: ({ p }) => ({
    apply: (image, random) => (random.chance(p) ? flipHorizontally(image) : image),
  }),
};

export const randomVerticalFlip: TransformDefinition<RandomFlipOptions> = {
  about: "Swaps top and bottom",
  parameters: { p: { kind: number(0, 1), default: 0.5, about: "how likely" } },
  create: ({ p }) => ({
    apply: (image, random) => (random.chance(p) ? flipVertically(image) : image),
  }),
};
