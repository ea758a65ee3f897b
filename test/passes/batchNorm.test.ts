import { describe, expect, it } from "vitest";
import { GraphBuilder, type Value } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { Conv2d } from "../../src/nn/layers.ts";
import { Module } from "../../src/nn/module.ts";
import { BatchNorm2d } from "../../src/nn/normalization.ts";
import { run } from "../../src/nn/sequential.ts";
import { Trace } from "../../src/nn/trace.ts";
import { relu } from "../../src/ops/activation.ts";
import { add, affine, mul } from "../../src/ops/arithmetic.ts";
import { addChannels, scaleChannels } from "../../src/ops/channels.ts";
import { conv2d, conv2dWeightGrad } from "../../src/ops/conv.ts";
import { batchNormRelu } from "../../src/ops/fusedBatchNorm.ts";
import { logSoftmax, nllLoss } from "../../src/ops/loss.ts";
import { avgPool2d } from "../../src/ops/pool.ts";
import { flatten } from "../../src/ops/shape.ts";
import { dropDeadCode } from "../../src/passes/deadCode.ts";
import { foldScale } from "../../src/passes/foldScale.ts";
import { gradients } from "../../src/passes/grad.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { recompute } from "../../src/passes/recompute.ts";

const pointwise = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;

type Ending = "relu" | "add, relu" | "add";

/** A convolution and batch norm, and how the block goes on. */
class Block extends Module {
  readonly conv = new Conv2d(4, 4, { kernel: 1, bias: false });
  readonly bn = new BatchNorm2d(4);
  readonly ending: Ending;

  constructor(ending: Ending) {
    super();
    this.ending = ending;
  }

  override forward(x: Value): Value {
    const y = run(x, this.conv, this.bn);
    if (this.ending === "relu") return relu(y);
    return this.ending === "add" ? add(y, x) : relu(add(y, x));
  }
}

/** The ops that remain of a block after all passes, those of its loss and of the optimiser aside. */
function remaining(ending: Ending, training: boolean): readonly string[] {
  const block = new Block(ending);
  const trace = new Trace(block, { training });
  const { graph, parameters } = trace;
  const x = graph.input("x", f32(2, 4, 1, 2));
  const y = trace.call(block, relu(x));
  graph.output("y", y);
  if (training) {
    const whole = { kernel: [1, 2], stride: [1, 1], padding: [0, 0, 0, 0], ceil: false } as const;
    const logp = logSoftmax(flatten(avgPool2d(y, { ...whole, countPadding: true })));
    const loss = nllLoss(logp, graph.input("labels", { dtype: "i32", shape: [2] }));
    gradients(loss, [...parameters.values(), x]).forEach((gradient, i) => {
      graph.output(`gradient ${i}`, gradient);
    });
  }
  return optimize(graph.finish())
    .nodes.map(({ op }) => op)
    .filter((op) => /^(batchNorm|relu|add|conv|scale)/.test(op));
}

describe("batch norm in training", () => {
  it("takes the ReLU behind it in, and so does its gradient", () => {
    expect(remaining("relu", true)).toEqual([
      "relu",
      "conv2d",
      "batchNormRelu",
      "batchNormReluGrad",
      "conv2dInputGrad",
      "conv2dWeightGrad",
      "reluGrad",
    ]);
  });

  it("takes the sum with a residual and the ReLU in, and its gradient puts out the residual's", () => {
    expect(remaining("add, relu", true)).toEqual([
      "relu",
      "conv2d",
      "batchNormAddRelu",
      "batchNormAddReluGrad",
      "conv2dInputGrad",
      "conv2dWeightGrad",
      "add",
      "reluGrad",
    ]);
  });

  it("stays as it is where no ReLU follows the sum", () => {
    const ops = remaining("add", true);
    expect(ops).toContain("batchNorm");
    expect(ops).toContain("batchNormGrad");
  });
});

describe("recompute", () => {
  function readerOfGradient(side: number): readonly string[] {
    const graph = new GraphBuilder();
    const x = graph.input("x", f32(1, 4, side, side));
    const [y, mean] = batchNormRelu(x, graph.state("gamma", f32(4)), graph.state("beta", f32(4)), {
      eps: 1e-5,
    });
    graph.output("later", relu(y));
    graph.output("mean", mean);
    graph.output("dw", conv2dWeightGrad(y, graph.input("dy", y.type), { ...pointwise, shape: [4, 4, 1, 1] }));
    return recompute(graph.finish()).nodes.map(({ op }) => op);
  }

  it("makes a large activation again in front of the weight's gradient", () => {
    expect(readerOfGradient(256)).toEqual(["batchNormRelu", "relu", "normalizeRelu", "conv2dWeightGrad"]);
  });

  it("keeps an activation below a megabyte", () => {
    expect(readerOfGradient(255)).toEqual(["batchNormRelu", "relu", "conv2dWeightGrad"]);
  });
});

describe("batch norm in evaluation", () => {
  it("becomes part of the convolution's weights and bias", () => {
    expect(remaining("relu", false)).toEqual(["relu", "batchNormScale", "scaleChannels", "conv2dBias"]);
  });

  it("a residual and the ReLU behind it become part of the convolution too", () => {
    const ops = ["relu", "batchNormScale", "scaleChannels", "conv2dBiasAdd"];
    expect(remaining("add, relu", false)).toEqual(ops);
    expect(remaining("add", false)).toEqual(ops);
  });
});

describe("foldScale", () => {
  function opsAfter(build: (graph: GraphBuilder, y: Value, s: Value) => Value): readonly string[] {
    const graph = new GraphBuilder();
    const y = conv2d(graph.input("x", f32(1, 3, 2, 2)), graph.state("w", f32(5, 3, 1, 1)), pointwise);
    graph.output("y", build(graph, y, graph.state("s", f32(5))));
    return dropDeadCode(foldScale(graph.finish())).nodes.map(({ op }) => op);
  }

  it("scales a bias between the convolution and the factor too", () => {
    const ops = opsAfter((graph, y, s) => scaleChannels(addChannels(y, graph.state("b", f32(5))), s));
    expect(ops).toEqual(["reshape", "scaleChannels", "reshape", "conv2d", "mul", "addChannels"]);
  });

  it("scales by one number for all, as a residual is scaled", () => {
    const ops = opsAfter((graph, y) =>
      affine(addChannels(y, graph.state("b", f32(5))), { scale: [0.1], shift: [0] }),
    );
    expect(ops).toEqual(["affine", "conv2d", "affine", "addChannels"]);
  });

  it("adds two biases to one", () => {
    const ops = opsAfter((graph, y, s) => addChannels(addChannels(y, s), graph.state("b", f32(5))));
    expect(ops).toEqual(["conv2d", "add", "addChannels"]);
  });

  it("leaves a convolution alone whose result is read elsewhere too", () => {
    const ops = opsAfter((_, y, s) => mul(scaleChannels(y, s), y));
    expect(ops).toEqual(["conv2d", "scaleChannels", "mul"]);
  });
});
