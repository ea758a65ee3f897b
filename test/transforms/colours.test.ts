import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { adjustBrightness, adjustContrast } from "../../src/transforms/adjust.ts";
import type { TransformSpec } from "../../src/transforms/definitions.ts";
import type { Image } from "../../src/transforms/image.ts";
import { lit } from "../../src/transforms/lighting.ts";
import { createTransforms } from "../../src/transforms/pipeline.ts";
import { Random } from "../../src/transforms/random.ts";
import { picture } from "./pictures.ts";

const image = picture("dull", 3, 8, 9);

function made(spec: TransformSpec, count: number, of: Image = image): readonly Image[] {
  const transforms = createTransforms([spec]);
  return Array.from({ length: count }, (_, index) => transforms.apply(of, new Random(2, 0, index)));
}

describe("colorJitter", () => {
  it("changes nothing where every range is its middle", () => {
    const [result] = made({ name: "colorJitter", brightness: [1, 1], hue: 0 }, 1);
    expect(result).toBe(image);
  });

  it("draws factors in the whole range, and none outside", () => {
    const white = { data: Uint8Array.of(100), channels: 1, height: 1, width: 1 };
    const pixels = made({ name: "colorJitter", brightness: 0.5 }, 3000, white).map(({ data }) => data[0]);
    expect(new Set(pixels).size).toBe(100);
    expect(Math.min(...pixels.map(Number))).toBe(50);
    expect(Math.max(...pixels.map(Number))).toBe(149);
  });

  it("a number above 1 begins at 0", () => {
    const white = { data: Uint8Array.of(100), channels: 1, height: 1, width: 1 };
    for (const { data } of made({ name: "colorJitter", brightness: 1.5 }, 300, white))
      expect(data[0]).toBeLessThanOrEqual(250);
  });

  it("has every order, equally often", () => {
    const orders = [
      adjustContrast(adjustBrightness(image, 3), 0.5),
      adjustBrightness(adjustContrast(image, 0.5), 3),
    ].map(({ data }) => data.join());
    const seen = made({ name: "colorJitter", brightness: [3, 3], contrast: [0.5, 0.5] }, 1000).map(
      ({ data }) => orders.indexOf(data.join()),
    );
    expect(new Set(seen)).toEqual(new Set([0, 1]));
    // Five standard deviations of a binomial count with mean 500.
    expect(Math.abs(seen.filter((order) => order === 0).length - 500)).toBeLessThan(80);
  });
});

describe("lighting", () => {
  it("shifts every channel along one axis by the deviations, scaled to bytes, and clips", () => {
    const grey = { data: Uint8Array.of(100, 254, 100, 254, 100, 254), channels: 3, height: 1, width: 2 };
    // 255 * 0.2175 * -0.1 of -0.5675, -0.5808, -0.5836.
    expect([...lit(grey, [-0.1, 0, 0]).data]).toEqual([103, 255, 103, 255, 103, 255]);
    // 255 * 0.0188 * 1 of 0.7192, -0.0045, -0.6948.
    expect([...lit(grey, [0, 1, 0]).data]).toEqual([103, 255, 100, 254, 97, 251]);
  });

  it("along the first axis, the shift has the standard deviation that is asked for", () => {
    const grey = { data: Uint8Array.of(128, 128, 128), channels: 3, height: 1, width: 1 };
    const shifts = made({ name: "lighting", std: 0.5 }, 4000, grey).map(({ data }) => (data[0] ?? 0) - 128);
    const deviation = Math.sqrt(shifts.reduce((sum, shift) => sum + shift * shift, 0) / shifts.length);
    const wanted = 0.5 * 255 * Math.hypot(0.5675 * 0.2175, 0.7192 * 0.0188, 0.4009 * 0.0045);
    expect(Math.abs(deviation / wanted - 1)).toBeLessThan(0.06);
  });
});

it("what is of colours refuses pictures without", () => {
  expect(() => made({ name: "lighting" }, 1, picture("noise", 1, 2, 2))).toThrow(
    new UsageError("lighting is of red, green and blue, the picture has 1 channels"),
  );
  expect(() => made({ name: "colorJitter", hue: 0.1 }, 1, picture("noise", 4, 2, 2))).toThrow(
    new UsageError("hue is of red, green and blue, the picture has 4 channels"),
  );
  expect(() => made({ name: "grayscale" }, 1, picture("noise", 2, 2, 2))).toThrow(
    new UsageError("the brightness of a pixel is of red, green and blue, the picture has 2 channels"),
  );
});
