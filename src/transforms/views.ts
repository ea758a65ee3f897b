import { UsageError } from "../ir/errors.ts";
import { crop } from "./crop.ts";
import { centre, sides } from "./crops.ts";
import { flipHorizontally } from "./flip.ts";
import type { Image } from "./image.ts";
import type { Size } from "./kinds.ts";

/** Test-time augmentation: pictures of one picture, as many of each and all of one size, whose answers are averaged. */
export type Views = (image: Image) => readonly Image[];

/** The picture and its mirror image. */
export function flipped(image: Image): readonly Image[] {
  return [image, flipHorizontally(image)];
}

/** The four corners and the middle. Throws `UsageError` for a smaller picture. */
export function fiveCrop(size: Size): Views {
  const [height, width] = sides(size);
  return (image) => {
    const [bottom, right] = [image.height - height, image.width - width];
    if (bottom < 0 || right < 0)
      throw new UsageError(
        `fiveCrop: crops of ${height}x${width} of a picture of ${image.height}x${image.width}, expected one no smaller`,
      );
    const corners = [
      [0, 0],
      [0, right],
      [bottom, 0],
      [bottom, right],
    ] as const;
    return [
      ...corners.map(([top, left]) => crop(image, { top, left, height, width })),
      crop(image, centre(image, [height, width])),
    ];
  };
}

/** The four corners and the middle, and those of the mirror image (Krizhevsky, Sutskever and Hinton 2012). */
export function tenCrop(size: Size): Views {
  const five = fiveCrop(size);
  return (image) => [...five(image), ...five(flipHorizontally(image))];
}
