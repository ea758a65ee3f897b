import type { Image } from "./image.ts";
import { choice, either, none, type Size, side, size } from "./kinds.ts";
import { type Interpolation, resample } from "./resample.ts";
import type { TransformDefinition } from "./transform.ts";

export const interpolations: readonly Interpolation[] = ["nearest", "bilinear", "bicubic"];

export interface ResizeOptions {
  readonly size: Size;
  readonly interpolation?: Interpolation;
  readonly maxSize?: number | null;
}

export const resize: TransformDefinition<ResizeOptions> = {
  about: "Resamples the picture at another size, with antialiasing where it shrinks",
  parameters: {
    size: {
      kind: size,
      about: "one number: the shorter side, the longer one keeps the proportions; or both sides",
    },
    interpolation: { kind: choice(interpolations), default: "bilinear", about: "the filter" },
    maxSize: {
      kind: either(side, none),
      default: null,
      about: "the longer side is not to be longer, where `size` is one number",
    },
  },
  conflict: ({ size, maxSize }) => {
    if (maxSize === null) return undefined;
    if (typeof size !== "number") return "`maxSize` is for a `size` of one number";
    return maxSize > size
      ? undefined
      : `\`maxSize\` is ${maxSize}, expected more than the \`size\` of ${size}`;
  },
  create: ({ size, interpolation, maxSize }) => ({
    apply(image) {
      const [height, width] = resizedSides(image, size, maxSize);
      return resample(image, height, width, interpolation);
    },
  }),
};

/** The sides that `resize` makes of an image's, rounded down as torchvision does. */
export function resizedSides(
  { height, width }: Pick<Image, "height" | "width">,
  size: Size,
  maxSize: number | null = null,
): readonly [height: number, width: number] {
  if (typeof size !== "number") return size;
  const [shorter, longer] = height < width ? [height, width] : [width, height];
  let short = size;
  let long = Math.trunc((size * longer) / shorter);
  if (maxSize !== null && long > maxSize) [short, long] = [Math.trunc((maxSize * short) / long), maxSize];
  // A picture that is thousands of times as long as high keeps a pixel.
  short = Math.max(1, short);
  return width <= height ? [long, short] : [short, long];
}
