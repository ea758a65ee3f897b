import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { paint, scaleOf, signedTable } from "../../app/convolution/colours.ts";
import { apply, type Operation, type Planes, tapsAt, winner } from "../../app/convolution/compute.ts";
import { type Bytes, bitmap, drawn } from "../../app/convolution/drawn.ts";
import { filterNumbers, firstFilters } from "../../app/convolution/filters.ts";
import {
  axisOf,
  type Geometry,
  nearest,
  problemOf,
  readers,
  stepsOf,
} from "../../app/convolution/geometry.ts";
import { fitted, kernelSizes, presetNumbers, presets } from "../../app/convolution/kernels.ts";
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
import { ShapeError } from "../../src/ir/errors.ts";
import { size } from "../../src/ir/type.ts";
import { bitmaps } from "../../src/models/bitmaps.ts";
import { createModel } from "../../src/models/registry.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { first } from "../ops/run.ts";

const real = fc.float({ noNaN: true, min: -8, max: 8 });
const geometries: fc.Arbitrary<Geometry> = fc.record({
  kernel: fc.constantFrom(...kernelSizes),
  stride: fc.integer({ min: 1, max: 4 }),
  padding: fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constant("same" as const)),
  dilation: fc.integer({ min: 1, max: 3 }),
  ceil: fc.boolean(),
});
const pictures: fc.Arbitrary<Planes> = fc
  .record({
    channels: fc.constantFrom(1, 3),
    height: fc.integer({ min: 1, max: 14 }),
    width: fc.integer({ min: 1, max: 14 }),
  })
  .chain((shape) => {
    const length = shape.channels * shape.height * shape.width;
    return fc
      .array(real, { minLength: length, maxLength: length })
      .map((numbers) => ({ ...shape, data: Float32Array.from(numbers) }));
  });

/** What the page computes, or undefined where it says that nothing fits. */
function computed(x: Planes, operation: Operation, geometry: Geometry): readonly number[] | undefined {
  const rows = axisOf(x.height, geometry);
  const columns = axisOf(x.width, geometry);
  const pooling = operation.kind !== "convolution";
  if (problemOf(rows, pooling) ?? problemOf(columns, pooling)) return undefined;
  return [...apply(x, operation, rows, columns).data];
}

/** What the library computes, or undefined where it refuses the shapes. */
async function library(...given: Parameters<typeof first>): Promise<readonly number[] | undefined> {
  try {
    return await first(...given);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

function attrsOf(x: Planes, geometry: Geometry) {
  const { kernel, stride, dilation, ceil } = geometry;
  const rows = axisOf(x.height, geometry);
  const columns = axisOf(x.width, geometry);
  return {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [rows.before, columns.before, rows.after, columns.after],
    dilation: [dilation, dilation],
    groups: 1,
    ceil,
  };
}

const shapeOf = (x: Planes) => [1, x.channels, x.height, x.width];

describe("the page computes what the library computes, and refuses what it refuses", () => {
  it("a convolution, to the last bit", async () => {
    const weights = fc.array(real, { minLength: 147, maxLength: 147 });
    await fc.assert(
      fc.asyncProperty(
        pictures,
        weights,
        real,
        fc.boolean(),
        geometries,
        async (x, numbers, bias, relu, drawn) => {
          const geometry = { ...drawn, ceil: false };
          const taps = geometry.kernel ** 2;
          const weight = Float32Array.from(numbers.slice(0, x.channels * taps));
          const theirs = await library(
            "conv2dBias",
            [
              [shapeOf(x), x.data],
              [[1, x.channels, geometry.kernel, geometry.kernel], weight],
              [[1], [bias]],
            ],
            { ...attrsOf(x, geometry), activation: relu ? "relu" : "none" },
          );
          expect(computed(x, { kind: "convolution", weight, bias, relu }, geometry)).toEqual(theirs);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("poolings, rounded up or down, with padding counted or not", async () => {
    await fc.assert(
      fc.asyncProperty(pictures, fc.boolean(), geometries, async (x, countPadding, drawn) => {
        const geometry = { ...drawn, dilation: 1 };
        const attrs = { ...attrsOf(x, geometry), countPadding };
        const operand = [shapeOf(x), x.data] as const;
        expect(computed(x, { kind: "max" }, geometry)).toEqual(await library("maxPool2d", [operand], attrs));
        expect(computed(x, { kind: "average", countPadding }, geometry)).toEqual(
          await library("avgPool2d", [operand], attrs),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("geometry", () => {
  it("finds the windows that read a position, and nothing else", () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: 1, max: 20 }), (geometry, extent) => {
        const axis = axisOf(extent, geometry);
        for (let position = -axis.before; position < extent + axis.after; position++) {
          const expected = Array.from({ length: axis.count }, (_, index) => index).filter((index) =>
            Array.from(
              { length: axis.kernel },
              (_, tap) => index * axis.stride - axis.before + tap * axis.dilation,
            ).includes(position),
          );
          expect(readers(axis, position)).toEqual(expected);
        }
      }),
    );
  });

  it("a size is the formula's, but for the last window of rounding up that would begin in the padding", () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: 1, max: 20 }), (geometry, extent) => {
        const axis = axisOf(extent, geometry);
        const steps = stepsOf(axis);
        const formula = (geometry.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
        expect(Math.max(0, formula) - axis.count).toBeOneOf(geometry.ceil ? [0, 1] : [0]);
      }),
    );
  });

  it("`same` keeps a picture's size at stride 1, and divides it by the stride, rounded up", () => {
    const same = (size: number, kernel: number, stride: number) =>
      axisOf(size, { kernel, stride, padding: "same", dilation: 1, ceil: false });
    expect(same(28, 3, 1)).toMatchObject({ count: 28, before: 1, after: 1 });
    expect(same(28, 2, 1)).toMatchObject({ count: 28, before: 0, after: 1 });
    expect(same(29, 3, 2).count).toBe(15);
  });

  it("the nearest window to a pixel has it in its middle", () => {
    const axis = axisOf(28, { kernel: 3, stride: 1, padding: 0, dilation: 2, ceil: false });
    expect([0, 2, 14, 27].map((position) => nearest(axis, position))).toEqual([0, 0, 12, 23]);
  });

  it("says what does not fit and what helps", () => {
    const problem = (size: number, padding: number, dilation: number, pooling = false) =>
      problemOf(axisOf(4, { kernel: size, stride: 1, padding, dilation, ceil: false }), pooling);
    expect(problem(3, 0, 1)).toBeUndefined();
    expect(problem(3, 1, 3)).toMatchInlineSnapshot(
      `"3 taps with dilation 3 span 7 pixels, and there are 4 of the picture and 1 + 1 of padding. Take a smaller kernel or dilation, more padding, or a larger picture."`,
    );
    expect(problem(7, 0, 1)).toMatchInlineSnapshot(
      `"The window spans 7 pixels, and there are 4. Take a smaller kernel or dilation, more padding, or a larger picture."`,
    );
    expect(problem(2, 2, 1, true)).toMatchInlineSnapshot(
      `"Padding 2 leaves windows of 2 × 2 without a pixel: for a pooling it must be smaller than the window."`,
    );
  });
});

describe("a window", () => {
  const x: Planes = { channels: 1, height: 2, width: 2, data: Float32Array.of(1, 4, 4, 2) };
  const axis = axisOf(2, { kernel: 3, stride: 1, padding: 1, dilation: 1, ceil: false });

  it("reads zeros from the padding", () => {
    const taps = tapsAt(x, 0, axis, axis, 0, 0);
    expect(taps.map(({ value }) => value)).toEqual([0, 0, 0, 0, 1, 4, 0, 4, 2]);
    expect(taps.filter(({ place }) => place === "padding").length).toBe(5);
  });

  it("gives its maximum to the first of equals, and never to padding", () => {
    expect(winner(tapsAt(x, 0, axis, axis, 0, 0))).toBe(5);
    const dark = { ...x, data: Float32Array.of(-1, -2, -3, -4) };
    expect(winner(tapsAt(dark, 0, axis, axis, 0, 0))).toBe(4);
  });
});

describe("kernels", () => {
  const of = (name: string, size: number) =>
    presets.find((preset) => preset.name === name)?.numbers(size) ?? [];

  it("are the well-known ones at 3 x 3", () => {
    expect(of("sobelX", 3)).toEqual([-1, 0, 1, -2, 0, 2, -1, 0, 1]);
    expect(of("sobelY", 3)).toEqual([-1, -2, -1, 0, 0, 0, 1, 2, 1]);
    expect(of("laplacian", 3)).toEqual([0, 1, 0, 1, -4, 1, 0, 1, 0]);
    expect(of("sharpen", 3)).toEqual([0, -1, 0, -1, 5, -1, 0, -1, 0]);
    expect(of("emboss", 3)).toEqual([-2, -1, 0, -1, 1, 1, 0, 1, 2]);
    expect(of("gaussian", 3).map((weight) => 16 * weight)).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
  });

  it("blurs and sharpeners keep the brightness at every size, and derivatives see none", () => {
    const sums = {
      identity: 1,
      box: 1,
      gaussian: 1,
      sharpen: 1,
      sobelX: 0,
      sobelY: 0,
      laplacian: 0,
      emboss: 1,
    };
    for (const [name, sum] of Object.entries(sums))
      for (const size of presets.find((preset) => preset.name === name)?.sizes ?? [])
        expect(of(name, size).reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 12);
  });

  it("have as many numbers as the picture needs", () => {
    for (const preset of presets)
      for (const size of preset.sizes) expect(presetNumbers(preset, size, 3).length).toBe(3 * size * size);
  });

  it("keep their middle when they are brought to another size", () => {
    expect(fitted([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 1, 1)).toEqual([5]);
    expect(fitted([5], 1, 3, 1)).toEqual([0, 0, 0, 0, 5, 0, 0, 0, 0]);
    expect(fitted([1, 2, 3], 1, 1, 1)).toEqual([6]);
    expect(fitted([7], 1, 1, 3)).toEqual([7, 7, 7]);
  });
});

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
    expect(() => firstFilters(opened(createModel("alexnet")))).toThrowErrorMatchingInlineSnapshot(`[Error: Its first filters are 11 × 11, and windows here have 1, 2, 3, 5 or 7 on a side.]`);
    expect(() => firstFilters(opened(createModel("mlp")))).toThrowErrorMatchingInlineSnapshot(`[Error: It has no convolution, so no filters.]`);
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
