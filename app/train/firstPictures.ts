import { type Dataset, subset } from "convnets";

/** The first `count` pictures; all of them for 0. */
export function first(dataset: Dataset, count: number): Dataset {
  if (count === 0 || count >= dataset.labels.length) return dataset;
  return subset(
    dataset,
    Array.from({ length: count }, (_, index) => index),
  );
}
