import type { Pictures } from "../data/pictures.ts";
import { present } from "../ir/errors.ts";
import { type Evaluation, type Evaluator, rankOf } from "../train/evaluate.ts";

/** A picture that was taken for something else. */
export interface Misclassified {
  /** Its place among the pictures, counted from 0. */
  readonly index: number;
  readonly label: number;
  readonly chosen: number;
  /** Of the chosen class. */
  readonly probability: number;
  /** u8 `[c, h, w]` */
  readonly pixels: Uint8Array;
}

export interface Evidence {
  readonly evaluation: Evaluation;
  /** The most confident first. */
  readonly errors: readonly Misclassified[];
}

const batchSize = 100;

/** Goes through `pictures` once: how well the network does, and up to `most` of its most confident errors. */
export async function gather(
  evaluator: Evaluator,
  pictures: Pictures,
  classes: readonly string[],
  most: number,
): Promise<Evidence> {
  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  const errors: Misclassified[] = [];
  let [index, top5, loss] = [0, 0, 0];
  for await (const { images, labels, count } of pictures.batches({ size: batchSize, seed: 0, epoch: 0 })) {
    const stride = images.length / labels.length;
    const rows = await evaluator.probabilities(images.subarray(0, count * stride), count);
    for (const [sample, row] of rows.entries()) {
      const label = labels[sample] ?? 0;
      const rank = rankOf(row, label);
      // NaN prefers no class; it counts for the first.
      const chosen = rank === 0 ? label : Math.max(0, row.indexOf(Math.max(...row)));
      const counts = present(confusion[label], "labels are classes");
      counts[chosen] = (counts[chosen] ?? 0) + 1;
      if (rank < 5) top5++;
      loss -= Math.log(row[label] ?? Number.NaN);
      const probability = row[chosen] ?? Number.NaN;
      if (rank > 0 && (errors.length < most || probability > (errors.at(-1)?.probability ?? 0))) {
        const pixels = images.slice(sample * stride, (sample + 1) * stride);
        errors.push({ index: index + sample, label, chosen, probability, pixels });
        errors.sort((a, b) => b.probability - a.probability);
        errors.splice(most);
      }
    }
    index += count;
  }
  const perClass = confusion.map((row, label) => ({
    name: classes[label] ?? `${label}`,
    count: row.reduce((sum, n) => sum + n, 0),
    correct: row[label] ?? 0,
  }));
  const correct = perClass.reduce((sum, each) => sum + each.correct, 0);
  const evaluation = {
    ...{ count: index, top1: correct / index, top5: top5 / index, loss: loss / index },
    ...{ perClass, confusion },
  };
  return { evaluation, errors };
}
