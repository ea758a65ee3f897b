import type { Box } from "./crop.ts";
import type { Random } from "./random.ts";

/**
 * Exchanges what lies inside `box` between every picture and its partner, in place (Yun et al. 2019,
 * https://arxiv.org/abs/1905.04899). `images` are `pictures` of `[channels, height, width]` one behind the other, paired
 * as `mixup` pairs them.
 */
export function cutmix(
  images: Uint8Array,
  pictures: number,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  box: Box,
): void {
  const stride = channels * height * width;
  for (let first = 0, last = pictures - 1; first < last; first++, last--)
    for (let channel = 0; channel < channels; channel++)
      for (let row = box.top; row < box.top + box.height; row++) {
        const start = (channel * height + row) * width + box.left;
        for (let i = start; i < start + box.width; i++) {
          const own = images[first * stride + i] ?? 0;
          images[first * stride + i] = images[last * stride + i] ?? 0;
          images[last * stride + i] = own;
        }
      }
}

/** A box of `part` of the picture's area and of its proportions, about any pixel, without what is beyond the border. */
export function drawCut(random: Random, height: number, width: number, part: number): Box {
  const side = Math.sqrt(part);
  const [left, right] = around(random.below(width), Math.trunc((side * width) / 2), width);
  const [top, bottom] = around(random.below(height), Math.trunc((side * height) / 2), height);
  return { top, left, height: bottom - top, width: right - left };
}

function around(middle: number, half: number, size: number): readonly [start: number, end: number] {
  return [Math.max(0, middle - half), Math.min(size, middle + half)];
}
