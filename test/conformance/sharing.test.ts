import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadWasm } from "../../src/engines/wasm/engine.ts";
import { GraphBuilder } from "../../src/ir/graph.ts";
import { f32 } from "../../src/ir/type.ts";
import { relu } from "../../src/ops/activation.ts";
import type { OpName } from "../../src/ops/index.ts";
import { nllLoss } from "../../src/ops/loss.ts";
import { maxPool2d } from "../../src/ops/pool.ts";
import { type AnyCase, build, defaultTolerance, graphOf } from "./case.ts";
import { copied, expectClose } from "./compare.ts";
import { between, made, type Operand, some } from "./operands.ts";

// Work that is large enough to be shared, which the table's cases are not. 20 channels are 3 blocks: 2 threads share
// each block by its images, 3 threads take one each.

const x = some(5, 20, 18, 17);
const statistics = [between(-0.2, 0.2, 20), between(0.5, 1.5, 20)];
const vectors = [some(20), some(20)];
const norm = { eps: 1e-5 };
const window = { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], ceil: false } as const;
const average = { ...window, countPadding: true };
const shape = x.type.shape;
const response = { size: 5, alpha: 0.3, beta: 0.75, k: 2 };

const rows: readonly (AnyCase & { readonly op: OpName })[] = [
  row("batchNorm", [x, ...vectors], norm),
  row("batchNormRelu", [x, ...vectors], norm),
  row("batchNormAddRelu", [x, x, ...vectors], norm),
  row("batchNormGrad", [x, x, some(20), ...statistics], norm),
  row("batchNormReluGrad", [x, x, ...vectors, ...statistics], norm),
  row("batchNormAddReluGrad", [x, x, x, some(20), ...statistics], norm),
  row("normalizeRelu", [x, ...vectors, ...statistics], norm),
  row("maxPool2d", [x], window),
  row("maxPool2dInputGrad", [some(5, 20, 9, 9), made(x, (x) => maxPool2d(x, window)[1])], {
    ...window,
    shape,
  }),
  row("avgPool2d", [x], average),
  row("avgPool2dInputGrad", [some(5, 20, 9, 9)], { ...average, shape }),
  row("adaptiveAvgPool2d", [x], { height: 7, width: 6 }),
  row("adaptiveAvgPool2dInputGrad", [some(5, 20, 7, 6)], { height: 7, width: 6, shape }),
  row("localResponseNorm", [x], response),
  row("localResponseNormGrad", [x, x], response),
  row("resize2d", [x], { height: 23, width: 11 }),
  row("resize2dInputGrad", [some(5, 20, 23, 11)], { height: 23, width: 11, shape }),
];

const engines = await Promise.all([1, 2, 3].map((threads) => loadWasm({ threads })));

describe("on wasm, any number of threads gives the same bits", () => {
  it.each(rows)("$op", async (row) => {
    const [alone, ...shared] = await Promise.all(
      engines.map(async (engine) => {
        const built = build(row.op, row);
        const program = await engine.prepare(graphOf(built), { exact: true });
        return copied(await program.run(built.feeds()));
      }),
    );
    const built = build(row.op, row);
    const expected = await (await referenceEngine.prepare(graphOf(built))).run(built.feeds());
    for (const results of shared) expect(results).toEqual(alone);
    expectClose(alone ?? {}, expected, defaultTolerance);
  });
});

it("on wasm, maximum pooling lets the last element that is not a number win, and minus infinity lose", async () => {
  const data = x.data(1);
  for (const [i] of data.entries()) {
    if (i % 13 === 0) data[i] = Number.NaN;
    if (i % 1000 < 300) data[i] = Number.NEGATIVE_INFINITY;
  }
  const strange: Operand = { type: x.type, data: () => data };
  const built = build("maxPool2d", { name: "", inputs: [strange], attrs: window });
  const [engine] = engines;
  const given = await (await engine?.prepare(graphOf(built)))?.run(built.feeds());
  const expected = await (await referenceEngine.prepare(graphOf(built))).run(built.feeds());
  expect(given).toEqual(expected);
});

it("on wasm, threads leave a run that ends early together, however late one of them hears of it", async () => {
  const engine = await loadWasm({ threads: 3, shareFrom: 0 });
  const builder = new GraphBuilder();
  const logp = builder.input("logp", f32(2, 3));
  const labels = builder.input("labels", { dtype: "i32", shape: [2] });
  builder.output("before", relu(relu(logp)));
  builder.output("loss", nllLoss(logp, labels));
  builder.output("after", relu(relu(relu(logp))));
  const program = await engine.prepare(builder.finish());
  const wrong = { logp: new Float32Array(6), labels: Int32Array.of(0, 7) };
  for (let i = 0; i < 200; i++)
    await expect(program.run(wrong)).rejects.toThrow("sample 1 has the label 7, but there are 3 classes");
  const right = { ...wrong, labels: Int32Array.of(0, 2) };
  expect((await program.run(right)).loss).toEqual(Float32Array.of(0));
});

function row(op: OpName, inputs: readonly Operand[], attrs: object): AnyCase & { readonly op: OpName } {
  return { op, name: op, inputs, attrs };
}
