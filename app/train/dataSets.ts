import { type Dataset, subset } from "convnets";

/** The first `count` pictures; all of them for 0. */
export function first(dataset: Dataset, count: number): Dataset {
  if (count === 0 || count >= dataset.labels.length) return dataset;
  return subset(
    dataset,
    Array.from({ length: count }, (_, index) => index),
  );
}

/** Grey pictures with so many channels that are alike, for a network that knows colours; others as they are. */
export function withChannels(dataset: Dataset, channels: number): Dataset {
  const [own, height, width] = dataset.shape;
  if (own !== 1 || channels === 1) return dataset;
  const area = height * width;
  const images = new Uint8Array(dataset.images.length * channels);
  for (let start = 0; start < dataset.images.length; start += area)
    for (let channel = 0; channel < channels; channel++)
      images.set(dataset.images.subarray(start, start + area), start * channels + channel * area);
  return { ...dataset, images, shape: [channels, height, width] };
}
