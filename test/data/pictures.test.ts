import { expect, test } from "vitest";
import { inMemory, timed } from "../../src/data/pictures.ts";

const dataset = {
  name: "four",
  images: Uint8Array.of(10, 20, 30, 40),
  labels: Uint8Array.of(0, 1, 0, 1),
  shape: [1, 1, 1],
  classes: ["a", "b"],
  normalization: { mean: [0], std: [1] },
} as const;

test("a data set in memory is gone through in batches, by any order", async () => {
  const pictures = inMemory(dataset);
  expect(pictures).toMatchObject({ name: "four", count: 4, shape: [1, 1, 1], classes: ["a", "b"] });
  const seen: number[][] = [];
  const order = Uint32Array.of(3, 0, 1);
  for await (const { images } of pictures.batches({ size: 2, order, seed: 1, epoch: 0 }))
    seen.push([...images]);
  expect(seen).toEqual([
    [40, 10],
    [20, 20],
  ]);
});

test("what waiting for batches takes is told, and what their user does between them is not", async () => {
  let now = 0;
  const spent: number[] = [];
  const clock = () => now;
  async function* slow() {
    for (const seconds of [2, 3]) {
      now += 1000 * seconds;
      yield seconds;
    }
  }
  for await (const _ of timed(slow(), (seconds) => spent.push(seconds), clock)) now += 7000;
  expect(spent).toEqual([2, 3]);
});
