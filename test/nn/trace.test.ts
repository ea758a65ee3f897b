import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/ir/errors.ts";
import type { Value } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { verify } from "../../src/ir/verify.ts";
import { zeros } from "../../src/nn/init.ts";
import { Conv2d, Linear } from "../../src/nn/layers.ts";
import { Buffer, type Layer, Module, Parameter } from "../../src/nn/module.ts";
import { maxPooling } from "../../src/nn/pooling.ts";
import { run, Sequential } from "../../src/nn/sequential.ts";
import { Trace, trace, traceOf } from "../../src/nn/trace.ts";
import { relu } from "../../src/ops/activation.ts";
import { addChannels } from "../../src/ops/channels.ts";
import { definitionOf } from "../../src/ops/index.ts";

class ConvRelu extends Module {
  readonly conv: Conv2d;

  constructor(from: number, to: number) {
    super();
    this.conv = new Conv2d(from, to, { kernel: 3, padding: 1 });
  }

  override forward(x: Value): Value {
    return run(x, this.conv, relu);
  }
}

class Net extends Module {
  readonly b3: Sequential;

  constructor(...layers: readonly Layer[]) {
    super();
    this.b3 = new Sequential(...layers);
  }

  override forward(x: Value): Value {
    return run(x, this.b3);
  }
}

/** The path in the `ShapeError` that tracing throws. */
function failingAt(module: Module, ...shape: number[]): string {
  try {
    trace(module, f32(...shape));
  } catch (error) {
    if (error instanceof ShapeError) return error.at;
    throw error;
  }
  return "nowhere";
}

describe("a shape that does not fit", () => {
  test("is reported with the path of the module inside which it fails", () => {
    const net = new Net(new ConvRelu(1, 4), new Sequential(new ConvRelu(4, 8), new ConvRelu(9, 8)));
    expect(() => trace(net, f32(2, 1, 6, 6))).toThrow(
      [
        "conv2d: x has 8 channels, weight wants 9",
        "  given  f32[2,8,6,6], f32[8,9,3,3]",
        "  at     b3.1.1.conv",
      ].join("\n"),
    );
  });

  test("is reported with the index of a function in its Sequential", () => {
    expect(failingAt(new Net(new ConvRelu(1, 4), maxPooling(7)), 1, 1, 6, 6)).toBe("b3.1");
  });

  test("is reported with the path of the right module after inner modules have returned", () => {
    class Late extends Module {
      readonly conv: Conv2d = new Conv2d(1, 2, { kernel: 1 });
      readonly shift: Parameter = new Parameter([5], zeros());

      override forward(x: Value): Value {
        return addChannels(run(x, this.conv), traceOf(x).valueOf(this.shift));
      }
    }
    expect(failingAt(new Net(new Late()), 1, 1, 6, 6)).toBe("b3.0");
  });

  test("has no path when the network itself fails", () => {
    expect(failingAt(new Linear(3, 4), 2, 5)).toBe("");
  });
});

describe("trace", () => {
  test("makes a graph that verifies, with the weights as states by path", () => {
    const graph = trace(new Net(new ConvRelu(1, 4)), f32(2, 1, 6, 6));
    verify(graph, (node) =>
      definitionOf(node).types(
        node.inputs.map(({ type }) => type),
        node.attrs,
      ),
    );
    expect(graph.states.map(({ source }) => source.kind === "state" && source.name)).toEqual([
      "b3.0.conv.weight",
      "b3.0.conv.bias",
    ]);
  });

  test("the same module used twice shares its weights", () => {
    class Twice extends Module {
      readonly conv: Conv2d = new Conv2d(2, 2, { kernel: 1 });

      override forward(x: Value): Value {
        return run(x, this.conv, relu, this.conv);
      }
    }
    const { nodes, states } = trace(new Twice(), f32(1, 2, 3, 3));
    const convolutions = nodes.filter(({ op }) => op === "conv2d");
    expect(convolutions.map(({ inputs }) => inputs[1])).toEqual([states[0], states[0]]);
  });

  test("a module can be traced again, for another shape", () => {
    const net = new Net(new ConvRelu(1, 4));
    expect(trace(net, f32(1, 1, 6, 6)).nodes).toHaveLength(3);
    expect(trace(net, f32(8, 1, 9, 9)).outputs.get("y")?.type).toEqual(f32(8, 4, 9, 9));
  });

  test("a tensor that is no field of a traced module is a mistake in this library", () => {
    class Stray extends Module {
      override forward(x: Value): Value {
        return traceOf(x).valueOf(new Parameter([1], zeros()));
      }
    }
    expect(() => trace(new Stray(), f32(1))).toThrow("bug in this library: forward uses a tensor");
  });
});

describe("Trace", () => {
  test("lists parameters apart from buffers", () => {
    class Both extends Module {
      readonly weight: Parameter = new Parameter([1], zeros());
      readonly mean: Buffer = new Buffer([1], zeros());

      override forward(x: Value): Value {
        return x;
      }
    }
    const walk = new Trace(new Both(), { training: true });
    expect([...walk.parameters.keys()]).toEqual(["weight"]);
    expect(walk.graph.finish().states).toHaveLength(2);
  });

  test("records the calls, outer before inner, with the nodes each added", () => {
    const net = new Net(new ConvRelu(1, 4), maxPooling(2));
    const walk = new Trace(net, { training: false });
    walk.call(net, walk.graph.input("x", f32(1, 1, 6, 6)));
    expect(
      walk.calls.map(({ path, from, to, output }) => [path, from, to, output.type.shape.join("x")]),
    ).toEqual([
      ["", 0, 4, "1x4x3x3"],
      ["b3", 0, 4, "1x4x3x3"],
      ["b3.0", 0, 3, "1x4x6x6"],
      ["b3.0.conv", 0, 2, "1x4x6x6"],
      ["b3.1", 3, 4, "1x4x3x3"],
    ]);
  });
});
