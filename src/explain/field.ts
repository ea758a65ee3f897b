import type { Engine } from "../engines/engine.ts";
import { present, UsageError } from "../ir/errors.ts";
import type { Graph, Node, Value } from "../ir/graph.ts";
import { countUses, rewrite } from "../ir/rewrite.ts";
import { size } from "../ir/type.ts";
import { type ReceptiveField, receptiveFields } from "../models/receptiveField.ts";
import type { Classifier } from "../nn/classifier.ts";
import { asTyped } from "../ops/index.ts";
import { avgPool2d } from "../ops/pool.ts";
import { gradients } from "../passes/grad.ts";
import { optimize } from "../passes/pipeline.ts";
import { layerOf, walk } from "./layers.ts";
import { sumOfUnits } from "./probe.ts";

/** A part of a picture: rows `top` to `bottom` and columns `left` to `right`, the last ones included. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What one unit of a layer sees, by the formula: the extent, and the distance between neighbours' regions. */
export function receptiveField(model: Classifier, layer: string): ReceptiveField {
  const walked = walk(model);
  const value = layerOf(walked, layer);
  walked.x.graph.output("y", value);
  const graph = walked.x.graph.finish();
  return present(receptiveFields(graph).get(value), "layers depend on the picture");
}

/** Where the units of a layer look, measured. */
export interface Gaze {
  /** The layer's values for one picture: `[c, h, w]` or `[c]`. */
  readonly shape: readonly number[];
  /** Pixels of the picture that the unit `index` of the layer depends on. */
  region(index: number): Promise<Region>;
}

/**
 * Measures receptive fields by gradient. What a unit can depend on is a matter of the network's windows alone, so the
 * gradient is taken of a linear network with the same windows and positive weights: nothing cancels, no ReLU is off and
 * no maximum passes others over.
 */
export async function measureReceptiveField(model: Classifier, engine: Engine, layer: string): Promise<Gaze> {
  const walked = walk(model);
  const shape = layerOf(walked, layer).type.shape.slice(1);
  walked.x.graph.output("y", layerOf(walked, layer));
  const linear = rewrite(walked.x.graph.finish(), linearRule);
  const y = present(linear.outputs.get("y"), "the output of before");
  const x = present(linear.inputs[0], "the picture");
  const units = y.graph.input("units", { dtype: "i32", shape: [1] });
  const [gradient = x] = gradients(sumOfUnits(y, units), [x]);
  y.graph.output("gradient", gradient);
  const graph = onlyGradient(y.graph.finish());
  // Convolutions by a transform would round zeros to other numbers.
  const program = await engine.prepare(graph, { exact: true });
  for (const { source, type } of graph.states)
    if (source.kind === "state") program.write(source.name, positive(type.shape));
  const picture = new Float32Array(size(model.input));
  return {
    shape,
    region: async (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size(shape))
        throw new UsageError(`${layer} has no unit ${index}, expected 0 to ${size(shape) - 1}`);
      const outputs = await program.run({ picture, units: Int32Array.of(index) });
      return regionOf(present(outputs.gradient, "an output"), model.input);
    },
  };
}

/** The graph without what the gradient does not need: the layer's value, and the weights of all that follows it. */
function onlyGradient(graph: Graph): Graph {
  const [gradient] = [...graph.outputs].filter(([name]) => name === "gradient");
  const optimized = optimize({ ...graph, outputs: new Map(gradient ? [gradient] : []) });
  const uses = countUses(optimized);
  return { ...optimized, states: optimized.states.filter((state) => uses.has(state)) };
}

/** The same windows without what depends on the numbers. */
function linearRule(node: Node, [x]: readonly Value[]): readonly Value[] | undefined {
  const typed = asTyped(node);
  if (x === undefined) return undefined;
  switch (typed.op) {
    case "relu":
    case "tanh":
    case "sigmoid":
    case "localResponseNorm":
    case "logSoftmax":
      return [x];
    case "maxPool2d":
      return [avgPool2d(x, { ...typed.attrs, countPadding: true })];
    default:
      return undefined;
  }
}

/**
 * Weights between a sum and a mean: at the corner of the field a k x k convolution multiplies by 1 / k, in its middle by
 * k at most, which keeps eighty of them within the range of f32.
 */
function positive(shape: readonly number[]): Float32Array {
  const share = shape.length < 2 ? 1 : 1 / ((shape[0] ?? 1) * Math.sqrt(size(shape.slice(2))));
  return new Float32Array(size(shape)).fill(share);
}

function regionOf(gradient: ArrayLike<number>, [, height, width]: Classifier["input"]): Region {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let at = 0; at < gradient.length; at++) {
    if (gradient[at] === 0) continue;
    const row = Math.floor(at / width) % height;
    const column = at % width;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    left = Math.min(left, column);
    right = Math.max(right, column);
  }
  return { top, left, bottom, right };
}
