import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batches } from "../../src/data/batches.ts";
import { count, type Dataset, subset } from "../../src/data/dataset.ts";
import { permutation } from "../../src/data/shuffle.ts";
import { UsageError } from "../../src/ir/errors.ts";

/** Image i has the bytes 10 i and 10 i + 1, and label i. */
function numbered(total: number): Dataset {
  return {
    name: "numbered",
    images: Uint8Array.from({ length: 2 * total }, (_, i) => 10 * (i >> 1) + (i % 2)),
    labels: Uint8Array.from({ length: total }, (_, i) => i),
    shape: [1, 1, 2],
    classes: ["a"],
    normalization: { mean: [0], std: [1] },
  };
}

/** What each step yields, copied. */
function list(
  ...given: Parameters<typeof batches>
): readonly [labels: number[], images: number[], count: number][] {
  return Array.from(batches(...given), (batch) => [[...batch.labels], [...batch.images], batch.count]);
}

describe("batches", () => {
  test("go through a data set in order; the last is filled up with its own images", () => {
    expect(list(numbered(5), { size: 3 })).toEqual([
      [[0, 1, 2], [0, 1, 10, 11, 20, 21], 3],
      [[3, 4, 3], [30, 31, 40, 41, 30, 31], 2],
    ]);
  });

  test("follow an order, which may leave images out or repeat them", () => {
    expect(list(numbered(5), { size: 2, order: Uint32Array.of(4, 1, 4) })).toEqual([
      [[4, 1], [40, 41, 10, 11], 2],
      [[4, 4], [40, 41, 40, 41], 1],
    ]);
  });

  test("dropLast leaves out a last batch that is not full", () => {
    expect(list(numbered(5), { size: 3, dropLast: true }).map(([labels]) => labels)).toEqual([[0, 1, 2]]);
    expect(list(numbered(4), { size: 2, dropLast: true }).length).toBe(2);
  });

  test("`start` leaves out so many batches at the front and changes none behind them", () => {
    const order = Uint32Array.of(4, 1, 3, 0, 2);
    for (const start of [0, 1, 2, 3])
      expect(list(numbered(5), { size: 2, order, start })).toEqual(
        list(numbered(5), { size: 2, order }).slice(start),
      );
  });

  test("an empty data set or order has no batch, a large size repeats several times", () => {
    expect(list(numbered(0), { size: 3 })).toEqual([]);
    expect(list(numbered(3), { size: 3, order: new Uint32Array(0) })).toEqual([]);
    expect(list(numbered(2), { size: 5 }).map(([labels]) => labels)).toEqual([[0, 1, 0, 1, 0]]);
  });

  test("every step gives the same buffers", () => {
    const seen = new Set<unknown>();
    for (const batch of batches(numbered(9), { size: 2 }))
      seen.add(batch).add(batch.images).add(batch.labels);
    expect(seen.size).toBe(3);
  });

  test("a shuffled pass takes every image once", () => {
    fc.assert(
      fc.property(fc.nat(25), fc.integer({ min: 1, max: 9 }), (total, size) => {
        const order = permutation(total, 7, 0);
        const taken = list(numbered(total), { size, order }).flatMap(([labels, , real]) =>
          labels.slice(0, real),
        );
        expect(taken).toEqual([...order]);
      }),
      { seed: 1 },
    );
  });

  test("a wrong size, index or number of bytes is refused before the first step", () => {
    const data = numbered(3);
    expect(() => batches(data, { size: 0 })).toThrow(
      new UsageError("batches: `size` is 0, expected a whole number of 1 or more"),
    );
    expect(() => batches(data, { size: 1, start: -1 })).toThrow(
      new UsageError("batches: `start` is -1, expected a whole number of 0 or more"),
    );
    expect(() => batches(data, { size: 1, order: Uint32Array.of(3) })).toThrow(
      new UsageError("batches: index 3, expected 0 to 2: there are 3 images"),
    );
    expect(() => batches({ ...data, shape: [3, 1, 2] }, { size: 1 })).toThrow(
      new UsageError("batches: numbered has 6 bytes of images, its 3 labels and shape [3,1,2] take 18"),
    );
  });
});

describe("subset", () => {
  test("copies the images at the indices, in their order", () => {
    const some = subset(numbered(4), [3, 0, 3]);
    expect([count(some), [...some.labels], [...some.images]]).toEqual([3, [3, 0, 3], [30, 31, 0, 1, 30, 31]]);
  });

  test("an index that is not there is refused", () => {
    for (const index of [4, -1, 0.5])
      expect(() => subset(numbered(4), [index])).toThrow(
        new UsageError(`subset: index ${index}, expected 0 to 3: there are 4 images`),
      );
  });
});

describe("permutation", () => {
  test("is a bijection of 0 to count - 1", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer(), fc.nat(1000), (total, seed, epoch) => {
        const sorted = permutation(total, seed, epoch).sort();
        expect([...sorted]).toEqual(Array.from({ length: total }, (_, i) => i));
      }),
      { seed: 1 },
    );
  });

  test("is the same for the same seed and epoch, on every machine", () => {
    expect([...permutation(8, 1, 0)]).toEqual([...permutation(8, 1, 0)]);
    expect([...permutation(8, 1, 0)]).toMatchInlineSnapshot(`
      [
        4,
        1,
        6,
        5,
        0,
        3,
        7,
        2,
      ]
    `);
  });

  test("differs between epochs and between seeds", () => {
    const orders = [
      permutation(50, 1, 0),
      permutation(50, 1, 1),
      permutation(50, 2, 0),
      permutation(50, 2, 1),
    ];
    expect(new Set(orders.map(String)).size).toBe(4);
  });

  test("every image is as likely at every place: chi-squared over 20,000 epochs of 5 images", () => {
    const epochs = 20_000;
    const seen = new Float64Array(25);
    for (let epoch = 0; epoch < epochs; epoch++)
      permutation(5, 3, epoch).forEach((image, place) => {
        seen[5 * place + image] = (seen[5 * place + image] ?? 0) + 1;
      });
    const expected = epochs / 5;
    const chiSquared = seen.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 16 degrees of freedom: 39.25 is exceeded once in a thousand times.
    expect(chiSquared).toBeLessThan(39.25);
  });

  test("a count that is not a whole number from 0 is refused", () => {
    expect(() => permutation(-1, 1, 0)).toThrow(
      new UsageError("permutation: `count` is -1, expected a whole number from 0 to 4294967295"),
    );
  });
});
