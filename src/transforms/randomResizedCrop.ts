import { type Box, crop } from "./crop.ts";
import { sides } from "./crops.ts";
import type { Image } from "./image.ts";
import { choice, type Range, range, type Size, size } from "./kinds.ts";
import type { Random } from "./random.ts";
import { type Interpolation, resample } from "./resample.ts";
import { interpolations } from "./resize.ts";
import type { TransformDefinition } from "./transform.ts";

export interface RandomResizedCropOptions {
  readonly size: Size;
  readonly scale?: Range;
  readonly ratio?: Range;
  readonly interpolation?: Interpolation;
}

export const randomResizedCrop: TransformDefinition<RandomResizedCropOptions> = {
  about: "Keeps a part of the picture of random area and proportions (Szegedy et al. 2015), and resamples it",
  parameters: {
    size: { kind: size, about: "the sides of the result" },
    scale: { kind: range(1e-6, 1), default: [0.08, 1], about: "the part of the picture's area" },
    ratio: { kind: range(1e-3, 1e3), default: [3 / 4, 4 / 3], about: "width by height" },
    interpolation: { kind: choice(interpolations), default: "bilinear", about: "the filter" },
  },
  create: ({ size, scale, ratio, interpolation }) => {
    const [height, width] = sides(size);
    return {
      apply: (image, random) =>
        resample(crop(image, drawArea(random, image, scale, ratio)), height, width, interpolation),
    };
  },
};

/**
 * A box inside the picture whose part of its area is uniform in `scale` and the logarithm of whose width by height is
 * uniform in that of `ratio`; after ten that do not fit, the largest in the middle whose proportions are in `ratio`.
 */
export function drawArea(
  random: Random,
  { height, width }: Pick<Image, "height" | "width">,
  scale: Range,
  ratio: Range,
): Box {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * random.between(...scale);
    const proportions = Math.exp(random.between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = Math.round(Math.sqrt(area * proportions));
    const h = Math.round(Math.sqrt(area / proportions));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return { top: random.below(height - h + 1), left: random.below(width - w + 1), height: h, width: w };
  }
  return largest({ height, width }, ratio);
}

function largest({ height, width }: Pick<Image, "height" | "width">, [least, most]: Range): Box {
  const h = width / height < least ? Math.min(height, Math.max(1, Math.round(width / least))) : height;
  const w = width / height > most ? Math.min(width, Math.max(1, Math.round(height * most))) : width;
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w };
}
