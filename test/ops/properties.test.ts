import fc from "fast-check";
import { expect, it } from "vitest";
import { uniform } from "../../src/ir/random.ts";
import { f32, type Shape, size } from "../../src/ir/type.ts";
import { convShape } from "../../src/ops/conv.ts";
import { dropoutKey } from "../../src/ops/dropout.ts";
import { avgPool2d } from "../../src/ops/pool.ts";
import { first, type Operand } from "./run.ts";

const options = { seed: 20, numRuns: 60 };
const extent = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(extent(max), extent(max));

/** f32 elements in eighths, so that their products and sums are exact. */
function elements(shape: Shape, seed: number): Operand {
  const at = (i: number) => (((i + 3) * (2 * seed + 7919)) % 33) - 16;
  return [shape, Array.from({ length: size(shape) }, (_, i) => at(i) / 8)];
}

function dot(a: readonly number[], b: Operand[1]): number {
  return a.reduce((sum, element, i) => sum + element * (b[i] ?? 0), 0);
}

const convolution = fc
  .record({
    n: extent(2),
    groups: extent(3),
    depth: extent(3),
    filtersPerGroup: extent(3),
    kernel: pair(3),
    stride: pair(3),
    dilation: pair(2),
    padding: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))),
    more: pair(4),
  })
  .map(({ n, groups, depth, filtersPerGroup, kernel, stride, dilation, padding, more }) => {
    const reach = (axis: 0 | 1) => (kernel[axis] - 1) * dilation[axis] + more[axis];
    const [top = 0, left = 0, bottom = 0, right = 0] = padding;
    const attrs = { stride, dilation, groups, padding: [top, left, bottom, right] as const };
    const x: Shape = [n, groups * depth, reach(0), reach(1)];
    const weight: Shape = [groups * filtersPerGroup, depth, ...kernel];
    return { attrs, x, weight, y: convShape("conv2d", f32(...x), f32(...weight), attrs) };
  });

it("<conv(x, w), dy> = <x, inputGrad(dy, w)> = <w, weightGrad(x, dy)>", async () => {
  await fc.assert(
    fc.asyncProperty(convolution, async ({ attrs, ...shapes }) => {
      const [x, w, dy] = [elements(shapes.x, 1), elements(shapes.weight, 2), elements(shapes.y, 3)];
      const whole = dot(await first("conv2d", [x, w], attrs), dy[1]);
      expect(dot(await first("conv2dInputGrad", [dy, w], { ...attrs, shape: shapes.x }), x[1])).toBe(whole);
      expect(dot(await first("conv2dWeightGrad", [x, dy], { ...attrs, shape: shapes.weight }), w[1])).toBe(
        whole,
      );
    }),
    options,
  );
});

it("conv2d is what conv2d of the padded image without padding is", async () => {
  await fc.assert(
    fc.asyncProperty(convolution, async ({ attrs, ...shapes }) => {
      const [x, w] = [elements(shapes.x, 1), elements(shapes.weight, 2)];
      const [top, left, bottom, right] = attrs.padding;
      const [n = 1, c = 1, height = 1, width = 1] = shapes.x;
      const around = { before: [0, 0, top, left], after: [0, 0, bottom, right], value: 0 };
      const padded = await first("pad", [x], around);
      const shape = [n, c, height + top + bottom, width + left + right];
      const expected = await first("conv2d", [[shape, padded], w], { ...attrs, padding: [0, 0, 0, 0] });
      expect(await first("conv2d", [x, w], attrs)).toEqual(expected);
    }),
    options,
  );
});

it("<linear(x, w), dy> = <x, inputGrad(dy, w)> = <w, weightGrad(x, dy)>", async () => {
  await fc.assert(
    fc.asyncProperty(extent(4), extent(9), extent(9), async (n, i, o) => {
      const [x, w, dy] = [elements([n, i], 1), elements([o, i], 2), elements([n, o], 3)];
      const whole = dot(await first("linear", [x, w]), dy[1]);
      expect(dot(await first("linearInputGrad", [dy, w]), x[1])).toBe(whole);
      expect(dot(await first("linearWeightGrad", [x, dy]), w[1])).toBe(whole);
    }),
    options,
  );
});

it("<avgPool(x), dy> = <x, inputGrad(dy)>, and a constant image without padding keeps its value", async () => {
  const windows = fc.record({
    kernel: pair(3),
    stride: pair(3),
    ceil: fc.boolean(),
    countPadding: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(windows, pair(4), async (window, more) => {
      const attrs = { ...window, padding: [0, 0, 0, 0] as const };
      const shape: Shape = [1, 2, window.kernel[0] + more[0], window.kernel[1] + more[1]];
      const [y] = avgPool2d.types([f32(...shape)], attrs);
      const [x, dy] = [elements(shape, 1), elements(y?.shape ?? [], 2)];
      const whole = dot(await first("avgPool2d", [x], attrs), dy[1]);
      expect(dot(await first("avgPool2dInputGrad", [dy], { ...attrs, shape }), x[1])).toBeCloseTo(whole, 4);
      const constant = await first("avgPool2d", [[shape, Array(size(shape)).fill(3)]], attrs);
      expect(new Set(constant)).toEqual(new Set([3]));
    }),
    options,
  );
});

it("concat, then slice, gives each part back", async () => {
  const shapes = fc.record({
    axis: fc.integer({ min: 0, max: 2 }),
    rest: fc.tuple(extent(4), extent(4), extent(4)),
  });
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(extent(4), { minLength: 1, maxLength: 4 }),
      async ({ axis, rest }, extents) => {
        const parts = extents.map((n, i) => elements(rest.with(axis, n), i));
        const total = extents.reduce((sum, n) => sum + n, 0);
        const whole = await first("concat", parts, { axis });
        let start = 0;
        for (const [i, n] of extents.entries()) {
          const part = await first("slice", [[rest.with(axis, total), whole]], { axis, start, size: n });
          expect(part).toEqual(parts[i]?.[1]);
          start += n;
        }
      },
    ),
    options,
  );
});

it("pad, then slice, gives the picture back", async () => {
  await fc.assert(
    fc.asyncProperty(
      pair(4),
      pair(4),
      fc.integer({ min: 0, max: 1 }),
      async (shape, [before, after], axis) => {
        const at = (n: number) => [0, 0].with(axis, n);
        const x = elements(shape, 5);
        const padded = await first("pad", [x], { before: at(before), after: at(after), value: -9 });
        const wider = shape.with(axis, (shape[axis] ?? 0) + before + after);
        expect(await first("slice", [[wider, padded]], { axis, start: before, size: shape[axis] })).toEqual(
          x[1],
        );
      },
    ),
    options,
  );
});

it("gatherRows by a permutation and by its inverse is the identity", async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
  await fc.assert(
    fc.asyncProperty(order, async (rows) => {
      const x = elements([5, 3], 1);
      const inverse = rows.map((_, row) => rows.indexOf(row));
      const there = await first("gatherRows", [x], { rows });
      expect(await first("gatherRows", [[[5, 3], there]], { rows: inverse })).toEqual(x[1]);
    }),
    options,
  );
});

it("dropout keeps 1 - p of the elements, scaled so that the mean stays", async () => {
  const n = 20_000;
  const ones: Operand = [[n], Array(n).fill(1)];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0.1, 0.4, 0.5, 0.7),
      fc.integer(),
      fc.integer({ min: 0 }),
      async (p, seed, step) => {
        const y = await first("dropout", [ones, [[2], Int32Array.of(seed, step)]], { p, salt: 5 });
        const kept = y.filter((element) => element !== 0);
        // Five standard deviations of a binomial share.
        expect(Math.abs(kept.length / n - (1 - p))).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
        expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - p))]));
      },
    ),
    { seed: 20, numRuns: 12 },
  );
});

it("dropout keeps element i when uniform(dropoutKey(seed, step, salt), i) is at least p", async () => {
  const ones: Operand = [[99], Array(99).fill(1)];
  const y = await first("dropout", [ones, [[2], Int32Array.of(8, 9)]], { p: 0.5, salt: 10 });
  expect(y).toEqual(y.map((_, i) => (uniform(dropoutKey(8, 9, 10), i) >= 0.5 ? 2 : 0)));
});

it("dropout draws anew for another seed, step or salt, and the same for the same", async () => {
  const ones: Operand = [[64], Array(64).fill(1)];
  const mask = async (seed: number, step: number, salt: number) =>
    (await first("dropout", [ones, [[2], Int32Array.of(seed, step)]], { p: 0.5, salt })).join("");
  const masks = [
    await mask(1, 2, 3),
    await mask(2, 2, 3),
    await mask(1, 3, 3),
    await mask(1, 2, 4),
    await mask(2, 1, 3),
  ];
  expect(new Set(masks).size).toBe(5);
  expect(await mask(1, 2, 3)).toBe(masks[0]);
});
