import { UsageError } from "../ir/errors.ts";
import type { Normalization } from "../nn/classifier.ts";
import type { Layer } from "../nn/module.ts";
import { affine } from "../ops/arithmetic.ts";

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

/**
 * What torchvision's `transform_input` does: x in the range of `imagenet` becomes x in that of `plusMinusOne`.
 * Throws `UsageError` for pictures that are not of three channels.
 */
export function transformation(model: string, channels: number): Layer {
  if (channels !== 3)
    throw new UsageError(`${model}: \`transformInput\` is for pictures of 3 channels, not ${channels}`);
  const { mean, std } = imagenet;
  const scale = std.map((deviation) => deviation / 0.5);
  const shift = mean.map((m) => (m - 0.5) / 0.5);
  return (x) => affine(x, { scale, shift });
}
