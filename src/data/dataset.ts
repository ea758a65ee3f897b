import { UsageError } from "../ir/errors.ts";

/** What training subtracts and divides by, a number a channel, in units of images scaled to 0..1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Labelled images of one size, in memory. */
export interface Dataset {
  readonly name: string;
  /** `[count, c, h, w]` */
  readonly images: Uint8Array;
  /** A class index an image. */
  readonly labels: Uint8Array;
  readonly shape: readonly [c: number, h: number, w: number];
  readonly classes: readonly string[];
  readonly normalization: Normalization;
}

export interface DataSplits {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** How many images there are. */
export function count(dataset: Dataset): number {
  return dataset.labels.length;
}

/** How many bytes one image takes. */
export function imageSize({ shape: [c, h, w] }: Dataset): number {
  return c * h * w;
}

/** A copy of the images at `indices`, in that order. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const total = count(dataset);
  const stride = imageSize(dataset);
  const images = new Uint8Array(indices.length * stride);
  const labels = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const index = checkIndex(indices[i], total, "subset");
    images.set(dataset.images.subarray(index * stride, (index + 1) * stride), i * stride);
    labels[i] = dataset.labels[index] ?? 0;
  }
  return { ...dataset, images, labels };
}

/** `index` if it is the place of one of `total` images. */
export function checkIndex(index: number | undefined, total: number, caller: string): number {
  if (index === undefined || !Number.isInteger(index) || index < 0 || index >= total)
    throw new UsageError(`${caller}: index ${index}, expected 0 to ${total - 1}: there are ${total} images`);
  return index;
}
