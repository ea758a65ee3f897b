import { UsageError } from "../ir/errors.ts";
import { checkIndex, count, type Dataset, imageSize } from "./dataset.ts";

export interface BatchOptions {
  /** Images a batch. */
  readonly size: number;
  /** Which images, in which order: all from the first to the last where absent. */
  readonly order?: Uint32Array;
  /** Leave out a last batch that is not full. */
  readonly dropLast?: boolean;
  /** Batches to leave out at the front: where a resumed training goes on. */
  readonly start?: number;
}

/**
 * `size` images and labels, of which the first `count` are real and the others repeat them; of a folder where none of a
 * batch can be read, `count` is 0 and the others are of another batch.
 */
export interface Batch {
  /** `[size, c, h, w]` */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  readonly count: number;
  /** f32 `[size, classes]`, what the network is to answer, where that is no single class: pictures were mixed. */
  readonly targets?: Float32Array;
}

/**
 * Goes through a data set batch by batch. Every step yields **the same object with the same arrays**, refilled: what
 * is to outlive a step has to be copied. A last batch that is not full is filled up by repeating its own images, so
 * that a program compiled for `size` can run it.
 */
export function batches(dataset: Dataset, options: BatchOptions): Generator<Batch, void, void> {
  const { size, order, dropLast = false, start = 0 } = options;
  const total = count(dataset);
  const stride = imageSize(dataset);
  if (!Number.isInteger(size) || size < 1)
    throw new UsageError(`batches: \`size\` is ${size}, expected a whole number of 1 or more`);
  if (!Number.isInteger(start) || start < 0)
    throw new UsageError(`batches: \`start\` is ${start}, expected a whole number of 0 or more`);
  if (dataset.images.length !== total * stride)
    throw new UsageError(
      `batches: ${dataset.name} has ${dataset.images.length} bytes of images, its ${total} labels and shape [${dataset.shape.join(",")}] take ${total * stride}`,
    );
  order?.forEach((index) => {
    checkIndex(index, total, "batches");
  });
  return fill(dataset, size, order ?? total, dropLast, start * size);
}

/** `order` is the images to take, or how many to take from the front. */
function* fill(
  dataset: Dataset,
  size: number,
  order: Uint32Array | number,
  dropLast: boolean,
  first: number,
): Generator<Batch, void, void> {
  const stride = imageSize(dataset);
  const length = typeof order === "number" ? order : order.length;
  const batch = { images: new Uint8Array(size * stride), labels: new Int32Array(size), count: 0 };
  for (let start = first; start < length; start += size) {
    batch.count = Math.min(size, length - start);
    if (dropLast && batch.count < size) return;
    for (let slot = 0; slot < size; slot++) {
      const place = start + (slot % batch.count);
      const index = typeof order === "number" ? place : (order[place] ?? 0);
      batch.images.set(dataset.images.subarray(index * stride, (index + 1) * stride), slot * stride);
      batch.labels[slot] = dataset.labels[index] ?? 0;
    }
    yield batch;
  }
}
