import { type Classifier, createTransforms, type Image, type Normalization, Random } from "convnets";
import { asImage, type Pixels } from "../pictures/asImage.ts";

/** Digits come in MNIST's size, whatever the network then does with them. */
const digitSide = 28;

/** A picture as the network reads it, in bytes: placed at its input size. */
export function imageFor(picture: Pixels, model: Classifier, digits: boolean): Image {
  const [channels, height, width] = model.input;
  if (!digits) return asImage(picture, { channels, height, width });
  const digit = asImage(picture, { channels, height: digitSide, width: digitSide }, { digits });
  const centred = model.placement === "centre" && digitSide <= height && digitSide <= width;
  const size = [height, width] as const;
  const placing = centred ? { name: "centerCrop" as const, size } : { name: "resize" as const, size };
  return createTransforms([placing]).apply(digit, new Random(0, 0, 0));
}

/** Pixels of 0 to 255 as the network reads them, f32 `[c, h, w]`. */
export function normalized({ data, height, width }: Image, { mean, std }: Normalization): Float32Array {
  const area = height * width;
  return Float32Array.from(data, (value, at) => {
    const channel = Math.floor(at / area);
    return (value / 255 - (mean[channel] ?? mean[0] ?? 0)) / (std[channel] ?? std[0] ?? 1);
  });
}
