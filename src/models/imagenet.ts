import type { Normalization } from "../nn/classifier.ts";

// The input ranges of networks that were published with weights for ImageNet.

/** The mean and the standard deviation of ImageNet's pixels: what torchvision's weights expect. */
export const imagenet: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** From -1 to 1: what weights of TensorFlow's descent expect. */
export const plusMinusOne: Normalization = { mean: [0.5], std: [0.5] };

/** Pixels as they come, 0 to 255, less ImageNet's mean colour, or its mean grey where there are not three channels. */
export function centredPixels(channels: number): Normalization {
  const { mean } = imagenet;
  return { mean: channels === 3 ? mean : [0.449], std: [1 / 255] };
}
