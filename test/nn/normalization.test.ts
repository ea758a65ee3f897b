import { describe, expect, test } from "vitest";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { f32 } from "../../src/ir/type.ts";
import { namedTensors } from "../../src/nn/module.ts";
import {
  BatchNorm2d,
  type BatchNormOptions,
  localResponseNormalization,
} from "../../src/nn/normalization.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import { Trace, trace } from "../../src/nn/trace.ts";

/** Two samples of two channels with two pixels: means 2.5 and 5, unbiased variances 5/3 and 40/3. */
const x = Float32Array.of(1, 2, 1, 7, 3, 4, 3, 9);

/** The layer on x, after which its states are as `after` says. */
async function run(options: BatchNormOptions, training: boolean) {
  const layer = new BatchNorm2d(2, options);
  const walk = new Trace(layer, { training });
  walk.graph.output("y", walk.call(layer, walk.graph.input("x", f32(2, 2, 1, 2))));
  const program = await referenceEngine.prepare(walk.graph.finish());
  program.write("weight", Float32Array.of(1, 2));
  program.write("bias", Float32Array.of(0, 10));
  program.write("running_mean", Float32Array.of(1, 1));
  program.write("running_var", Float32Array.of(4, 1));
  const { y } = await program.run({ x });
  const read = (name: string) => [...program.read(name)];
  return { y: [...(y ?? [])], mean: read("running_mean"), variance: read("running_var") };
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 3));

describe("BatchNorm2d", () => {
  test("in training normalises by the batch, then scales and shifts", async () => {
    const { y } = await run({}, true);
    const [a, b] = [1 / Math.sqrt(1.25), 2 / Math.sqrt(10)]; // the biased variances are 5/4 and 10
    expect(y).toEqual(
      close([-1.5 * a, -0.5 * a, 10 - 4 * b, 10 + 2 * b, 0.5 * a, 1.5 * a, 10 - 2 * b, 10 + 4 * b]),
    );
  });

  test("running statistics take a tenth of the batch's mean and of its unbiased variance", async () => {
    const { mean, variance } = await run({}, true);
    expect(mean).toEqual(close([0.9 + 0.25, 0.9 + 0.5]));
    expect(variance).toEqual(close([3.6 + 5 / 30, 0.9 + 40 / 30]));
  });

  test("`momentum` is the share of the batch", async () => {
    const { mean } = await run({ momentum: 0.5 }, true);
    expect(mean).toEqual(close([1.75, 3]));
  });

  test("in evaluation normalises by the running statistics and leaves them alone", async () => {
    const { y, mean, variance } = await run({}, false);
    expect(y).toEqual(close([0, 0.5, 10, 22, 1, 1.5, 14, 26]));
    expect({ mean, variance }).toEqual({ mean: [1, 1], variance: [4, 1] });
  });

  test("names its tensors as PyTorch does", () => {
    const paths = [...namedTensors(new BatchNorm2d(3))].map(([path]) => path);
    expect(paths.sort()).toEqual(["bias", "running_mean", "running_var", "weight"]);
  });

  test("refuses to train on one value a channel", () => {
    const layer = new BatchNorm2d(3);
    const walk = new Trace(layer, { training: true });
    expect(() => walk.call(layer, walk.graph.input("x", f32(1, 3, 1, 1)))).toThrow(
      "one value a channel has no variance to normalise by: train with larger batches or pictures",
    );
  });
});

test("localResponseNormalization has the constants of AlexNet's paper unless told otherwise", () => {
  const attrs = (options?: object) =>
    trace(new Sequential(localResponseNormalization(options)), f32(1, 9, 2, 2)).nodes.map(
      (node) => node.attrs,
    );
  expect(attrs()).toEqual([{ size: 5, alpha: 1e-4, beta: 0.75, k: 2 }]);
  expect(attrs({ k: 1, size: 3 })).toEqual([{ size: 3, alpha: 1e-4, beta: 0.75, k: 1 }]);
});
