import type { Box } from "./crop.ts";
import { type Image, perChannel, planeOf } from "./image.ts";
import { choice, either, type Fill, fill, number, type Range, range } from "./kinds.ts";
import type { Random } from "./random.ts";
import type { TransformDefinition } from "./transform.ts";

export interface RandomErasingOptions {
  readonly p?: number;
  readonly scale?: Range;
  readonly ratio?: Range;
  readonly value?: Fill | "mean" | "random";
}

export const randomErasing: TransformDefinition<RandomErasingOptions> = {
  about: "Covers a part of the picture of random area and proportions (Zhong et al. 2017)",
  parameters: {
    p: { kind: number(0, 1), default: 0.5, about: "how likely" },
    scale: { kind: range(0, 1), default: [0.02, 0.33], about: "the part of the picture's area" },
    ratio: { kind: range(1e-3, 1e3), default: [0.3, 3.3], about: "height by width" },
    value: {
      kind: either(fill, choice<"mean" | "random">(["mean", "random"])),
      default: "mean",
      about:
        "pixels: those that normalisation makes 0, which is torchvision's 0, or normally distributed after it, or a value from 0 to 255",
    },
  },
  create: ({ p, scale, ratio, value }, { mean, std }) => ({
    apply(image, random) {
      const box = random.chance(p) ? drawErasure(random, image, scale, ratio) : undefined;
      if (!box) return image;
      const centres = perChannel(mean, image.channels, "the `mean` of `normalize`").map((m) => 255 * m);
      if (typeof value !== "string") {
        const pixels = perChannel(value, image.channels, "`value`");
        return erase(image, box, (channel) => pixels[channel] ?? 0);
      }
      const spread = perChannel(value === "mean" ? 0 : std, image.channels, "the `std` of `normalize`");
      return erase(image, box, (channel) => {
        const deviation = spread[channel] ?? 0;
        return (centres[channel] ?? 0) + (deviation === 0 ? 0 : 255 * deviation * random.normal());
      });
    },
  }),
};

/** `image` with `pixel(channel)`, rounded to a byte, everywhere in `box`. */
export function erase(image: Image, box: Box, pixel: (channel: number) => number): Image {
  const result = { ...image, data: image.data.slice() };
  for (let channel = 0; channel < image.channels; channel++) {
    const plane = planeOf(result, channel);
    for (let row = box.top; row < box.top + box.height; row++)
      for (let column = box.left; column < box.left + box.width; column++)
        plane[row * image.width + column] = Math.max(0, Math.min(Math.round(pixel(channel)), 255));
  }
  return result;
}

/** A box inside the picture, smaller on both sides; undefined after ten that are not. */
export function drawErasure(
  random: Random,
  { height, width }: Pick<Image, "height" | "width">,
  scale: Range,
  ratio: Range,
): Box | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * random.between(...scale);
    const proportions = Math.exp(random.between(Math.log(ratio[0]), Math.log(ratio[1])));
    const h = Math.round(Math.sqrt(area * proportions));
    const w = Math.round(Math.sqrt(area / proportions));
    if (h >= height || w >= width) continue;
    return { top: random.below(height - h + 1), left: random.below(width - w + 1), height: h, width: w };
  }
  return undefined;
}
