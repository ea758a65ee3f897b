import { expect, test } from "vitest";
import { inOrder, limited } from "../../src/data/inOrder.ts";

/** Promises that are settled by hand. */
function byHand() {
  const settle: (() => void)[] = [];
  const begun: number[] = [];
  const make = (job: number) =>
    new Promise<number>((resolve) => {
      begun.push(job);
      settle[job] = () => resolve(job);
    });
  return { make, begun, settle };
}

test("results come in the order of the jobs, whichever is done first", async () => {
  const { make, settle } = byHand();
  const results = inOrder([0, 1, 2], make, 2);
  const first = results.next();
  for (const job of [2, 1, 0]) settle[job]?.();
  expect([(await first).value, (await results.next()).value, (await results.next()).value]).toEqual([
    0, 1, 2,
  ]);
  expect((await results.next()).done).toBe(true);
});

test("no more are begun than may be ahead of the one that is taken", async () => {
  const { make, begun, settle } = byHand();
  const results = inOrder(Array(9).keys(), make, 2);
  const first = results.next();
  expect(begun).toEqual([0, 1, 2]);
  settle[0]?.();
  await first;
  expect(begun).toEqual([0, 1, 2]);
  results.next();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("a failure is told in its turn", async () => {
  const make = async (job: number) => {
    if (job === 1) throw new Error("broken");
    return job;
  };
  const results = inOrder([0, 1, 2], make, 2);
  expect((await results.next()).value).toBe(0);
  await expect(results.next()).rejects.toThrow("broken");
});

test("tasks run in their order, so many at a time, and a failed one makes room", async () => {
  const { make, begun, settle } = byHand();
  const run = limited(2);
  const all = [0, 1, 2].map((job) => run(() => make(job)));
  const failed = run(() => Promise.reject(new Error("broken")));
  const last = run(() => make(4));
  expect(begun).toEqual([0, 1]);
  settle[1]?.();
  await all[1];
  settle[0]?.();
  await all[0];
  await expect(failed).rejects.toThrow("broken");
  expect(begun).toEqual([0, 1, 2, 4]);
  settle[2]?.();
  settle[4]?.();
  expect(await Promise.all([...all, last])).toEqual([0, 1, 2, 4]);
});
