import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDigits } from "../../src/data/loadDigits.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const run = join(folder, "mlp");
const engine = ["--engine", "reference"];

beforeAll(async () => {
  const short = ["--steps", "10", "--batch", "32", "--quiet"];
  expect((await convnets("train", "mlp", ...engine, ...short, "--out", run)).code).toBe(0);
}, 120_000);

/** Probabilities by class. */
async function probabilities(...argv: readonly string[]): Promise<readonly number[]> {
  const { code, out, err } = await convnets("predict", run, ...argv, "--top", "10", "--json", ...engine);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const result = new Array<number>(10).fill(Number.NaN);
  for (const { index, probability } of JSON.parse(out)[0].predictions) result[index] = probability;
  return result;
}

function expectMean(found: readonly number[], of: readonly (readonly number[])[]): void {
  found.forEach((each, index) => {
    const sum = of.reduce((sum, one) => sum + (one[index] ?? Number.NaN), 0);
    expect(each).toBeCloseTo(sum / of.length, 5);
  });
}

describe("--tta", { timeout: 120_000 }, () => {
  it("flip: predict gives the mean of a picture and its mirror image", async () => {
    const { test } = await loadDigits();
    const seven = sharp(test.images.subarray(0, 784), { raw: { width: 28, height: 28, channels: 1 } });
    const mirror = join(folder, "mirror.png");
    await seven.flop().png().toFile(mirror);
    const own = await probabilities("--index", "0");
    const mirrored = await probabilities(mirror);
    expect(mirrored).not.toEqual(own);
    expectMean(await probabilities("--index", "0", "--tta", "flip"), [own, mirrored]);
  });

  it("tencrop: the mirror image has the answer of the picture, crops of it another one", async () => {
    const { test } = await loadDigits();
    const seven = sharp(test.images.subarray(0, 784), { raw: { width: 28, height: 28, channels: 1 } });
    const mirror = join(folder, "mirror.png");
    await seven.flop().png().toFile(mirror);
    const crops = await probabilities("--index", "0", "--tta", "tencrop");
    expectMean(await probabilities(mirror, "--tta", "tencrop"), [crops]);
    expect(crops).not.toEqual(await probabilities("--index", "0", "--tta", "flip"));
  });

  it.each(["flip", "tencrop"])("evaluate takes %s, and the loss is another one", async (tta) => {
    const loss = async (...argv: readonly string[]) =>
      JSON.parse((await convnets("evaluate", run, ...argv, "--json", ...engine)).out).loss;
    const views = await loss("--tta", tta);
    expect(views).toBeGreaterThan(0);
    expect(views).not.toBe(await loss());
  });

  it("refuses other views", async () => {
    const { code, err } = await convnets("evaluate", run, "--tta", "twice");
    expect(code).not.toBe(0);
    expect(err).toContain("Allowed choices are flip, tencrop");
  });
});
