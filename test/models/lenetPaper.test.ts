import { describe, expect, test } from "vitest";
import { present, UsageError } from "../../src/ir/errors.ts";
import { size } from "../../src/ir/type.ts";
import { bitmapSize, bitmaps, c3Table, lenet5_paper, summarize } from "../../src/models/index.ts";
import { namedTensors, Parameter } from "../../src/nn/module.ts";
import { forward, startOf } from "./run.ts";

const model = lenet5_paper();

describe("lenet5_paper", () => {
  test("has the paper's trainable parameters, layer by layer", () => {
    const count = new Map<string, number>();
    for (const [path, tensor] of namedTensors(model)) {
      const [layer = ""] = path.split(".");
      const more = tensor instanceof Parameter ? size(tensor.shape) : 0;
      count.set(layer, (count.get(layer) ?? 0) + more);
    }
    expect(Object.fromEntries(count)).toEqual({
      c1: 156,
      s2: 12,
      c3: 1_516,
      s4: 32,
      c5: 48_120,
      f6: 10_164,
      rbf: 0,
    });
    expect(summarize(model).parameters).toBe(60_000);
  });

  test("has the paper's maps", () => {
    const outputs = summarize(model).rows.map(({ path, output }) => [path, output.slice(1).join("x")]);
    expect(outputs).toEqual([
      ["", "10"],
      ["c1", "6x28x28"],
      ["s2", "6x14x14"],
      ["c3", "16x10x10"],
      ["s4", "16x5x5"],
      ["c5", "120x1x1"],
      ["f6", "84"],
      ["rbf", "10"],
    ]);
  });

  test("takes a multiply-add a connection: C3's gaps count nothing", () => {
    const { macs, rows } = summarize(model);
    expect(rows.find(({ path }) => path === "c3")?.macs).toBe(60 * 25 * 100);
    expect(macs).toBe(325_680);
  });

  test("scales white to -0.1 and black to 1.175", () => {
    const { mean, std } = model.normalization;
    const scaled = (pixel: number) => (pixel / 255 - (mean[0] ?? 0)) / (std[0] ?? 0);
    expect(scaled(0)).toBeCloseTo(-0.1, 12);
    expect(scaled(255)).toBeCloseTo(1.175, 12);
  });

  test("starts each unit's weights within 2.4 over its fan in, and reaches near that", () => {
    const start = startOf(model);
    const largest = (path: string, from: number, to: number) =>
      Math.max(...present(start.get(path), path).subarray(from, to).map(Math.abs));
    const units: [path: string, from: number, to: number, fanIn: number][] = [
      ["c1.weight", 0, 150, 25],
      ["c3.weight", 0, 18 * 25, 3 * 25],
      ["c3.weight", 18 * 25, 54 * 25, 4 * 25],
      ["c3.weight", 54 * 25, 60 * 25, 6 * 25],
      ["c5.weight", 0, 48_000, 400],
      ["f6.weight", 0, 10_080, 120],
    ];
    for (const [path, from, to, fanIn] of units) {
      expect(largest(path, from, to)).toBeLessThanOrEqual(Math.fround(2.4 / fanIn));
      expect(largest(path, from, to)).toBeGreaterThan((0.9 * 2.4) / fanIn);
    }
    expect(largest("s2.coefficient", 0, 6)).toBeLessThanOrEqual(Math.fround(0.6));
  });

  test("refuses sizes other than 32 and more classes than it has bitmaps", () => {
    expect(() => lenet5_paper({ size: 28 })).toThrow(
      new UsageError("lenet5_paper: `size` is 32, as C5 has 1x1 maps; it can't be 28x28"),
    );
    expect(() => lenet5_paper({ classes: 11 })).toThrow(
      new UsageError("lenet5_paper: `classes` must be at most 10, one a digit's bitmap, not 11"),
    );
  });
});

describe("lenet5_paper's output", () => {
  test("is 0 for the digit whose bitmap F6 shows, and 4 a differing pixel for the others", async () => {
    const tensors = new Map([...startOf(model)].map(([path, data]) => [path, new Float32Array(data.length)]));
    tensors.set("rbf.centres", Float32Array.from(bitmaps.flat()));
    const shown = present(bitmaps[7], "ten bitmaps");
    tensors.set("f6.bias", Float32Array.from(shown));
    const distances = await forward(model, tensors, new Float32Array(32 * 32));
    // f(1) = 1.7159 tanh(2/3) = 1.00000: a bias of ±1 gives F6 a value of ±1.
    const expected = bitmaps.map((bitmap) => 4 * bitmap.filter((pixel, i) => pixel !== shown[i]).length);
    expect(expected[7]).toBe(0);
    distances.forEach((distance, digit) => {
      expect(distance).toBeCloseTo(present(expected[digit], "ten digits"), 2);
    });
  });

  test("agrees with the paper's equations written out in loops", async () => {
    const tensors = startOf(model);
    const x = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i * i));
    const expected = byTheEquations(x, (path, at) => tensors.get(path)?.[at] ?? Number.NaN);
    const distances = await forward(model, tensors, x);
    distances.forEach((distance, digit) => {
      expect(distance).toBeCloseTo(expected[digit] ?? Number.NaN, 3);
    });
  });
});

describe("the connection table of C3", () => {
  test("has 60 connections, and each S2 map feeds 10 C3 maps", () => {
    expect(c3Table.map((maps) => maps.length)).toEqual([3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6]);
    for (let map = 0; map < 6; map++) expect(c3Table.filter((maps) => maps.includes(map))).toHaveLength(10);
  });

  test("has no two equal columns, each in rising order", () => {
    expect(new Set(c3Table.map((maps) => maps.join())).size).toBe(16);
    for (const maps of c3Table) expect(maps).toEqual([...new Set(maps)].sort((a, b) => a - b));
  });
});

describe("the bitmaps", () => {
  test("are ten pictures of 7x12 pixels of +1 or -1", () => {
    expect(bitmapSize).toEqual([7, 12]);
    expect(bitmaps).toHaveLength(10);
    for (const bitmap of bitmaps) {
      expect(bitmap).toHaveLength(84);
      expect(bitmap.every((pixel) => pixel === 1 || pixel === -1)).toBe(true);
    }
  });

  test("differ from each other in at least five pixels", () => {
    for (const [i, a] of bitmaps.entries())
      for (const b of bitmaps.slice(i + 1))
        expect(a.filter((pixel, at) => pixel !== b[at]).length).toBeGreaterThanOrEqual(5);
  });

  test("show the digit", () => {
    const [width] = bitmapSize;
    const seven = present(bitmaps[7], "ten bitmaps");
    const rows = Array.from({ length: 10 }, (_, row) =>
      seven.slice(row * width, (row + 1) * width).map((pixel) => (pixel === 1 ? "#" : ".")),
    );
    expect(rows.map((row) => row.join(""))).toEqual([
      "#######",
      ".....##",
      ".....##",
      "....##.",
      "...##..",
      "...##..",
      "..##...",
      "..##...",
      "..##...",
      "..##...",
    ]);
  });
});

type Maps = readonly (readonly (readonly number[])[])[];

function byTheEquations(x: Float32Array, weight: (path: string, at: number) => number): number[] {
  const f = (a: number) => 1.7159 * Math.tanh((2 * a) / 3);
  const grid = (side: number, of: (row: number, column: number) => number) =>
    Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => of(row, column)));
  const at = (maps: Maps, map: number, row: number, column: number) =>
    maps[map]?.[row]?.[column] ?? Number.NaN;

  const convolve = (layer: string, maps: Maps, table: readonly (readonly number[])[]): Maps => {
    let connection = 0;
    const side = (maps[0]?.length ?? 0) - 4;
    return table.map((sources, k) => {
      const first = connection;
      connection += sources.length;
      return grid(side, (row, column) => {
        let a = weight(`${layer}.bias`, k);
        sources.forEach((source, s) => {
          for (let i = 0; i < 5; i++)
            for (let j = 0; j < 5; j++)
              a +=
                weight(`${layer}.weight`, (first + s) * 25 + i * 5 + j) *
                at(maps, source, row + i, column + j);
        });
        return f(a);
      });
    });
  };
  const subsample = (layer: string, maps: Maps): Maps =>
    maps.map((_, k) =>
      grid((maps[0]?.length ?? 0) / 2, (row, column) => {
        let sum = 0;
        for (const i of [0, 1]) for (const j of [0, 1]) sum += at(maps, k, 2 * row + i, 2 * column + j);
        return f(weight(`${layer}.coefficient`, k) * sum + weight(`${layer}.bias`, k));
      }),
    );

  const all = (n: number) => Array.from({ length: n }, (_, i) => i);
  const c1 = convolve(
    "c1",
    [grid(32, (row, column) => x[row * 32 + column] ?? Number.NaN)],
    all(6).map(() => [0]),
  );
  const s4 = subsample("s4", convolve("c3", subsample("s2", c1), c3Table));
  const c5 = convolve(
    "c5",
    s4,
    all(120).map(() => all(16)),
  );
  const f6 = all(84).map((unit) =>
    f(
      c5.reduce(
        (a, _, i) => a + weight("f6.weight", unit * 120 + i) * at(c5, i, 0, 0),
        weight("f6.bias", unit),
      ),
    ),
  );
  return bitmaps.map((bitmap) => f6.reduce((y, value, i) => y + (value - (bitmap[i] ?? Number.NaN)) ** 2, 0));
}
