import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import type { Arrays } from "../../src/engines/engine.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present } from "../../src/ir/errors.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32, type Shape, size, type TypedArray } from "../../src/ir/type.ts";
import { BatchNorm2d } from "../../src/nn/normalization.ts";
import { Trace } from "../../src/nn/trace.ts";
import type { ConvAttrs } from "../../src/ops/conv.ts";
import { addNode } from "../../src/ops/define.ts";
import { definitionOf, type OpName, ops } from "../../src/ops/index.ts";
import type { LocalResponseNormAttrs } from "../../src/ops/localResponseNorm.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import type { AvgPoolAttrs, PoolAttrs } from "../../src/ops/pool.ts";
import { type SgdAttrs, sgdUpdate } from "../../src/ops/update.ts";
import { gradients } from "../../src/passes/grad.ts";
import { copied, expectClose } from "./compare.ts";

// pytorch.json holds what PyTorch computes; pytorch.py has recorded it.

interface Differentiated {
  readonly y: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

interface Recorded {
  readonly conv: readonly (Differentiated & { name: string; x: Shape; weight: Shape; attrs: ConvAttrs })[];
  readonly pool: readonly (Differentiated & { name: string; x: Shape } & (
      | { kind: "max"; attrs: PoolAttrs }
      | { kind: "average"; attrs: AvgPoolAttrs }
    ))[];
  readonly loss: readonly {
    readonly x: Shape;
    readonly scale: number;
    readonly labels: readonly number[];
    readonly logp: readonly number[];
    readonly loss: number;
    readonly gradient: readonly number[];
  }[];
  readonly resize: readonly (Differentiated & { x: Shape; to: readonly [number, number] })[];
  readonly adaptive: readonly (Differentiated & { x: Shape; to: readonly [number, number] })[];
  readonly response: readonly (Differentiated & { name: string; x: Shape; attrs: LocalResponseNormAttrs })[];
  readonly batchNorm: readonly (Differentiated & {
    readonly x: Shape;
    readonly eps: number;
    readonly momentum: number;
    readonly mean: readonly number[];
    readonly variance: readonly number[];
    readonly evaluated: readonly number[];
  })[];
  readonly sgd: readonly {
    readonly name: string;
    readonly attrs: SgdAttrs;
    readonly rates: readonly number[];
    readonly weights: readonly (readonly number[])[];
  }[];
}

// The file's form is what pytorch.py writes.
const recorded = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as Recorded;
const tolerance = 1e-5;

describe("conv2d and its gradients are PyTorch's", () => {
  for (const { name, x, weight, attrs, ...expected } of recorded.conv)
    it(name, () => expectDifferentiated("conv2d", [x, weight], attrs, expected));
});

describe("pooling and its gradient are PyTorch's", () => {
  for (const { name, kind, x, attrs, ...expected } of recorded.pool)
    it(`${kind}, ${name}`, () =>
      expectDifferentiated(kind === "max" ? "maxPool2d" : "avgPool2d", [x], attrs, expected));
});

describe("bilinear interpolation and its gradient are PyTorch's", () => {
  for (const { x, to, ...expected } of recorded.resize)
    it(`${x.slice(2).join("x")} to ${to.join("x")}`, () =>
      expectDifferentiated("resize2d", [x], { height: to[0], width: to[1] }, expected));
});

describe("pooling to a size and its gradient are PyTorch's", () => {
  for (const { x, to, ...expected } of recorded.adaptive)
    it(`${x.slice(2).join("x")} to ${to.join("x")}`, () =>
      expectDifferentiated("adaptiveAvgPool2d", [x], { height: to[0], width: to[1] }, expected));
});

describe("local response norm and its gradient are PyTorch's, whose alpha is divided by the size", () => {
  for (const { name, x, attrs, ...expected } of recorded.response)
    it(name, () => expectDifferentiated("localResponseNorm", [x], attrs, expected));
});

describe("BatchNorm2d is PyTorch's", () => {
  for (const { x, eps, momentum, y, gradients, mean, variance, evaluated } of recorded.batchNorm) {
    const channels = present(x[1], "a channel axis");
    const name = `[${x.join(",")}], eps ${eps}, momentum ${momentum}`;

    it(`in training, with gradients: ${name}`, () =>
      expectDifferentiated("batchNorm", [x, [channels], [channels]], { eps }, { y, gradients }));

    it(`running statistics follow the batch, and evaluation uses them: ${name}`, async () => {
      const layer = new BatchNorm2d(channels, { eps, momentum });
      const states = {
        weight: operand(2, [channels]),
        bias: operand(3, [channels]),
        running_mean: operand(4, [channels]),
        running_var: operand(5, [channels]).map((element) => element + 2),
      };
      const trained = await runOf(layer, true, operand(1, x), x, states);
      const expected = { ...states, ...f32Arrays({ y, running_mean: mean, running_var: variance }) };
      expectClose({ y: trained.y, ...trained.states }, expected, tolerance);
      const after = await runOf(layer, false, operand(1, x), x, trained.states);
      expectClose({ y: after.y }, f32Arrays({ y: evaluated }), tolerance);
    });
  }
});

describe("log-softmax, its loss and their gradient are PyTorch's", () => {
  for (const row of recorded.loss)
    it(`logits up to ${row.scale}`, async () => {
      const builder = new GraphBuilder();
      const x = builder.input("x", f32(...row.x));
      const labels = builder.input("labels", { dtype: "i32", shape: [row.labels.length] });
      const logp = logSoftmax(x);
      const loss = nllLoss(logp, labels);
      const [gradient] = gradients(loss, [x]);
      for (const [name, value] of Object.entries({ logp, loss, gradient }))
        if (value) builder.output(name, value);
      const program = await referenceEngine.prepare(builder.finish());
      const outputs = await program.run({
        x: operand(1, row.x).map((element) => element * row.scale),
        labels: Int32Array.from(row.labels),
      });
      const expected = { logp: row.logp, loss: [row.loss], gradient: row.gradient };
      expectClose(outputs, f32Arrays(expected), tolerance);
    });
});

describe("sgdUpdate follows PyTorch's SGD over six steps and two drops of the rate", () => {
  for (const { name, attrs, rates, weights } of recorded.sgd)
    it(name, async () => {
      const builder = new GraphBuilder();
      const [w, v] = [builder.state("w", f32(4)), builder.state("v", f32(4))];
      const [newW, newV] = sgdUpdate(w, v, builder.input("dw", f32(4)), builder.input("rate", f32()), attrs);
      builder.update(w, newW);
      builder.update(v, newV);
      const program = await referenceEngine.prepare(builder.finish());
      program.write("w", operand(1, [4]));
      for (const [step, rate] of rates.entries()) {
        await program.run({ dw: operand(2 + step, [4]), rate: Float32Array.of(rate) });
        expectClose({ w: program.read("w") }, f32Arrays({ w: weights[step] ?? [] }), tolerance);
      }
    });
});

/** What a layer makes of x, and its states after that. */
async function runOf(
  layer: BatchNorm2d,
  training: boolean,
  data: Float32Array,
  shape: Shape,
  states: Arrays,
): Promise<{ y: TypedArray; states: Arrays }> {
  const trace = new Trace(layer, { training });
  trace.graph.output("y", trace.call(layer, trace.graph.input("x", f32(...shape))));
  const program = await referenceEngine.prepare(trace.graph.finish());
  for (const [name, values] of Object.entries(states)) program.write(name, values);
  const { y } = copied(await program.run({ x: data }));
  return {
    y: present(y, "y"),
    states: Object.fromEntries(Object.keys(states).map((name) => [name, program.read(name)])),
  };
}

/** The op's first result on operands 1, 2, ..., and the gradients of its product with operand 9. */
async function expectDifferentiated(
  op: OpName,
  shapes: readonly Shape[],
  attrs: object,
  expected: Differentiated,
): Promise<void> {
  const builder = new GraphBuilder();
  const inputs = shapes.map((shape, i) => builder.input(`x${i}`, f32(...shape)));
  const [y] = addNode(builder, ops[op], inputs, attrs);
  const node = present(builder.nodes[0], "the op's node");
  const shape = present(y, "a first result").type.shape;
  const dys = node.results.map((_, i) => (i === 0 ? builder.input("dy", f32(...shape)) : null));
  const outputs = [y, ...definitionOf(node).grad(node, dys)];
  outputs.forEach((value, i) => {
    if (value) builder.output(`${i}`, value);
  });
  const program = await referenceEngine.prepare(builder.finish());
  const operands = shapes.map((each, i) => [`x${i}`, operand(i + 1, each)] as const);
  const actual = await program.run({ ...Object.fromEntries(operands), dy: operand(9, shape) });
  expectClose(
    actual,
    f32Arrays(Object.fromEntries([expected.y, ...expected.gradients].entries())),
    tolerance,
  );
}

/** The formula of pytorch.py. */
function operand(seed: number, shape: Shape): Float32Array {
  return new Float32Array(size(shape)).map((_, i) => (((i + 1) * (seed * 101 + 37)) % 2003) / 1000 - 1);
}

function f32Arrays(lists: Readonly<Record<string, readonly number[]>>): Arrays {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, Float32Array.from(list)]));
}
