import { createModel, type Image, lenet5 } from "convnets";
import { describe, expect, it } from "vitest";
import { heatColours, opaque } from "../../app/classify/colours.ts";
import { Latest } from "../../app/classify/latest.ts";
import { methodOf } from "../../app/classify/question.ts";
import { imageFor, normalized } from "../../app/classify/read.ts";
import { percent, ranked, shapeText, short } from "../../app/classify/text.ts";
import { asPixels } from "../../app/pictures/asImage.ts";

describe("work of which only the newest matters", () => {
  it("is done one at a time, and what became old while it waited is dropped", async () => {
    const done: number[] = [];
    const release: (() => void)[] = [];
    const latest = new Latest<number>(async (item) => {
      await new Promise<void>((resolve) => {
        release.push(resolve);
      });
      done.push(item);
    });
    const all = latest.submit(1);
    for (const item of [2, 3, 4]) void latest.submit(item);
    expect(release).toHaveLength(1);
    release[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    release[1]?.();
    await all;
    expect(done).toEqual([1, 4]);
    expect(latest.busy).toBe(false);
  });
});

describe("what a network reads", () => {
  /** A bar in the middle of a digit's picture. */
  const bar: Image = {
    data: Uint8Array.from({ length: 784 }, (_, at) =>
      at % 28 > 11 && at % 28 < 16 && at >= 28 * 4 && at < 28 * 24 ? 255 : 0,
    ),
    channels: 1,
    height: 28,
    width: 28,
  };

  it("a digit stays MNIST's where the network has its size", () => {
    expect(imageFor(asPixels(bar), lenet5(), true)).toEqual(bar);
  });

  it("a digit lies amid black where the network places it so", () => {
    const { data, height, width } = imageFor(asPixels(bar), createModel("lenet5_paper"), true);
    expect([height, width]).toEqual([32, 32]);
    const inner = Array.from({ length: 28 }, (_, row) => [
      ...data.subarray((row + 2) * 32 + 2, (row + 2) * 32 + 30),
    ]).flat();
    expect(inner).toEqual([...bar.data]);
  });

  it("another picture covers the input", () => {
    const model = createModel("resnet20_cifar");
    expect(imageFor(asPixels(bar), model, false)).toMatchObject({ channels: 3, height: 32, width: 32 });
  });

  it("is normalised channel by channel", () => {
    const image = { data: Uint8Array.of(255, 0), channels: 2, height: 1, width: 1 };
    const [first, second] = normalized(image, { mean: [0.5, 0.25], std: [0.5, 0.5] });
    expect([first, second]).toEqual([1, -0.5]);
  });
});

describe("maps in colours", () => {
  it("are transparent where they are weak and opaque where they are strong", () => {
    const rgba = heatColours({ shape: [1, 3], data: Float32Array.of(0, 0.5, 1) });
    const opacities = [rgba[3], rgba[7], rgba[11]];
    expect(opacities[0]).toBe(0);
    expect(opacities[2]).toBe(255);
    expect(opacities[1]).toBeGreaterThan(100);
    expect(opaque({ shape: [1, 1], data: Float32Array.of(0) })[3]).toBe(255);
  });

  it("of nothing are transparent", () => {
    expect(
      Math.max(...heatColours({ shape: [2, 2], data: new Float32Array(4) }).filter((_, at) => at % 4 === 3)),
    ).toBe(0);
  });
});

describe("words", () => {
  it("a probability that rounds to all or nothing says so", () => {
    expect([0.98213, 0.99999, 1, 0.0001, 0, Number.NaN].map(percent)).toEqual([
      "98.2 %",
      "> 99.9 %",
      "100.0 %",
      "< 0.1 %",
      "0.0 %",
      "–",
    ]);
  });

  it("shapes and numbers are short", () => {
    expect([[6, 28, 28], [1, 5, 5], [84], [1]].map(shapeText)).toEqual([
      "6 maps of 28 × 28",
      "1 map of 5 × 5",
      "84 units",
      "1 unit",
    ]);
    expect([0, 1.23456, -0.5, 12345, 0.00001].map(short)).toEqual(["0", "1.23", "-0.5", "1.2e+4", "1.0e-5"]);
  });

  it("the likeliest come first", () => {
    expect(ranked(Float32Array.of(0.1, 0.7, 0.2), 2)).toEqual([1, 2]);
  });

  it("a method that nobody knows is the usual one", () => {
    expect(["occlusion", "__proto__", null].map(methodOf)).toEqual(["occlusion", "gradCam", "gradCam"]);
  });
});
