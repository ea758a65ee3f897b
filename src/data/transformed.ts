import { UsageError } from "../ir/errors.ts";
import type { TransformSpec } from "../transforms/definitions.ts";
import { blank, type Image } from "../transforms/image.ts";
import { createTransforms } from "../transforms/pipeline.ts";
import { Random } from "../transforms/random.ts";
import type { Transform } from "../transforms/transform.ts";
import type { Batch } from "./batches.ts";
import type { Pass, Pictures } from "./pictures.ts";

/** Pictures to transform, and what their random numbers follow from: their places in the data set, seed and epoch. */
export interface TransformWork extends Pick<Pass, "seed" | "epoch"> {
  readonly images: readonly Image[];
  readonly indices: readonly number[];
}

/**
 * The same pictures, each transformed when it is given, by `specs` and by random numbers that follow from the seed, the
 * epoch and its place. Pictures from `openData` are transformed on other threads, any others on this one.
 */
export function transformed(pictures: Pictures, specs: readonly TransformSpec[]): Pictures {
  if (pictures.transformed) return pictures.transformed(specs);
  const transform = createTransforms(specs);
  const shape = shapeAfter(transform, pictures.shape);
  return {
    ...pictures,
    shape,
    batches: async function* (pass) {
      let at = pass.start ?? 0;
      for await (const batch of pictures.batches(pass)) {
        const work = workOf(batch, pictures.shape, pass, at++);
        yield batchOf(transformAll(transform, work, shape), batch.labels, batch.count);
      }
    },
  };
}

/** The real pictures of batch `at` of a pass, as views. */
export function workOf(batch: Batch, shape: Pictures["shape"], pass: Pass, at: number): TransformWork {
  const [channels, height, width] = shape;
  const stride = channels * height * width;
  const places = Array.from({ length: batch.count }, (_, slot) => at * pass.size + slot);
  return {
    images: places.map((_, slot) => ({
      ...{ channels, height, width },
      data: batch.images.subarray(slot * stride, (slot + 1) * stride),
    })),
    indices: places.map((place) => pass.order?.[place] ?? place),
    ...{ seed: pass.seed, epoch: pass.epoch },
  };
}

/** The pictures after their transforms, one behind the other. */
export function transformAll(
  transform: Transform,
  { images, indices, seed, epoch }: TransformWork,
  shape: Pictures["shape"],
): Uint8Array<ArrayBuffer> {
  const [c, h, w] = shape;
  const result = new Uint8Array(images.length * c * h * w);
  images.forEach((image, slot) => {
    const { data, channels, height, width } = transform.apply(
      image,
      new Random(seed, epoch, indices[slot] ?? slot),
    );
    if (channels !== c || height !== h || width !== w)
      throw new UsageError(
        `transforms: a picture of [${image.channels},${image.height},${image.width}] becomes [${channels},${height},${width}], others [${shape.join(",")}]; end with a crop or a resize to both sides`,
      );
    result.set(data, slot * c * h * w);
  });
  return result;
}

/** What a transform makes of a picture of `shape`. */
export function shapeAfter(
  transform: Transform,
  [channels, height, width]: Pictures["shape"],
): Pictures["shape"] {
  const after = transform.apply(blank(channels, height, width), new Random(0, 0, 0));
  return [after.channels, after.height, after.width];
}

/** A batch of as many slots as `labels`, with `count` pictures, which repeat where there are more slots. */
export function batchOf(pixels: Uint8Array, labels: Int32Array, count: number): Batch {
  if (count === labels.length) return { images: pixels, labels, count };
  const stride = pixels.length / count;
  const images = new Uint8Array(labels.length * stride);
  for (let slot = 0; slot < labels.length; slot++) {
    const from = slot % count;
    images.set(pixels.subarray(from * stride, (from + 1) * stride), slot * stride);
  }
  return { images, labels, count };
}
