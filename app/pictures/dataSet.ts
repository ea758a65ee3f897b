import type { Dataset, Image, Normalization } from "convnets";
import type { Form } from "./asImage.ts";

/** An image of a class, by its place in the list of them. */
export interface LabelledImage {
  readonly image: Image;
  readonly label: number;
}

/** Images of one form as a data set of the library. */
export function datasetOf(
  name: string,
  images: readonly LabelledImage[],
  { channels, height, width }: Form,
  classes: readonly string[],
  normalization: Normalization,
): Dataset {
  const stride = channels * height * width;
  const data = new Uint8Array(images.length * stride);
  images.forEach(({ image }, index) => {
    data.set(image.data, index * stride);
  });
  return {
    ...{ name, images: data, classes, normalization, shape: [channels, height, width] },
    labels: Uint8Array.from(images, ({ label }) => label),
  };
}

/** Mean and standard deviation of each channel, of pixels scaled to 0..1. */
export function normalizationOf(images: readonly Image[]): Normalization {
  const [first] = images;
  const channels = first?.channels ?? 1;
  const moments = Array.from({ length: channels }, (_, channel) => {
    let [count, sum, squares] = [0, 0, 0];
    for (const { data, height, width } of images)
      for (const value of data.subarray(channel * height * width, (channel + 1) * height * width)) {
        count += 1;
        sum += value;
        squares += value * value;
      }
    const mean = count === 0 ? 0 : sum / count;
    return { mean, variance: count === 0 ? 0 : squares / count - mean * mean };
  });
  return {
    mean: moments.map(({ mean }) => mean / 255),
    // Pictures of one colour would divide by nothing.
    std: moments.map(({ variance }) => Math.max(1, Math.sqrt(Math.max(0, variance))) / 255),
  };
}
