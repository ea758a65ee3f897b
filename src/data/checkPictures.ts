import { createHash } from "node:crypto";
import type { FolderReport } from "./checkFolder.ts";
import type { Pictures, Splits } from "./pictures.ts";

/** What a data set holds. Pictures are named by their part and place, such as `train 17`. */
export type PicturesReport = Pick<FolderReport, "pictures" | "classes" | "duplicates">;

/** Pictures at a time. */
const size = 256;

/** Counts the pictures of each class, and finds those with the same pixels, within and across the two parts. */
export async function checkPictures({ train, test }: Splits): Promise<PicturesReport> {
  const byContent = new Map<string, string[]>();
  const trainCounts = await look(train, "train", byContent);
  const testCounts = await look(test, "test", byContent);
  return {
    pictures: train.count + test.count,
    classes: train.classes.map((name, label) => ({
      ...{ name, train: trainCounts[label] ?? 0, test: testCounts[label] ?? 0 },
    })),
    duplicates: [...byContent.values()].filter(({ length }) => length > 1),
  };
}

/** The count of each class; adds the name of each picture to those with its pixels. */
async function look(pictures: Pictures, part: string, byContent: Map<string, string[]>): Promise<number[]> {
  const counts = pictures.classes.map(() => 0);
  const [channels, height, width] = pictures.shape;
  const stride = channels * height * width;
  let place = 0;
  for await (const { images, labels, count } of pictures.batches({ size, seed: 0, epoch: 0 }))
    for (let slot = 0; slot < count; slot++) {
      const label = labels[slot] ?? 0;
      counts[label] = (counts[label] ?? 0) + 1;
      const pixels = images.subarray(slot * stride, (slot + 1) * stride);
      const content = createHash("sha256").update(pixels).digest("hex");
      const names = byContent.get(content) ?? [];
      names.push(`${part} ${place++}`);
      byContent.set(content, names);
    }
  return counts;
}
