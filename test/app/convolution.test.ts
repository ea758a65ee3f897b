import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply, type Operation, type Planes, tapsAt, winner } from "../../app/convolution/compute.ts";
import {
  axisOf,
  type Geometry,
  nearest,
  problemOf,
  readers,
  stepsOf,
} from "../../app/convolution/geometry.ts";
import { fitted, kernelSizes, presetNumbers, presets } from "../../app/convolution/kernels.ts";
import {
  extentFor,
  layerDilations,
  layerKernels,
  layerStrides,
  layersIn,
  levelsOf,
  textOf,
  waysTo,
} from "../../app/convolution/stack.ts";
import { ShapeError } from "../../src/ir/errors.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { receptiveFields } from "../../src/models/receptiveField.ts";
import { conv2d } from "../../src/ops/conv.ts";
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

describe("layer upon layer", () => {
  const layerOf = fc.record({
    kernel: fc.constantFrom(...layerKernels),
    stride: fc.constantFrom(...layerStrides),
    dilation: fc.constantFrom(...layerDilations),
  });
  const stacks = fc.array(layerOf, { minLength: 1, maxLength: 4 });

  it("sees what the library says it sees", () => {
    fc.assert(
      fc.property(stacks, (layers) => {
        const graph = new GraphBuilder();
        const extent = extentFor(layers);
        let x = graph.input("x", f32(1, 1, extent, extent));
        for (const { kernel, stride, dilation } of layers)
          x = conv2d(x, graph.state(`${x.id}`, f32(1, 1, kernel, kernel)), {
            stride: [stride, stride],
            padding: [0, 0, 0, 0],
            dilation: [dilation, dilation],
            groups: 1,
          });
        graph.output("y", x);
        const { field, jump, count } = levelsOf(layers, extent).at(-1) ?? {};
        expect(receptiveFields(graph.finish()).get(x)).toMatchObject({
          size: [field, field],
          step: [jump, jump],
        });
        expect(x.type.shape).toEqual([1, 1, count, count]);
        expect(count).toBeGreaterThanOrEqual(5);
      }),
    );
  });

  it("the pixels that a number depends on are as far apart as its field, about its middle", () => {
    fc.assert(
      fc.property(stacks, fc.nat(4), (layers, index) => {
        const { field, jump, middle } = levelsOf(layers, extentFor(layers)).at(-1) ?? {
          field: 0,
          jump: 0,
          middle: 0,
        };
        const pixels = [...(waysTo(layers, index)[0]?.keys() ?? [])];
        const [least, most] = [Math.min(...pixels), Math.max(...pixels)];
        expect(most - least + 1).toBe(field);
        expect((least + most) / 2).toBe(middle + index * jump);
      }),
    );
  });

  it("two layers of three reach the middle pixel in three ways, those at the edge in one", () => {
    const three = { kernel: 3, stride: 1, dilation: 1 };
    expect([...(waysTo([three, three], 0)[0] ?? [])].toSorted(([a], [b]) => a - b)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 2],
      [4, 1],
    ]);
  });

  it("is written into links and read from them", () => {
    fc.assert(
      fc.property(stacks, (layers) => {
        expect(layersIn(textOf(layers))).toEqual(layers);
      }),
    );
    for (const broken of ["", "3", "3/0/1", "4/1/1", "3/1/1 x", "3/1/1 ".repeat(9)])
      expect(layersIn(broken)).toBeUndefined();
  });
});
