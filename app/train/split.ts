import { type Dataset, Random, subset } from "convnets";

export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** A data set in two, a fifth of each class held out by lot; of two pictures one is. Orders are by lot too. */
export function split(dataset: Dataset, seed: number, part = 0.2): Split {
  const [train, test]: [number[], number[]] = [[], []];
  const random = new Random(seed, 0, 0);
  for (let label = 0; label < dataset.classes.length; label++) {
    const own = shuffled(
      [...dataset.labels.keys()].filter((index) => dataset.labels[index] === label),
      random,
    );
    const held = own.length < 2 ? 0 : Math.max(1, Math.round(part * own.length));
    test.push(...own.slice(0, held));
    train.push(...own.slice(held));
  }
  return { train: subset(dataset, shuffled(train, random)), test: subset(dataset, shuffled(test, random)) };
}

/** The first `count` pictures; all of them for 0. */
export function first(dataset: Dataset, count: number): Dataset {
  if (count === 0 || count >= dataset.labels.length) return dataset;
  return subset(
    dataset,
    Array.from({ length: count }, (_, index) => index),
  );
}

/** Fisher and Yates. */
function shuffled(numbers: readonly number[], random: Random): number[] {
  const result = [...numbers];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [result[last], result[other]] = [result[other] ?? 0, result[last] ?? 0];
  }
  return result;
}
