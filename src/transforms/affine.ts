import { blank, type Image, perChannel, planeOf } from "./image.ts";
import type { Fill } from "./kinds.ts";

/** From a place of the result to that of the picture: x' = a x + b y + c, y' = d x + e y + f. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Moves every row to the left by `slope` of its distance from the top. */
export function shearX(image: Image, slope: number, fill: Fill = 0): Image {
  return affine(image, [1, slope, 0, 0, 1, 0], fill);
}

/** Moves every column up by `slope` of its distance from the left. */
export function shearY(image: Image, slope: number, fill: Fill = 0): Image {
  return affine(image, [1, 0, 0, slope, 1, 0], fill);
}

/** Moves the picture to the right by whole pixels. */
export function translateX(image: Image, pixels: number, fill: Fill = 0): Image {
  return affine(image, [1, 0, -Math.trunc(pixels), 0, 1, 0], fill);
}

/** Moves the picture down by whole pixels. */
export function translateY(image: Image, pixels: number, fill: Fill = 0): Image {
  return affine(image, [1, 0, 0, 0, 1, -Math.trunc(pixels)], fill);
}

/** Turns the picture about its middle, counter-clockwise. */
export function rotate(image: Image, degrees: number, fill: Fill = 0): Image {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
  const [x, y] = [image.width / 2, image.height / 2];
  return affine(image, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y], fill);
}

/** To Pillow's 15 digits, which make quarter turns exact. */
function rounded(x: number): number {
  return Math.round(x * 1e15) / 1e15;
}

/** The nearest pixels, in Pillow's fixed-point numbers with 16 fractional bits; `fill` where there are none. */
function affine(image: Image, [a, b, c, d, e, f]: Matrix, fill: Fill): Image {
  const { channels, height, width } = image;
  const values = perChannel(fill, channels, "`fill`");
  const result = blank(channels, height, width);
  for (let channel = 0; channel < channels; channel++)
    if (values[channel] !== 0) planeOf(result, channel).fill(values[channel] ?? 0);
  const size = height * width;
  // The middles of pixels.
  let [startX, startY] = [fixed(c + a / 2 + b / 2), fixed(f + d / 2 + e / 2)];
  const [alongX, alongY, downX, downY] = [fixed(a), fixed(d), fixed(b), fixed(e)];
  for (let row = 0; row < height; row++) {
    let [x, y] = [startX, startY];
    for (let column = 0; column < width; column++) {
      const fromColumn = x >> 16;
      const fromRow = y >> 16;
      if (fromColumn >= 0 && fromColumn < width && fromRow >= 0 && fromRow < height)
        for (let plane = 0; plane < channels * size; plane += size)
          result.data[plane + row * width + column] = image.data[plane + fromRow * width + fromColumn] ?? 0;
      x += alongX;
      y += alongY;
    }
    startX += downX;
    startY += downY;
  }
  return result;
}

function fixed(x: number): number {
  return Math.floor(x * 65536 + 0.5);
}
