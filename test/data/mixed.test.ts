import { expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { mixed } from "../../src/data/mixed.ts";
import { inMemory, type Pass, type Pictures } from "../../src/data/pictures.ts";
import { transformed } from "../../src/data/transformed.ts";
import { createMix, mixRandom } from "../../src/transforms/mix.ts";

const dataset: Dataset = {
  name: "noise",
  images: Uint8Array.from({ length: 22 * 30 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24),
  labels: Uint8Array.from({ length: 22 }, (_, i) => i % 3),
  shape: [1, 6, 5],
  classes: ["a", "b", "c"],
  normalization: { mean: [0], std: [1] },
};
const options = { mixup: 0.5, cutmix: 1 };

async function bytes(pictures: Pictures, pass: Partial<Pass> = {}): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for await (const { images, labels, targets = [], count } of pictures.batches({
    ...{ size: 4, seed: 1, epoch: 0 },
    ...pass,
  }))
    seen.push([[...images], [...labels], [...targets], count]);
  return seen;
}

it("every batch is mixed by random numbers of its own, and has the targets of all slots", async () => {
  const mix = createMix(options);
  const wanted: unknown[] = [];
  let at = 0;
  for await (const { images, labels, count } of inMemory(dataset).batches({ size: 4, seed: 1, epoch: 2 })) {
    const targets = new Float32Array(12);
    mix({ images, labels, targets, shape: dataset.shape }, mixRandom(1, 2, at++));
    wanted.push([[...images], [...labels], [...targets], count]);
  }
  expect(await bytes(mixed(inMemory(dataset), options), { epoch: 2 })).toEqual(wanted);
});

it("a pass that goes on gives what it would have given", async () => {
  const pictures = mixed(inMemory(dataset), options);
  expect(await bytes(pictures, { start: 2 })).toEqual((await bytes(pictures)).slice(2));
});

it("transforms come before mixing, whichever is asked for first", async () => {
  const specs = [{ name: "randomCrop", size: 4 }] as const;
  const [one, other] = [
    mixed(transformed(inMemory(dataset), specs), options),
    transformed(mixed(inMemory(dataset), options), specs),
  ];
  expect(other.shape).toEqual([1, 4, 4]);
  expect(await bytes(other)).toEqual(await bytes(one));
});
