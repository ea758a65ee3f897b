import { createTransforms, type Image, Random, type TransformSpec } from "convnets";
import { centredDigit } from "./digit.ts";

/** What of an `ImageData` counts: red, green, blue and opacity, pixel after pixel. */
export type Pixels = Pick<ImageData, "data" | "width" | "height">;

/** What a network reads. */
export interface Form {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface AsImageOptions {
  /** The network knows white digits on black, as MNIST's: the picture is brought to that form first. */
  readonly digits?: boolean;
}

/**
 * A picture as a network reads it, before it is normalised: u8 `[channels, height, width]`. It is scaled until it covers
 * the form and cut to it about its middle, as folders of pictures are for training; or made a digit of MNIST's form.
 */
export function asImage(
  picture: Pixels,
  { channels, height, width }: Form,
  { digits = false }: AsImageOptions = {},
): Image {
  const colours = opaque(picture);
  const whole = channels === 3 && !digits ? colours : transform(colours, { name: "grayscale" });
  const placed = digits ? centredDigit(whole, height, width) : covering(whole, height, width);
  if (placed.channels === channels) return placed;
  const data = new Uint8Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) data.set(placed.data, channel * height * width);
  return { data, channels, height, width };
}

/** An image of one or three channels as pixels to draw. */
export function asPixels({ data, channels, height, width }: Image): Pixels {
  const area = height * width;
  const pixels = new Uint8ClampedArray(4 * area);
  for (let at = 0; at < area; at++) {
    for (let colour = 0; colour < 3; colour++)
      pixels[4 * at + colour] = data[Math.min(colour, channels - 1) * area + at] ?? 0;
    pixels[4 * at + 3] = 255;
  }
  return { data: pixels, height, width };
}

/** Transforms that draw no random numbers, so that it does not matter which they would be. */
export function transform(image: Image, ...specs: readonly TransformSpec[]): Image {
  return createTransforms(specs).apply(image, new Random(0, 0, 0));
}

/** Red, green and blue, channel behind channel, over white where the picture lets it through. */
function opaque({ data, height, width }: Pixels): Image {
  const area = height * width;
  const planes = new Uint8Array(3 * area);
  for (let at = 0; at < area; at++) {
    const opacity = (data[4 * at + 3] ?? 255) / 255;
    for (let colour = 0; colour < 3; colour++)
      planes[colour * area + at] = Math.round(255 + opacity * ((data[4 * at + colour] ?? 0) - 255));
  }
  return { data: planes, channels: 3, height, width };
}

function covering(image: Image, height: number, width: number): Image {
  const scale = Math.max(height / image.height, width / image.width);
  const size = [
    Math.max(height, Math.round(image.height * scale)),
    Math.max(width, Math.round(image.width * scale)),
  ] as const;
  return transform(image, { name: "resize", size }, { name: "centerCrop", size: [height, width] });
}
