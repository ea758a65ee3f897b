import { describe, expect, test } from "vitest";
import type { Value } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { constantly, zeros } from "../../src/nn/init.ts";
import { Conv2d, Dropout, Linear } from "../../src/nn/layers.ts";
import { Buffer, Module, namedModules, namedTensors, Parameter } from "../../src/nn/module.ts";
import { maxPooling } from "../../src/nn/pooling.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import { trace } from "../../src/nn/trace.ts";
import { relu } from "../../src/ops/activation.ts";

class Pair extends Module {
  readonly second: Linear = new Linear(2, 2);
  readonly label: string = "no member";
  readonly first: readonly Module[] = [new Linear(2, 2, { bias: false }), new Dropout(0.5)];
  readonly scale: Parameter = new Parameter([2], constantly(1));
  readonly mean: Buffer = new Buffer([2], zeros());

  override forward(x: Value): Value {
    return x;
  }
}

const paths = (module: Module) => [...namedTensors(module)].map(([path]) => path);

describe("members", () => {
  test("come in the order of the fields, arrays by index, other fields left out", () => {
    expect([...new Pair().members()].map(([name]) => name)).toEqual([
      "second",
      "first.0",
      "first.1",
      "scale",
      "mean",
    ]);
  });

  test("give every parameter and buffer its path", () => {
    expect(paths(new Pair())).toEqual(["second.weight", "second.bias", "first.0.weight", "scale", "mean"]);
  });

  test("give every module its path, the root an empty one", () => {
    expect([...namedModules(new Pair())].map(([path]) => path)).toEqual(["", "second", "first.0", "first.1"]);
  });

  test("of a layer without bias lack the bias", () => {
    expect(paths(new Conv2d(1, 1, { kernel: 1, bias: false }))).toEqual(["weight"]);
  });
});

describe("Sequential", () => {
  const layers = new Sequential(
    new Conv2d(1, 2, { kernel: 3 }),
    relu,
    maxPooling(2),
    new Sequential(new Conv2d(2, 3, { kernel: 1 })),
  );

  test("counts functions when it names modules, as PyTorch counts layers without weights", () => {
    expect(paths(layers)).toEqual(["0.weight", "0.bias", "3.0.weight", "3.0.bias"]);
  });

  test("gives the nodes of functions a path as well", () => {
    const { nodes } = trace(layers, f32(1, 1, 8, 8));
    expect(nodes.map(({ op, scope }) => `${scope} ${op}`)).toEqual([
      "0 conv2d",
      "0 addChannels",
      "1 relu",
      "2 maxPool2d",
      "3.0 conv2d",
      "3.0 addChannels",
    ]);
  });

  test("without layers is the identity", () => {
    const { nodes, inputs, outputs } = trace(new Sequential(), f32(2, 3));
    expect(nodes).toEqual([]);
    expect(outputs.get("y")).toBe(inputs[0]);
  });
});
