import type { TransformSpec } from "../transforms/definitions.ts";
import { createTransforms } from "../transforms/pipeline.ts";
import { type Batch, batches } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { inOrder } from "./inOrder.ts";
import { inMemory, type Pass, type Pictures } from "./pictures.ts";
import { batchOf, shapeAfter, workOf } from "./transformed.ts";
import { TransformThreads, usualThreads } from "./transformThreads.ts";

/** A data set in memory, as pictures to go through, which are transformed on other threads. */
export function threaded(dataset: Dataset, threads: number = usualThreads): Pictures {
  const withSpecs = (specs: readonly TransformSpec[]): Pictures => {
    const shape = shapeAfter(createTransforms(specs), dataset.shape);
    return {
      ...inMemory(dataset),
      shape,
      batches: async function* (pass) {
        const pool = new TransformThreads({ specs, shape }, threads);
        const make = async ({ batch, at }: { readonly batch: Batch; readonly at: number }) => {
          const pixels = await pool.run(workOf(batch, dataset.shape, pass, at));
          return batchOf(pixels, batch.labels, batch.count);
        };
        try {
          yield* inOrder(copies(dataset, pass), make, threads + 1);
        } finally {
          pool.close();
        }
      },
      transformed: (more) => withSpecs([...specs, ...more]),
    };
  };
  return { ...inMemory(dataset), transformed: withSpecs };
}

/** The batches of a pass with their numbers, each in memory of its own. */
function* copies(dataset: Dataset, pass: Pass): Iterable<{ readonly batch: Batch; readonly at: number }> {
  let at = pass.start ?? 0;
  for (const { images, labels, count } of batches(dataset, pass))
    yield { batch: { images: images.slice(), labels: labels.slice(), count }, at: at++ };
}
