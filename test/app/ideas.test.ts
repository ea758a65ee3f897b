import { createModel, summarize } from "convnets";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressing, type Comparison, costs, limits } from "../../app/ideas/full.ts";
import { brief, bytes, percent, whole } from "../../app/ideas/numbers.ts";
import { wholeWithin } from "../../app/ideas/query.ts";

const article: Comparison = { width: 100, height: 100, channels: 3, neurons: 1000, kernels: 64, kernel: 3 };

describe("full connection beside a convolution", () => {
  it("a neuron that reads 100x100x3 has 30,000 weights", () => {
    expect(costs(article)).toEqual({
      neuron: 30_000,
      full: 30_000_000,
      convolution: 1_728,
      outputs: 640_000,
      matching: 19_200_000_000,
      reads: 27,
    });
  });

  it("the convolution's weights do not depend on the picture's size, the neurons' do", () => {
    const larger = costs({ ...article, width: 200, height: 200 });
    expect(larger.convolution).toBe(costs(article).convolution);
    expect(larger.full).toBe(4 * costs(article).full);
  });

  it("counts as the library does: the perceptron's first layer, and LeNet-5's first convolution", () => {
    const weights = (model: string, path: string, biases: number) =>
      (summarize(createModel(model)).rows.find((row) => row.path === path)?.parameters ?? 0) - biases;
    const digits = { ...article, width: 28, height: 28, channels: 1, neurons: 256, kernels: 6, kernel: 5 };
    expect(costs(digits).full).toBe(weights("mlp", "layers.0", 256));
    expect(costs(digits).convolution).toBe(weights("lenet5", "conv1", 6));
  });

  it("stays within whole numbers that JavaScript counts exactly", () => {
    const largest = costs({
      width: limits.side[1],
      height: limits.side[1],
      channels: limits.channels[1],
      neurons: limits.neurons[1],
      kernels: limits.kernels[1],
      kernel: limits.kernel[1],
    });
    expect(Object.values(largest).every(Number.isSafeInteger)).toBe(true);
  });

  it("goes through the address unchanged", () => {
    const between = ([min, max]: readonly [number, number]) => fc.integer({ min, max });
    const comparison = fc.record({
      width: between(limits.side),
      height: between(limits.side),
      channels: between(limits.channels),
      neurons: between(limits.neurons),
      kernels: between(limits.kernels),
      kernel: fc.constantFrom(1, 3, 5, 7, 9, 11),
    });
    fc.assert(
      fc.property(comparison, (given) => {
        expect(addressing.parse(new URLSearchParams(addressing.format(given)))).toEqual(given);
      }),
    );
  });

  it("takes any address for some comparison within the limits", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (image, kernel) => {
        const { width, kernel: side } = addressing.parse(new URLSearchParams({ image, kernel }));
        expect(width).toBeGreaterThanOrEqual(limits.side[0]);
        expect(width).toBeLessThanOrEqual(limits.side[1]);
        expect(side % 2).toBe(1);
      }),
    );
    expect(addressing.parse(new URLSearchParams())).toEqual(article);
    expect(addressing.parse(new URLSearchParams("image=1e9xNaNx&neurons=-5"))).toEqual({
      ...article,
      neurons: 1,
    });
  });
});

describe("numbers", () => {
  it("have their thousands apart, and units", () => {
    expect(whole(19_200_000_000)).toBe("19,200,000,000");
    expect([108, 6_912, 120_000, 76_800_000_000].map(bytes)).toEqual([
      "108 bytes",
      "6.91 KB",
      "120 KB",
      "76.8 GB",
    ]);
    expect([1.875, 17.36, 17_361.1].map(brief)).toEqual(["1.88", "17.4", "17,361"]);
    expect([0, 0.00001, 0.0009, 0.983, 1].map(percent)).toEqual([
      "0 %",
      "below 0.01 %",
      "0.09 %",
      "98.3 %",
      "100 %",
    ]);
  });

  it("of an address are whole and within limits, or the default", () => {
    expect(["12", "-3", "999", "1.5", "", "1e3", null].map((text) => wholeWithin(text, [0, 100], 7))).toEqual(
      [12, 0, 100, 7, 7, 7, 7],
    );
  });
});
