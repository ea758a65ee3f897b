// Convolutions large enough to be transformed and shared, which the conformance table's mostly are not.
import { describe, expect, it } from "vitest";
import type { Arrays, Engine, PrepareOptions } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { f32, type Shape } from "../../src/ir/type.ts";
import { type ConvAttrs, conv2dInputGrad, convShape } from "../../src/ops/conv.ts";
import { conv2dBiasAdd, conv2dParameterGrad } from "../../src/ops/fused.ts";
import { copied, expectClose } from "../conformance/compare.ts";
import { Draft, type Drafted } from "../conformance/draft.ts";
import { some } from "../conformance/operands.ts";

interface Convolution {
  readonly name: string;
  readonly x: Shape;
  readonly weight: Shape;
  readonly stride: number;
  readonly padding: number;
  /** Computed by a transform, forwards and towards the input. */
  readonly transformed: boolean;
}

const convolutions: readonly Convolution[] = [
  { name: "3x3", x: [3, 40, 18, 15], weight: [52, 40, 3, 3], stride: 1, padding: 1, transformed: true },
  {
    name: "3x3, padding 2",
    x: [1, 64, 9, 9],
    weight: [64, 64, 3, 3],
    stride: 1,
    padding: 2,
    transformed: true,
  },
  // Of a kernel of 5x5 every second weight in each direction is 3x3, and yet no convolution of its own.
  {
    name: "5x5, stride 2",
    x: [2, 32, 24, 24],
    weight: [32, 32, 5, 5],
    stride: 2,
    padding: 2,
    transformed: false,
  },
  {
    name: "7x7, stride 2",
    x: [2, 16, 30, 30],
    weight: [24, 16, 7, 7],
    stride: 2,
    padding: 3,
    transformed: false,
  },
];

describe.each(convolutions)("$name", (convolution) => {
  it("gives the sums, by a transform where there is one", async () => {
    const drafted = draft(convolution);
    const expected = await run(referenceEngine, drafted);
    const engine = await loadWasm({ threads: 1 });
    const fast = await run(engine, drafted);
    expectClose(fast.outputs, expected.outputs, 1e-4);
    expect(fast.kernels.includes("winograd")).toBe(convolution.transformed);
    const exact = await run(engine, drafted, { exact: true });
    expectClose(exact.outputs, expected.outputs, 1e-5);
    expect(exact.kernels).not.toContain("winograd");
  });

  it("gives the same bits on 1, 2 and 3 threads", async () => {
    const drafted = draft(convolution);
    const [one, ...more] = await Promise.all(
      [1, 2, 3].map(async (threads) => run(await loadWasm({ threads }), drafted)),
    );
    for (const { outputs } of more) expect(outputs).toEqual(one?.outputs);
  });
});

function draft({ name, x, weight, stride, padding }: Convolution): Drafted {
  const attrs: ConvAttrs = {
    stride: [stride, stride],
    padding: [padding, padding, padding, padding],
    dilation: [1, 1],
    groups: 1,
  };
  const y = convShape("conv2d", f32(...x), f32(...weight), attrs);
  const draft = new Draft(name);
  const given = draft.input("x", some(...x));
  const filters = draft.input("weight", some(...weight));
  const bias = draft.input("bias", some(weight[0] ?? 0));
  const dy = draft.input("dy", some(...y));
  const [dweight, dbias] = conv2dParameterGrad(given, dy, { ...attrs, shape: weight });
  draft.output({
    y: conv2dBiasAdd(given, filters, bias, dy, { ...attrs, activation: "relu" }),
    dx: conv2dInputGrad(dy, filters, { ...attrs, shape: x }),
    dweight,
    dbias,
  });
  return draft.finish();
}

async function run(
  engine: Engine,
  { graph, feeds }: Drafted,
  options: PrepareOptions = {},
): Promise<{ readonly outputs: Arrays; readonly kernels: readonly string[] }> {
  const program = await engine.prepare(graph, { ...options, profile: true });
  await program.run(feeds(1)); // leftovers of a first run must not matter
  const outputs = copied(await program.run(feeds(0)));
  return { outputs, kernels: program.profile().map(({ kernel }) => kernel) };
}
