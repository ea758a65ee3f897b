import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { present } from "../../src/ir/errors.ts";
import { f32, size, type TypedArray } from "../../src/ir/type.ts";
import type { Classifier } from "../../src/nn/classifier.ts";
import { initialize } from "../../src/nn/init.ts";
import { namedTensors } from "../../src/nn/module.ts";
import { trace } from "../../src/nn/trace.ts";

/** Every tensor's starting values for seed 1. */
export function startOf(model: Classifier): Map<string, Float32Array> {
  const start = new Map<string, Float32Array>();
  for (const [path, { init, shape }] of namedTensors(model))
    start.set(path, initialize(init, shape, path, 1));
  return start;
}

/** The starting values of one tensor for seed 1, where all of them would be a lot. */
export function startAt(model: Classifier, path: string): Float32Array {
  const tensors = new Map(namedTensors(model));
  const { init, shape } = present(tensors.get(path), path);
  return initialize(init, shape, path, 1);
}

/** The root of the mean square. */
export function deviationOf(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
}

/** One forward pass on the reference engine. */
export async function forward(
  model: Classifier,
  tensors: ReadonlyMap<string, Float32Array>,
  x: Float32Array,
  input: readonly [number, number, number] = model.input,
): Promise<TypedArray> {
  const program = await referenceEngine.prepare(trace(model, f32(x.length / size(input), ...input)));
  for (const [path, data] of tensors) program.write(path, data);
  return present((await program.run({ x })).y, "the graph has an output y");
}
