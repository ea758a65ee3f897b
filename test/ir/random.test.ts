import fc from "fast-check";
import { expect, it } from "vitest";
import { mix, randomBits, streamKey, streamOf, uniform } from "../../src/ir/random.ts";
import { dropoutKey } from "../../src/ops/dropout.ts";

it("mix is MurmurHash3's finaliser", () => {
  // MurmurHash3_x86_32 of no bytes is the finaliser of the seed; its test vectors for 0, 1 and 0xffffffff are published.
  expect([0, 1, 2, 0xffffffff].map(mix)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
});

it("mix is a bijection of 32-bit words", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
      expect(unmix(mix(word))).toBe(word);
      expect(mix(unmix(word))).toBe(word);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

it("streamOf is FNV-1a over UTF-8", () => {
  // The published test vectors.
  expect(["", "a", "foobar"].map(streamOf)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  expect(streamOf("é")).not.toBe(streamOf("e"));
});

it("words, keys and masks never change: checkpoints and golden files depend on them", () => {
  expect([0, 1, 2].map((i) => randomBits(streamKey(7, streamOf("conv1.weight")), i))).toEqual([
    1184354264, 1278249227, 1503730150,
  ]);
  expect([0, 1, 2].map((i) => uniform(dropoutKey(7, 3, 11), i))).toEqual([
    0.5196091532707214, 0.5659694075584412, 0.4224264621734619,
  ]);
});

it("uniform is in [0, 1), exact in f32, and spread evenly", () => {
  const numbers = Array.from({ length: 10_000 }, (_, i) => uniform(streamKey(1, 2), i));
  expect(numbers.every((n) => n >= 0 && n < 1 && Math.fround(n) === n)).toBe(true);
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length,
  );
  // Five standard deviations of a binomial count with mean 1,000.
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

it("streams of near seeds and near names have nothing in common", () => {
  const walk = (key: number) => Array.from({ length: 100 }, (_, i) => randomBits(key, i));
  const keys = [streamKey(1, 1), streamKey(1, 2), streamKey(2, 1), streamKey(2, 2)];
  expect(new Set(keys.flatMap(walk)).size).toBe(400);
});

/** The inverse of `mix`: its steps backwards, with the factors' inverses modulo 2^32. */
function unmix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x7ed1b41d);
  h ^= (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}
