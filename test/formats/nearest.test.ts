import { expect, test } from "vitest";
import { editDistance, nearest } from "../../src/ir/nearest.ts";

const names = ["digits", "mnist", "fashion-mnist", "vgg16"];

test("nearest: a swap, a missing letter and a wrong case find the word that was meant", () => {
  expect(nearest("minst", names)).toBe("mnist");
  expect(nearest("digit", names)).toBe("digits");
  expect(nearest("VGG16", names)).toBe("vgg16");
});

test("nearest: a beginning finds its word", () => {
  expect(nearest("fashion", names)).toBe("fashion-mnist");
});

test("nearest: the closest of several near words wins", () => {
  expect(nearest("vgg15", ["vgg11x", "vgg16", "vgg13"])).toBe("vgg16");
});

test("nearest: a word that is near none, empty or very long finds nothing", () => {
  expect(nearest("cifar10", names)).toBeUndefined();
  expect(nearest("", names)).toBeUndefined();
  expect(nearest("m".repeat(1_000_000), names)).toBeUndefined();
});

test("editDistance counts insertions, deletions, substitutions and swaps of neighbours", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("ab", "ba")).toBe(1);
  expect(editDistance("same", "same")).toBe(0);
});
