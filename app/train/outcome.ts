import { type Dataset, type Evaluator, subset } from "convnets";
import { breathe } from "./breathe.ts";
import type { Mistake, Outcome } from "./news.ts";
import { pictureTiles } from "./tiles.ts";

/** Mistakes that are shown. */
const most = 12;
/** Pictures from breath to breath. */
const share = 50;

/** What a network that has its weights comes to on the held-out pictures. */
export async function outcomeOf(evaluator: Evaluator, test: Dataset): Promise<Outcome> {
  const count = test.labels.length;
  const stride = test.images.length / count;
  const names = test.classes;
  const confusion = names.map(() => names.map(() => 0));
  const mistakes: Mistake[] = [];
  for (let start = 0; start < count; start += share) {
    const length = Math.min(share, count - start);
    const images = test.images.subarray(start * stride, (start + length) * stride);
    const rows = await evaluator.probabilities(images, length);
    rows.forEach((row, slot) => {
      const picture = start + slot;
      const label = test.labels[picture] ?? 0;
      const answer = row.indexOf(Math.max(...row));
      const counts = confusion[label];
      if (counts) counts[answer] = (counts[answer] ?? 0) + 1;
      if (answer !== label) mistakes.push({ picture, label, answer, probability: row[answer] ?? 0 });
    });
    await breathe();
  }
  const surest = mistakes.sort((a, b) => b.probability - a.probability).slice(0, most);
  const shown = subset(
    test,
    surest.map(({ picture }) => picture),
  );
  return { confusion, mistakes: surest, pictures: pictureTiles(shown.images, shown.shape) };
}
