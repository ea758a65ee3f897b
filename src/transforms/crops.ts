import { UsageError } from "../ir/errors.ts";
import { type Box, crop, type PaddingMode } from "./crop.ts";
import type { Image } from "./image.ts";
import { boolean, choice, type Fill, fill, type Padding, padding, type Size, size } from "./kinds.ts";
import type { Random } from "./random.ts";
import type { TransformDefinition } from "./transform.ts";

const modes: readonly PaddingMode[] = ["constant", "edge", "reflect", "symmetric"];

export interface CenterCropOptions {
  readonly size: Size;
}

export const centerCrop: TransformDefinition<CenterCropOptions> = {
  about: "Keeps the middle of the picture; black surrounds one that is smaller than that",
  parameters: { size: { kind: size, about: "the sides of what is kept" } },
  create: (options) => ({ apply: (image) => crop(image, centre(image, sides(options.size))) }),
};

/** The box of `[height, width]` in the middle. An odd pixel is split as torchvision does. */
export function centre(image: Image, [height, width]: readonly [number, number]): Box {
  return { top: middle(image.height, height), left: middle(image.width, width), height, width };
}

function middle(given: number, wanted: number): number {
  if (wanted > given) return -Math.floor((wanted - given) / 2);
  const half = (given - wanted) / 2;
  // Python rounds halves to the even number.
  return half % 1 === 0.5 ? 2 * Math.round(half / 2) : half;
}

export interface PadOptions {
  readonly padding: Padding;
  readonly fill?: Fill;
  readonly paddingMode?: PaddingMode;
}

export const pad: TransformDefinition<PadOptions> = {
  about: "Surrounds the picture with pixels",
  parameters: {
    padding: { kind: padding, about: "how many pixels on each side" },
    fill: { kind: fill, default: 0, about: "their value, where `paddingMode` is constant" },
    paddingMode: { kind: choice(modes), default: "constant", about: "what they are" },
  },
  create: (options) => ({
    apply: (image) => crop(image, around(image, options.padding), options.fill, options.paddingMode),
  }),
};

export interface RandomCropOptions extends Partial<PadOptions> {
  readonly size: Size;
  readonly padIfNeeded?: boolean;
}

export const randomCrop: TransformDefinition<RandomCropOptions> = {
  about: "Keeps a part of the picture, after padding it, that lies anywhere",
  parameters: {
    size: { kind: size, about: "the sides of what is kept" },
    padding: { kind: padding, default: 0, about: "how many pixels surround the picture before" },
    padIfNeeded: {
      kind: boolean,
      default: false,
      about: "pad a picture smaller than `size` further, on both sides, instead of refusing it",
    },
    fill: { kind: fill, default: 0, about: "the value of these pixels, where `paddingMode` is constant" },
    paddingMode: { kind: choice(modes), default: "constant", about: "what these pixels are" },
  },
  create: ({ size, padding, padIfNeeded, fill, paddingMode }) => {
    const wanted = sides(size);
    return {
      apply(image, random) {
        const space = around(image, padding);
        const box = drawCrop(random, padIfNeeded ? atLeast(space, wanted) : space, wanted);
        return crop(image, box, fill, paddingMode);
      },
    };
  },
};

/** A box of `[height, width]` anywhere in `space`. */
export function drawCrop(random: Random, space: Box, [height, width]: readonly [number, number]): Box {
  if (height > space.height || width > space.width)
    throw new UsageError(
      `randomCrop: ${height}x${width} of a picture that has ${space.height}x${space.width} with its padding; a smaller \`size\`, or \`padIfNeeded\``,
    );
  const top = space.top + random.below(space.height - height + 1);
  const left = space.left + random.below(space.width - width + 1);
  return { top, left, height, width };
}

/** The picture with its padding. */
function around({ height, width }: Image, padding: Padding): Box {
  const [left, top, right, bottom] = borders(padding);
  return { top: -top, left: -left, height: height + top + bottom, width: width + left + right };
}

function borders(padding: Padding): readonly [left: number, top: number, right: number, bottom: number] {
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (padding.length === 4) return padding;
  const [x, y] = padding;
  return [x, y, x, y];
}

/** Grown on both sides by what is missing, as torchvision does: twice as much as needed. */
function atLeast({ top, left, height, width }: Box, wanted: readonly [number, number]): Box {
  const rows = Math.max(0, wanted[0] - height);
  const columns = Math.max(0, wanted[1] - width);
  return { top: top - rows, left: left - columns, height: height + 2 * rows, width: width + 2 * columns };
}

export function sides(size: Size): readonly [height: number, width: number] {
  return typeof size === "number" ? [size, size] : size;
}
