import { describe, expect, test } from "vitest";
import type { Value } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { Conv2d, type ConvOptions, Dropout, Linear } from "../../src/nn/layers.ts";
import type { Layer, Module } from "../../src/nn/module.ts";
import {
  adaptiveAvgPooling,
  avgPooling,
  globalAvgPooling,
  maxPooling,
  resizing,
} from "../../src/nn/pooling.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";

/** The shape that `layer` makes of x. */
const shapeAfter = (layer: Layer, ...shape: number[]) =>
  trace(new Sequential(layer), f32(...shape)).outputs.get("y")?.type.shape;

/** The training graph's nodes. */
function nodesInTraining(module: Module, ...shape: number[]): Trace["graph"]["nodes"] {
  const walk = new Trace(module, { training: true });
  walk.call(module, walk.graph.input("x", f32(...shape)));
  return walk.graph.nodes;
}

describe("Conv2d", () => {
  test.each<[ConvOptions, number[]]>([
    [{ kernel: 3 }, [2, 8, 7, 9]],
    [{ kernel: 3, padding: 1 }, [2, 8, 9, 11]],
    [{ kernel: [1, 7], padding: [0, 3] }, [2, 8, 9, 11]],
    [{ kernel: 3, padding: [0, 0, 1, 1], stride: 2 }, [2, 8, 4, 5]],
    [{ kernel: 3, dilation: [1, 2], stride: [2, 1] }, [2, 8, 4, 7]],
    [{ kernel: 1, groups: 4 }, [2, 8, 9, 11]],
  ])("of %o makes [2,4,9,11] to %o", (options, shape) => {
    expect(shapeAfter(new Conv2d(4, 8, options), 2, 4, 9, 11)).toEqual(shape);
  });

  // TensorFlow's SAME: ceil(extent / stride) results, the odd row and column of padding at the bottom and right.
  test.each<[ConvOptions, padding: number[], shape: number[]]>([
    [{ kernel: 3 }, [1, 1, 1, 1], [2, 8, 9, 12]],
    [{ kernel: 3, stride: 2 }, [1, 0, 1, 1], [2, 8, 5, 6]],
    [{ kernel: 7, stride: 2 }, [3, 2, 3, 3], [2, 8, 5, 6]],
    [{ kernel: 2 }, [0, 0, 1, 1], [2, 8, 9, 12]],
    [{ kernel: [1, 7] }, [0, 3, 0, 3], [2, 8, 9, 12]],
    [{ kernel: 3, dilation: 2 }, [2, 2, 2, 2], [2, 8, 9, 12]],
    [{ kernel: 1, stride: 3 }, [0, 0, 0, 0], [2, 8, 3, 4]],
  ])("of %o with SAME padding of a 9x12 map pads %o", (options, padding, shape) => {
    const same = new Conv2d(4, 8, { ...options, padding: "same", bias: false });
    const { nodes, outputs } = trace(new Sequential(same), f32(2, 4, 9, 12));
    expect(nodes.map(({ attrs }) => attrs)).toEqual([expect.objectContaining({ padding })]);
    expect(outputs.get("y")?.type.shape).toEqual(shape);
  });

  test("has weights for the channels of its own group only", () => {
    expect(new Conv2d(4, 8, { kernel: 3, groups: 2 }).weight.shape).toEqual([8, 2, 3, 3]);
  });
});

describe("pooling", () => {
  test("strides by its kernel unless told otherwise", () => {
    expect(shapeAfter(maxPooling(2), 1, 3, 7, 8)).toEqual([1, 3, 3, 4]);
    expect(shapeAfter(avgPooling([2, 4]), 1, 3, 7, 8)).toEqual([1, 3, 3, 2]);
    expect(shapeAfter(maxPooling(3, { stride: 1, padding: 1 }), 1, 3, 7, 8)).toEqual([1, 3, 7, 8]);
  });

  test("rounds the number of windows up with `ceil`", () => {
    expect(shapeAfter(maxPooling(3, { stride: 2 }), 1, 1, 8, 8)).toEqual([1, 1, 3, 3]);
    expect(shapeAfter(maxPooling(3, { stride: 2, ceil: true }), 1, 1, 8, 8)).toEqual([1, 1, 4, 4]);
  });

  test("over the whole map leaves one element a channel", () => {
    expect(shapeAfter(globalAvgPooling, 2, 3, 7, 5)).toEqual([2, 3, 1, 1]);
  });
});

describe("adaptiveAvgPooling", () => {
  const opsOf = (...shape: number[]) =>
    trace(new Sequential(adaptiveAvgPooling(6, 6)), f32(...shape)).nodes.map(({ op }) => op);

  test("to the size a map has is the identity", () => {
    expect(opsOf(1, 3, 6, 6)).toEqual([]);
  });

  test("to a size that divides the map's is plain pooling", () => {
    expect(opsOf(1, 3, 12, 6)).toEqual(["avgPool2d"]);
    expect(shapeAfter(adaptiveAvgPooling(6, 6), 1, 3, 12, 6)).toEqual([1, 3, 6, 6]);
  });

  test("to any other size has windows that overlap", () => {
    expect(opsOf(1, 3, 7, 12)).toEqual(["adaptiveAvgPool2d"]);
    expect(opsOf(1, 3, 1, 1)).toEqual(["adaptiveAvgPool2d"]);
    expect(shapeAfter(adaptiveAvgPooling(6, 6), 1, 3, 1, 1)).toEqual([1, 3, 6, 6]);
  });
});

test("Linear without bias adds one node", () => {
  expect(trace(new Linear(3, 4, { bias: false }), f32(2, 3)).nodes.map(({ op }) => op)).toEqual(["linear"]);
});

test("resizing to the size a picture has adds no node", () => {
  expect(trace(new Sequential(resizing(8, 9)), f32(1, 1, 8, 9)).nodes).toEqual([]);
  expect(shapeAfter(resizing(8, 9), 1, 1, 5, 5)).toEqual([1, 1, 8, 9]);
});

describe("Dropout", () => {
  const two = new Sequential(new Dropout(0.5), new Dropout(0.5));

  test("in evaluation is the identity and needs no random numbers", () => {
    const { nodes, inputs } = trace(two, f32(2, 3));
    expect(nodes).toEqual([]);
    expect(inputs).toHaveLength(1);
  });

  test("in training draws other numbers in each place", () => {
    const salts = nodesInTraining(two, 2, 3).map(({ attrs }) => JSON.stringify(attrs));
    expect(new Set(salts).size).toBe(2);
  });

  test("in training reads the same seed and step everywhere", () => {
    const random: (Value | undefined)[] = nodesInTraining(two, 2, 3).map(({ inputs }) => inputs[1]);
    expect(random[0]?.source).toEqual({ kind: "input", name: "random" });
    expect(random[1]).toBe(random[0]);
  });

  test("with p = 0 is the identity in training too", () => {
    expect(nodesInTraining(new Dropout(0), 2, 3)).toEqual([]);
  });

  test("with p = 1 is refused: nothing would be left to scale", () => {
    expect(() => nodesInTraining(new Dropout(1), 2, 3)).toThrow("dropout: p must be in [0, 1), not 1");
  });
});
