import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from "./adjust.ts";
import { rotate, shearX, shearY, translateX, translateY } from "./affine.ts";
import type { Image } from "./image.ts";
import type { Fill } from "./kinds.ts";
import type { Random } from "./random.ts";
import { autoContrast, equalize, posterize, solarize } from "./tables.ts";

/** What random augmentation does to a picture, by torchvision's names, beginning small. */
export type OperationName =
  | ("identity" | "shearX" | "shearY" | "translateX" | "translateY" | "rotate" | "brightness" | "color")
  | ("contrast" | "sharpness" | "posterize" | "solarize" | "autoContrast" | "equalize");

type Operation = (image: Image, magnitude: number, fill: Fill) => Image;

export const operations: { readonly [N in OperationName]: Operation } = {
  identity: (image) => image,
  shearX,
  shearY,
  translateX,
  translateY,
  rotate,
  brightness: (image, change) => adjustBrightness(image, 1 + change),
  color: (image, change) => adjustSaturation(image, 1 + change),
  contrast: (image, change) => adjustContrast(image, 1 + change),
  sharpness: (image, change) => adjustSharpness(image, 1 + change),
  posterize,
  solarize,
  autoContrast,
  equalize,
};

/** How strong an operation is at each of `bins` levels. */
export interface Magnitudes {
  readonly at: (level: number, bins: number, image: Pick<Image, "height" | "width">) => number;
  /** Half the time the other way. */
  readonly signed: boolean;
}

/** The strengths of every operation. */
export type Space = { readonly [N in OperationName]: Magnitudes };

// The names of an object, which the type of `Object.keys` forgets.
const names = Object.keys(operations) as OperationName[];

/** One of the operations, each as likely, at a level of `bins`; which way is drawn. */
export function applyAny(
  image: Image,
  random: Random,
  space: Space,
  { level, bins, fill }: { readonly level: number; readonly bins: number; readonly fill: Fill },
): Image {
  const name = names[random.below(names.length)] ?? "identity";
  const { at, signed } = space[name];
  const magnitude = at(level, bins, image);
  return operations[name](image, signed && random.chance(0.5) ? -magnitude : magnitude, fill);
}

/** What all spaces have: `shear` to `change` are the strengths at the last level, `bits` those that are lost then. */
export function spaceOf(most: {
  readonly shear: number;
  readonly translateX: (image: Pick<Image, "width">) => number;
  readonly translateY: (image: Pick<Image, "height">) => number;
  readonly degrees: number;
  readonly change: number;
  readonly bits: number;
}): Space {
  const upTo = (end: number): Magnitudes => ({
    at: (level, bins) => linear(0, end, level, bins),
    signed: true,
  });
  const none: Magnitudes = { at: () => 0, signed: false };
  return {
    identity: none,
    shearX: upTo(most.shear),
    shearY: upTo(most.shear),
    translateX: { at: (level, bins, image) => linear(0, most.translateX(image), level, bins), signed: true },
    translateY: { at: (level, bins, image) => linear(0, most.translateY(image), level, bins), signed: true },
    rotate: upTo(most.degrees),
    brightness: upTo(most.change),
    color: upTo(most.change),
    contrast: upTo(most.change),
    sharpness: upTo(most.change),
    posterize: { at: (level, bins) => 8 - halfToEven(level / ((bins - 1) / most.bits)), signed: false },
    solarize: { at: (level, bins) => linear(255, 0, level, bins), signed: false },
    autoContrast: none,
    equalize: none,
  };
}

/** Number `level` of `bins` evenly from `start` to `end`: torch.linspace, in its single precision. */
function linear(start: number, end: number, level: number, bins: number): number {
  const [first, last] = [Math.fround(start), Math.fround(end)];
  const step = Math.fround(Math.fround(last - first) / (bins - 1));
  return level < bins / 2
    ? Math.fround(first + Math.fround(step * level))
    : Math.fround(last - Math.fround(step * (bins - 1 - level)));
}

function halfToEven(x: number): number {
  return x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}
