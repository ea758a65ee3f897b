import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/ir/errors.ts";
import { f32, size } from "../../src/ir/type.ts";
import { type LeNet5Options, lenet5, summarize } from "../../src/models/index.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

const opsOf = (options: LeNet5Options) =>
  new Set(trace(lenet5(options), f32(1, 1, 28, 28)).nodes.map(({ op }) => op));

describe("lenet5", () => {
  test("has 61,706 parameters under the names of PyTorch's tutorials", () => {
    const shapes = [...namedTensors(lenet5())].map(([path, { shape }]) => [path, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      "conv1.weight": [6, 1, 5, 5],
      "conv1.bias": [6],
      "conv2.weight": [16, 6, 5, 5],
      "conv2.bias": [16],
      "fc1.weight": [120, 400],
      "fc1.bias": [120],
      "fc2.weight": [84, 120],
      "fc2.bias": [84],
      "fc3.weight": [10, 84],
      "fc3.bias": [10],
    });
    expect([...namedTensors(lenet5())].reduce((n, [, { shape }]) => n + size(shape), 0)).toBe(61_706);
  });

  test("takes 416,520 multiply-adds, of which C3 takes 240,000", () => {
    const { macs, rows } = summarize(lenet5());
    expect(macs).toBe(416_520);
    expect(rows.find(({ path }) => path === "conv2")?.macs).toBe(240_000);
  });

  test("has ReLU and max pooling unless told otherwise", () => {
    expect(opsOf({})).toEqual(new Set(["conv2d", "addChannels", "relu", "maxPool2d", "reshape", "linear"]));
    expect(opsOf({ activation: "tanh", pooling: "average" })).toEqual(
      new Set(["conv2d", "addChannels", "tanh", "avgPool2d", "reshape", "linear"]),
    );
  });

  test.each([[12], [13], [32], [33], [[20, 31]]] as const)(
    "is built for pictures of %o by `size`",
    (side) => {
      const model = lenet5({ size: side });
      expect(trace(model, f32(1, ...model.input)).outputs.get("y")?.type.shape).toEqual([1, 10]);
    },
  );

  test("says what it takes when a picture has another size", () => {
    expect(() => trace(lenet5(), f32(1, 1, 8, 8))).toThrow(
      "lenet5: takes pictures of 28x28, not 8x8; the option `size` sets it\n  given  f32[1,1,8,8]",
    );
    expect(() => lenet5({ size: 8 })).toThrow(
      new UsageError("lenet5: `size` must be a whole number from 12 up, not 8"),
    );
  });
});
