import { describe, expect, it } from "vitest";
import type { Value } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { formatWindow, receptiveFields } from "../../src/models/receptiveField.ts";
import { Conv2d } from "../../src/nn/layers.ts";
import type { Layer } from "../../src/nn/module.ts";
import { adaptiveAvgPooling, maxPooling } from "../../src/nn/pooling.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import { trace } from "../../src/nn/trace.ts";
import { pad, slice } from "../../src/ops/shape.ts";

/** The windows of layers on a 14x14 picture, and the receptive field of the last one. */
function seen(...layers: readonly Layer[]) {
  const graph = trace(new Sequential(...layers), f32(1, 1, 14, 14));
  const [output] = graph.outputs.values();
  return {
    windows: graph.nodes.map(formatWindow).filter((window) => window !== ""),
    field: output && receptiveFields(graph).get(output),
  };
}

describe("receptiveFields", () => {
  it("adds a window's extent at the distance of its input's neighbours", () => {
    const dilated = new Conv2d(1, 1, { kernel: 3, dilation: 2 });
    expect(seen(maxPooling(2), dilated)).toEqual({
      windows: ["2x2/2", "3x3 d2"],
      field: { size: [10, 10], step: [2, 2], start: [0, 0] },
    });
  });

  it("takes the largest of adaptive pooling's windows, 4 of 14 pixels here", () => {
    expect(seen(adaptiveAvgPooling(4, 4))).toEqual({
      windows: ["4x4/4"],
      field: { size: [4, 4], step: [4, 4], start: [0, 0] },
    });
    // Rows at 0, 4 and 9, columns at 0 and 7.
    expect(seen(adaptiveAvgPooling(3, 2)).field).toEqual({ size: [6, 7], step: [5, 7], start: [0, 0] });
  });

  it("knows adaptive pooling that keeps every pixel, or only divides, as what it is", () => {
    expect(seen(adaptiveAvgPooling(14, 14)).field).toEqual({ size: [1, 1], step: [1, 1], start: [0, 0] });
    expect(seen(adaptiveAvgPooling(7, 7)).windows).toEqual(["2x2/2"]);
  });
});

describe("where the first region begins", () => {
  it("is left of the picture and above it by the padding, at the distance of the input's neighbours", () => {
    const padded = new Conv2d(1, 1, { kernel: 3, padding: 1 });
    expect(seen(maxPooling(2), padded).field).toEqual({ size: [6, 6], step: [2, 2], start: [-2, -2] });
  });

  it("follows what is cut off or put in front", () => {
    const cropped = (x: Value) => slice(x, { axis: 3, start: 5, size: 4 });
    expect(seen(cropped).field?.start).toEqual([0, 5]);
    const framed = (x: Value) => pad(x, { before: [0, 0, 1, 2], after: [0, 0, 0, 0], value: 0 });
    expect(seen(maxPooling(2), framed).field?.start).toEqual([-2, -4]);
  });
});

describe("formatWindow", () => {
  it.each([
    [{ kernel: 3, padding: 1 } as const, "3x3 p1"],
    [{ kernel: [1, 7], padding: [0, 3] } as const, "1x7 p0,3"],
    [{ kernel: 3, stride: 2, padding: "same" } as const, "3x3/2 p0,0,1,1"],
    [{ kernel: [3, 1], stride: [2, 1] } as const, "3x1/2,1"],
  ])("%o is %s", (options, text) => {
    expect(seen(new Conv2d(1, 1, options)).windows).toEqual([text]);
  });
});
