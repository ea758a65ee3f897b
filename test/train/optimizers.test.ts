import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Arrays, Engine } from "../../src/engines/engine.ts";
import { present } from "../../src/ir/errors.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32, type Shape, size } from "../../src/ir/type.ts";
import { add } from "../../src/ops/arithmetic.ts";
import { logSoftmax, softCrossEntropy } from "../../src/ops/loss.ts";
import { gradients } from "../../src/passes/grad.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { type ClipOptions, clipped } from "../../src/train/clip.ts";
import { addAverages, emaPrefix } from "../../src/train/ema.ts";
import { type OptimizerName, optimizers } from "../../src/train/optimizers.ts";
import { expectClose } from "../conformance/compare.ts";
import { describeEngines } from "../conformance/engines.ts";

// recorded/optimizers.json holds what PyTorch computes; optimizers.py beside it has recorded it.

interface Recorded {
  readonly optimizers: readonly {
    readonly name: OptimizerName;
    readonly options: object;
    readonly steps: readonly (readonly number[])[];
  }[];
  readonly losses: readonly {
    readonly smoothing: number;
    readonly soft: boolean;
    readonly targets: readonly number[];
    readonly loss: number;
    readonly gradient: readonly number[];
  }[];
  readonly clipping: {
    readonly norm: readonly (Clipped & { readonly norm: number })[];
    readonly value: readonly Clipped[];
  };
  readonly average: { readonly decay: number; readonly steps: readonly (readonly number[])[] };
}

interface Clipped {
  readonly most: number;
  readonly gradients: readonly (readonly number[])[];
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL("recorded/optimizers.json", import.meta.url), "utf8"),
);

/** The formula of optimizers.py. */
function operand(seed: number, shape: Shape): Float32Array {
  return Float32Array.from(
    { length: size(shape) },
    (_, i) => (((i + 1) * (seed * 101 + 37)) % 2003) / 1000 - 1,
  );
}

await describeEngines((engine) => {
  describe("PyTorch's steps", () => {
    test.each(recorded.optimizers)("$name $options", async ({ name, options, steps }) => {
      const shape = [3, 2, 2, 2];
      const graph = new GraphBuilder();
      const w = graph.state("w", f32(...shape));
      const dw = graph.input("dw", f32(...shape));
      const rate = graph.input("rate", f32());
      optimizers[name](options)([{ path: "w", w, dw, rate: 1, decays: true }], rate);
      const program = await engine.prepare(optimize(graph.finish()));
      program.write("w", operand(1, shape));
      for (const [step, expected] of steps.entries()) {
        await program.run({ dw: operand(10 + step, shape), rate: Float32Array.of(0.05) });
        expectClose({ w: program.read("w") }, { w: Float32Array.from(expected) }, 3e-6);
      }
    });
  });

  describe("PyTorch's cross-entropy", () => {
    test.each(recorded.losses)("smoothing $smoothing, soft $soft", async (row) => {
      const graph = new GraphBuilder();
      const x = graph.input("x", f32(4, 7));
      const targets = row.soft
        ? graph.input("targets", f32(4, 7))
        : graph.input("targets", { dtype: "i32", shape: [4] });
      const loss = softCrossEntropy(logSoftmax(x), targets, { smoothing: row.smoothing });
      graph.output("loss", loss);
      graph.output("gradient", present(gradients(loss, [x])[0], "one gradient"));
      const program = await engine.prepare(optimize(graph.finish()));
      const outputs = await program.run({
        x: operand(2, [4, 7]).map((element) => 3 * element),
        targets: row.soft ? Float32Array.from(row.targets) : Int32Array.from(row.targets),
      });
      const expected = { loss: Float32Array.of(row.loss), gradient: Float32Array.from(row.gradient) };
      expectClose(outputs, expected, 3e-6);
    });
  });
});

await describeEngines((engine) => {
  test.each(recorded.clipping.norm)("clip_grad_norm_ at $most", async ({ most, norm, gradients }) => {
    const found = await clippedBy(engine, { clipNorm: most });
    expectClose(found, { norm: Float32Array.of(norm), ...named(gradients) }, 3e-6);
  });

  test.each(recorded.clipping.value)("clip_grad_value_ at $most", async ({ most, gradients }) => {
    expectClose(await clippedBy(engine, { clipValue: most }), named(gradients), 3e-6);
  });

  test("the average over training is PyTorch's, and its first update copies", async () => {
    const graph = new GraphBuilder();
    const w = graph.state("w", f32(1, 4));
    graph.update(w, add(graph.input("next", w.type)));
    addAverages(graph, { decay: recorded.average.decay });
    const program = await engine.prepare(optimize(graph.finish()));
    for (const [step, expected] of recorded.average.steps.entries()) {
      await program.run({ next: operand(30 + step, [1, 4]) });
      expectClose({ w: program.read(`${emaPrefix}w`) }, { w: Float32Array.from(expected) }, 3e-6);
    }
  });
});

const clipShapes = [[3, 2, 2, 2], [5]] as const;

async function clippedBy(engine: Engine, options: ClipOptions): Promise<Arrays> {
  const graph = new GraphBuilder();
  const given = clipShapes.map((shape, i) => graph.input(`x${i}`, f32(...shape)));
  const { gradients: found, norm } = clipped(given, options);
  if (norm) graph.output("norm", norm);
  for (const [i, dw] of found.entries()) graph.output(`dw${i}`, dw);
  const program = await engine.prepare(optimize(graph.finish()));
  return program.run(
    Object.fromEntries(clipShapes.map((shape, i) => [`x${i}`, operand(20 + i, shape).map((n) => 3 * n)])),
  );
}

function named(gradients: readonly (readonly number[])[]): Arrays {
  return Object.fromEntries(gradients.map((elements, i) => [`dw${i}`, Float32Array.from(elements)]));
}

test("decay does not act on a parameter that is kept from it, and a factor multiplies the rate", async () => {
  const { referenceEngine } = await import("../../src/engines/reference/engine.ts");
  for (const [name, optimizer] of Object.entries(optimizers)) {
    const after = async (weightDecay: number, decays: boolean, factor: number, rate: number) => {
      const graph = new GraphBuilder();
      const w = graph.state("w", f32(5));
      const dw = graph.input("dw", f32(5));
      const given = graph.input("rate", f32());
      optimizer({ weightDecay })([{ path: "w", w, dw, rate: factor, decays }], given);
      const program = await referenceEngine.prepare(optimize(graph.finish()));
      program.write("w", operand(1, [5]));
      await program.run({ dw: operand(2, [5]), rate: Float32Array.of(rate) });
      return program.read("w");
    };
    const plain = await after(0, true, 1, 0.5);
    expect(await after(0.5, false, 1, 0.5), name).toEqual(plain);
    expect(await after(0.5, true, 1, 0.5), name).not.toEqual(plain);
    expect(await after(0, true, 0.25, 2), name).toEqual(plain);
  }
});
