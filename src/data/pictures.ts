import type { TransformSpec } from "../transforms/definitions.ts";
import { type Batch, type BatchOptions, batches } from "./batches.ts";
import { count, type Dataset, type Normalization } from "./dataset.ts";

/** Pictures that a training or an evaluation goes through, wherever they come from. */
export interface Pictures {
  readonly name: string;
  readonly count: number;
  /** Of every picture it gives. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classes: readonly string[];
  readonly normalization: Normalization;
  /**
   * The batches of one pass. The same pass gives the same bytes, whatever the number of loader threads. Every step may
   * give the same object with the same arrays, refilled: what is to outlive a step has to be copied.
   */
  batches(pass: Pass): AsyncIterable<Batch>;
  /** The same pictures transformed, where they have a better way than to be transformed once they are in a batch. */
  transformed?(specs: readonly TransformSpec[]): Pictures;
}

export interface Splits {
  readonly train: Pictures;
  readonly test: Pictures;
}

/** One way through pictures. With `seed` and `epoch`, counted from 0, comes what random transforms do to each of them. */
export interface Pass extends BatchOptions {
  readonly seed: number;
  readonly epoch: number;
}

/** A data set in memory, as pictures to go through. */
export function inMemory(dataset: Dataset): Pictures {
  const { name, shape, classes, normalization } = dataset;
  return {
    ...{ name, count: count(dataset), shape, classes, normalization },
    batches: async function* (pass) {
      yield* batches(dataset, pass);
    },
  };
}

/** Each of `source`, telling `onWait` the seconds that it took to come. */
export async function* timed<T>(
  source: AsyncIterable<T>,
  onWait: (seconds: number) => void,
  now: () => number = () => performance.now(),
): AsyncGenerator<T, void, void> {
  let asked = now();
  for await (const item of source) {
    onWait((now() - asked) / 1000);
    yield item;
    asked = now();
  }
}
