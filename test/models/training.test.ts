// Every network of the registry learns, on the fast engine: the smallest picture that makes sense for it, four classes,
// and a batch of noise.
import { expect, test } from "vitest";
import type { Engine, Program } from "../../src/engines/engine.ts";
import { parseSafetensors, serializeSafetensors } from "../../src/formats/safetensors.ts";
import { ConvnetsError, present } from "../../src/ir/errors.ts";
import { f32, type Shape, size, type TensorData, type TypedArray } from "../../src/ir/type.ts";
import { createModel, models } from "../../src/models/index.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { type Initializer, initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { Trace, trace } from "../../src/nn/trace.ts";
import { matchWeights } from "../../src/nn/weights.ts";
import { optimize } from "../../src/passes/pipeline.ts";
import { trainingGraph } from "../../src/train/graphs.ts";
import { sgd } from "../../src/train/optimizers.ts";
import { expectClose } from "../conformance/compare.ts";
import { describeEngines, enginesUnderTest } from "../conformance/engines.ts";
import { hashUniform } from "./torchFill.ts";

const classes = 4;
const batch = 4;
const steps = 5;

/** Learning rates, where the usual one shows nothing within a few steps. */
const usualRate = 0.01;
const rates: readonly (readonly [names: RegExp, rate: number])[] = [
  // Distances grow with the square of the output, and gradients with them.
  [/^lenet5_paper$/, 0.002],
  // Their last layers start so small that the gradient hardly gets through.
  [/^alexnet$/, 0.1],
  [/^vgg\d\d$/, 0.1],
  [/^nin_cifar$/, 0.5],
  // So many layers, or so large pixels, that the first steps overshoot.
  [/^(resnet(50|101|152|\d+_paper)|vgg\d\d_bn)$/, 0.001],
  // 22 layers without batch norm.
  [/^googlenet_paper$/, 0.001],
  [/^googlenet_article$/, 1e-4],
];

/** Pictures that are as small as makes sense: two or more pixels are left behind the last stride. */
const sides = [64, 96, 128];
const special: Readonly<Record<string, number>> = {
  // Enough for its three sizes of maps, and its 1202 layers take their time.
  resnet1202_cifar: 16,
};

const minutes = 5 * 60_000;

await describeEngines(
  (engine) => {
    test.each(Object.keys(models))(
      "%s learns, is the same when optimized and when saved and loaded",
      (name) => learns(engine, name),
      minutes,
    );
  },
  enginesUnderTest.filter(({ name }) => name === "onednn"),
);

async function learns(engine: Engine, name: string): Promise<void> {
  const model = smallest(name);
  const { weights, losses } = await trained(engine, model, rateOf(name));
  // Half a thousandth is far above rounding; most lose more than a tenth.
  expect(losses.at(-1)).toBeLessThan(0.9995 * (losses[0] ?? Number.NaN));

  // Running statistics have left their 0 and 1 by now.
  const x = hashUniform("x", batch * size(model.input)).map((value) => 2 * value);
  const graph = trace(model, f32(batch, ...model.input));
  const plain = await engine.prepare(graph, { exact: true });
  const optimized = await engine.prepare(optimize(graph), { exact: true });
  const y = await outputOf(optimized, model, weights, x);
  expectClose({ y }, { y: await outputOf(plain, model, weights, x) }, 1e-4);
  const { tensors } = parseSafetensors(serializeSafetensors(weights));
  expect(await outputOf(optimized, model, tensors, x)).toEqual(y);
}

function rateOf(name: string): number {
  return rates.find(([names]) => names.test(name))?.[1] ?? usualRate;
}

/** The network for the smallest pictures that it does not refuse, without dropout, which would be noise here. */
function smallest(name: string): Classifier {
  const made = (size?: number) =>
    createModel(name, { classes, dropout: false, ...(size !== undefined && { size }) });
  const own = made(special[name]);
  for (const side of sides.filter((side) => side < own.input[1])) {
    try {
      const model = made(side);
      const walk = new Trace(model, { training: true });
      walk.call(model, walk.graph.input("x", f32(batch, ...model.input)));
      return model;
    } catch (error) {
      if (!(error instanceof ConvnetsError)) throw error;
    }
  }
  return own;
}

/** What a few steps on a batch of noise make of the network, and the loss before each of them. */
async function trained(
  engine: Engine,
  model: Classifier,
  rate: number,
): Promise<{ readonly weights: ReadonlyMap<string, TensorData>; readonly losses: readonly number[] }> {
  const normalization = model.normalization ?? { mean: [0.5], std: [0.25] };
  const form = { shape: model.input, normalization, batch };
  const program = await engine.prepare(trainingGraph(model, form, sgd({ momentum: 0.9 })), { exact: true });
  const tensors = [...namedTensors(model)];
  for (const [path, { init, shape }] of tensors) program.write(path, start(init, shape, path));
  const inputs = {
    images: Uint8Array.from(hashUniform("images", batch * size(model.input)), (u) => 255 * (u + 0.5)),
    // Two of the classes: that the others are not there can be learnt where the gradient hardly gets past the last layer.
    labels: Int32Array.from({ length: batch }, (_, index) => index % 2),
    rate: Float32Array.of(rate),
  };
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await program.run(inputs)).loss?.[0] ?? Number.NaN);
  const weights = new Map(tensors.map(([path, { shape }]) => [path, { shape, data: program.read(path) }]));
  return { weights, losses };
}

/** Start values. Of large tensors a part repeats: to draw 100 million numbers takes longer than the rest. */
function start(init: Initializer, shape: Shape, path: string): Float32Array {
  const length = size(shape);
  // A prime, so that no two rows are equal.
  const part = 65_537;
  if (length <= 16 * part) return initialize(init, shape, path, 1);
  const drawn = initialize(init, [part], path, 1);
  const values = new Float32Array(length);
  for (let at = 0; at < length; at += part) values.set(drawn.subarray(0, length - at), at);
  return values;
}

async function outputOf(
  program: Program,
  model: Classifier,
  tensors: ReadonlyMap<string, TensorData>,
  x: Float32Array,
): Promise<TypedArray> {
  for (const [path, data] of matchWeights(model, tensors, "what was trained")) program.write(path, data);
  const { y } = await program.run({ x });
  return present(y, "a trace has the output y").slice();
}
