import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { paint, scaleOf, signedTable } from "../../app/convolution/colours.ts";
import type { Planes } from "../../app/convolution/compute.ts";
import { type Bytes, bitmap, drawn } from "../../app/convolution/drawn.ts";
import { filterNumbers, firstFilters } from "../../app/convolution/filters.ts";
import { kernelSizes } from "../../app/convolution/kernels.ts";
import { lessons } from "../../app/convolution/lessons.ts";
import { exact, factor, short } from "../../app/convolution/numbers.ts";
import { planesOf } from "../../app/convolution/planes.ts";
import {
  appearances,
  channelChoices,
  initial,
  kernelNumbers,
  operations,
  queryOf,
  resized,
  type Settings,
  scales,
  settingsOf,
} from "../../app/convolution/settings.ts";
import { reduced } from "../../app/convolution/source.ts";
import { size } from "../../src/ir/type.ts";
import { bitmaps } from "../../src/models/bitmaps.ts";
import { createModel } from "../../src/models/registry.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";

describe("filters of a network", () => {
  const opened = (model: Classifier) => {
    const small = [...namedTensors(model)].filter(([, { shape }]) => size(shape) < 50_000);
    const weights = new Map(
      small.map(([path, { init, shape }]) => [path, { shape, data: initialize(init, shape, path, 1) }]),
    );
    return { model, weights };
  };

  it("are those of the convolution that comes first", () => {
    const found = firstFilters(opened(createModel("lenet5")));
    expect(found).toMatchObject({ path: "conv1", count: 6, channels: 1, size: 5 });
    expect(filterNumbers(found, 1)).toEqual(
      [...found.weights.slice(25, 50)].map((weight) => Number(weight.toPrecision(5))),
    );
    expect(firstFilters(opened(createModel("resnet18"))).path).toBe("conv1");
  });

  it("are refused, with the reason, where the page has no place for them", () => {
    expect(() => firstFilters(opened(createModel("alexnet")))).toThrowErrorMatchingInlineSnapshot(
      `[Error: Its first filters are 11 × 11, and windows here have 1, 2, 3, 5 or 7 on a side.]`,
    );
    expect(() => firstFilters(opened(createModel("mlp")))).toThrowErrorMatchingInlineSnapshot(
      `[Error: It has no convolution, so no filters.]`,
    );
  });
});

describe("links", () => {
  it("hold every setting", () => {
    const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -9, max: 9 });
    const all: fc.Arbitrary<Settings> = fc.constantFrom(...kernelSizes).chain((size) =>
      fc.record({
        picture: fc.constantFrom("digit-3-14", "edge", "own"),
        channels: fc.constantFrom(...channelChoices),
        white: fc.constantFrom(...scales),
        operation: fc.constantFrom(...operations),
        size: fc.constant(size),
        kernel: fc.oneof(
          fc.constant("identity"),
          fc.array(numbers, { minLength: size * size, maxLength: size * size }),
        ),
        bias: numbers,
        relu: fc.boolean(),
        stride: fc.integer({ min: 1, max: 4 }),
        padding: fc.oneof(fc.integer({ min: 0, max: size }), fc.constant("same" as const)),
        dilation: fc.integer({ min: 1, max: 3 }),
        ceil: fc.boolean(),
        countPadding: fc.boolean(),
        appearance: fc.constantFrom(...appearances),
        layers: fc.array(fc.constant({ kernel: 2, stride: 2, dilation: 1 }), { minLength: 1, maxLength: 5 }),
      }),
    );
    const places = fc.option(fc.record({ row: fc.nat(99), column: fc.nat(99) }), { nil: undefined });
    fc.assert(
      fc.property(all, places, (settings, place) => {
        const link = new URLSearchParams(queryOf(settings, place)).toString();
        expect(settingsOf(new URLSearchParams(link))).toEqual({
          settings: withoutMinusZero(settings),
          place,
        });
      }),
    );
  });

  it("of lessons are understood, and no two are the same", () => {
    const read = lessons.map(({ query }) => settingsOf(new URLSearchParams(query)).settings);
    expect(read.map((settings) => queryOf(settings, undefined))).toEqual(
      lessons.map(({ query: { picture, ...rest } }) =>
        picture === initial.picture ? rest : { picture, ...rest },
      ),
    );
    expect(new Set(read.map((settings) => JSON.stringify(settings))).size).toBe(lessons.length);
  });

  it("to the beginning are short", () => {
    expect(queryOf(initial, undefined)).toEqual({});
  });

  it("that make no sense show the beginning", () => {
    const broken =
      "kernel=1+2&size=4&stride=0&padding=-1&dilation=x&bias=Infinity&at=NaN&white=2&channels=alpha";
    expect(settingsOf(new URLSearchParams(broken))).toEqual({
      settings: initial,
      place: undefined,
    });
  });

  it("survive anything that is written into them", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(initial), "at"), fc.string()), (query) => {
        const { settings, place } = settingsOf(new URLSearchParams(query));
        expect(kernelNumbers(settings, 3).every(Number.isFinite)).toBe(true);
        expect(kernelNumbers(settings, 3).length).toBe(3 * settings.size ** 2);
        expect([place?.row ?? 0, place?.column ?? 0].every((at) => Number.isInteger(at) && at >= 0)).toBe(
          true,
        );
      }),
    );
  });

  it("another size takes the preset of that size, or the middle of other numbers", () => {
    expect(resized(initial, 5)).toMatchObject({ size: 5, kernel: "sobelX" });
    expect(resized(initial, 1)).toMatchObject({ size: 1, kernel: "identity" });
    expect(resized({ ...initial, kernel: [1, 2, 3, 4, 5, 6, 7, 8, 9], padding: 3 }, 1)).toMatchObject({
      kernel: [5],
      padding: 1,
    });
  });
});

test("numbers are short in cells, and exact where one calculates", () => {
  expect([0.5333, -12.44, 254, 0, -0.0156, 0.00391, 1e-5, 99.96, 123456].map(short)).toEqual([
    "0.53",
    "−12.4",
    "254",
    "0",
    "−.016",
    ".0039",
    "1e−5",
    "100",
    "1e5",
  ]);
  expect([1 / 3, -2, 1e-9, 0].map(exact)).toEqual(["0.333333", "−2", "1.000e−9", "0"]);
  expect([2, -2].map(factor)).toEqual(["2", "(−2)"]);
});

describe("colours", () => {
  const table = signedTable([255, 0, 0], [255, 255, 255], [0, 0, 255]);
  const painted = (data: readonly number[], appearance: Settings["appearance"]) => {
    const y: Planes = { channels: 1, height: 1, width: data.length, data: Float32Array.from(data) };
    const pixels = new Uint8ClampedArray(4 * data.length);
    paint(y, scaleOf(y, appearance, 1), table, pixels);
    return data.map((_, at) => [...pixels.slice(4 * at, 4 * at + 3)]);
  };

  it("show zero as paper however far the numbers reach to either side", () => {
    expect(painted([-1, 0, 4], "signed")).toEqual([
      [255, 191, 191],
      [255, 255, 255],
      [0, 0, 255],
    ]);
    expect(painted([0, 0], "signed")).toEqual([
      [255, 255, 255],
      [255, 255, 255],
    ]);
  });

  it("show a picture clipped to black and white, or stretched", () => {
    expect(painted([-1, 0.5, 2], "clipped").map(([red]) => red)).toEqual([0, 128, 255]);
    expect(painted([-1, 0.5, 2], "stretched").map(([red]) => red)).toEqual([0, 128, 255]);
    expect(painted([3, 3], "stretched").map(([red]) => red)).toEqual([0, 0]);
  });
});

describe("pictures", () => {
  it("a colour picture is three planes, one of them, or its grey", () => {
    const colour: Bytes = { channels: 3, height: 1, width: 1, data: Uint8Array.of(255, 0, 51) };
    const numbers = (choice: Settings["channels"], white = 255) => [...planesOf(colour, choice, white).data];
    expect(numbers("all")).toEqual([255, 0, 51]);
    expect((["red", "green", "blue", "grey"] as const).map((choice) => numbers(choice)[0])).toEqual([
      255, 0, 51, 82,
    ]);
    expect(numbers("blue", 1)).toEqual([Math.fround(0.2)]);
  });

  it("the reader's own get a longer side of so many pixels, and one plane if they are grey", () => {
    const picture = (red: number) => ({
      ...{ height: 60, width: 120 },
      data: Uint8ClampedArray.from({ length: 4 * 7200 }, (_, at) => [red, 40, 40, 255][at % 4] ?? 0),
    });
    expect(reduced(picture(40), 48)).toEqual({
      ...{ channels: 1, height: 24, width: 48 },
      data: new Uint8Array(24 * 48).fill(40),
    });
    expect(reduced(picture(200), 48)).toMatchObject({ channels: 3, height: 24, width: 48 });
    expect(reduced(picture(40), 500)).toMatchObject({ height: 60, width: 120 });
  });

  it("drawn ones fill their planes", () => {
    for (const { make } of drawn) {
      const { channels, height, width, data } = make();
      expect(data.length).toBe(channels * height * width);
      expect(new Set(data).size).toBeGreaterThan(1);
    }
    expect([...bitmap(1).data].filter((byte) => byte === 255).length).toBe(
      bitmaps[1]?.filter((pixel) => pixel > 0).length,
    );
  });
});

/** What a link can't tell from 0. */
function withoutMinusZero(settings: Settings): Settings {
  const kernel =
    typeof settings.kernel === "string" ? settings.kernel : settings.kernel.map((one) => one + 0);
  return { ...settings, kernel, bias: settings.bias + 0 };
}
