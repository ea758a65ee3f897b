import type { Engine, Program } from "../engines/engine.ts";
import { present, UsageError } from "../ir/errors.ts";
import type { Graph, Node, Value } from "../ir/graph.ts";
import { countUses, rewrite } from "../ir/rewrite.ts";
import { size } from "../ir/type.ts";
import type { Classifier } from "../nn/classifier.ts";
import { asTyped } from "../ops/index.ts";
import { avgPool2d } from "../ops/pool.ts";
import { gradients } from "../passes/grad.ts";
import { optimize } from "../passes/pipeline.ts";
import { layerOf, walk } from "./layers.ts";

/** One unit of a layer by its index among the layer's values, or the units of all channels at a place of its maps. */
export type Units = number | { readonly row: number; readonly column: number };

/** By how many ways each pixel reaches some units, weighed by the windows on the way: `[h, w]`. */
export interface Influence {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A network with the windows of another and positive weights, without what is not linear: nothing cancels, no ReLU is
 * off and no maximum passes others over. What a unit can depend on is a matter of the windows alone, and here it is
 * where the gradient is not zero.
 */
export class LinearNetwork {
  readonly #program: Program;
  readonly #layers: ReadonlyMap<string, readonly number[]>;
  readonly #input: Classifier["input"];

  private constructor(
    program: Program,
    layers: ReadonlyMap<string, readonly number[]>,
    input: Classifier["input"],
  ) {
    this.#program = program;
    this.#layers = layers;
    this.#input = input;
  }

  /** One graph for all `layers`, which are not of the same values. */
  static async create(model: Classifier, engine: Engine, layers: readonly string[]): Promise<LinearNetwork> {
    const { x, values } = linearize(model, layers);
    const builder = x.graph;
    for (const [layer, value] of values)
      for (const gradient of gradients(value, [x], builder.input(`units ${layer}`, value.type)))
        builder.output(`gradient ${layer}`, gradient);
    const graph = onlyGradients(builder.finish());
    // Convolutions by a transform would round zeros to other numbers.
    const program = await engine.prepare(graph, { exact: true });
    for (const { source, type } of graph.states)
      if (source.kind === "state") program.write(source.name, positive(type.shape));
    const shapes = new Map([...values].map(([layer, { type }]) => [layer, type.shape.slice(1)]));
    return new LinearNetwork(program, shapes, model.input);
  }

  /** The layer's values for one picture: `[c, h, w]` or `[c]`. */
  shapeOf(layer: string): readonly number[] {
    return present(this.#layers.get(layer), "a layer it was made for");
  }

  /** Of the units of each layer. Throws `UsageError` for units that are not there. */
  async influences(units: ReadonlyMap<string, Units>): Promise<ReadonlyMap<string, Influence>> {
    const picture = new Float32Array(size(this.#input));
    const marks = [...this.#layers].map(([layer, shape]) => {
      const asked = units.get(layer);
      const none = new Float32Array(size(shape));
      return [`units ${layer}`, asked === undefined ? none : chosen(asked, shape, layer)] as const;
    });
    const outputs = await this.#program.run({ picture, ...Object.fromEntries(marks) });
    const extents = this.#input.slice(1);
    return new Map(
      [...units.keys()].map((layer) => {
        const gradient = present(outputs[`gradient ${layer}`], "an output");
        const data = new Float32Array(size(extents));
        for (let at = 0; at < gradient.length; at++)
          data[at % data.length] = (data[at % data.length] ?? 0) + (gradient[at] ?? 0);
        return [layer, { shape: extents, data }];
      }),
    );
  }
}

/** `layers` in groups whose values are the same in the linear network: a convolution and its ReLU, for example. */
export function alike(model: Classifier, layers: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<Value, string[]>();
  for (const [layer, value] of linearize(model, layers).values) {
    const group = groups.get(value);
    if (group) group.push(layer);
    else groups.set(value, [layer]);
  }
  return [...groups.values()];
}

function linearize(
  model: Classifier,
  layers: readonly string[],
): { readonly x: Value; readonly values: ReadonlyMap<string, Value> } {
  const walked = walk(model);
  for (const layer of layers) walked.x.graph.output(layer, layerOf(walked, layer));
  const linear = rewrite(walked.x.graph.finish(), linearRule);
  return { x: present(linear.inputs[0], "the picture"), values: linear.outputs };
}

/** The graph without what the gradients do not need: the layers' values, and the weights of all that follows them. */
function onlyGradients(graph: Graph): Graph {
  const outputs = [...graph.outputs].filter(([name]) => name.startsWith("gradient "));
  const optimized = optimize({ ...graph, outputs: new Map(outputs) });
  const uses = countUses(optimized);
  return { ...optimized, states: optimized.states.filter((state) => uses.has(state)) };
}

/** The same windows without what depends on the numbers, or looks at one place alone. */
function linearRule(node: Node, [x]: readonly Value[]): readonly Value[] | undefined {
  const typed = asTyped(node);
  if (x === undefined) return undefined;
  switch (typed.op) {
    case "relu":
    case "tanh":
    case "sigmoid":
    case "localResponseNorm":
    case "logSoftmax":
    case "addChannels":
    case "scaleChannels":
    case "affine":
      return [x];
    case "maxPool2d":
      return [avgPool2d(x, { ...typed.attrs, countPadding: true })];
    default:
      return undefined;
  }
}

/** 1 for each of the units, 0 for all others of the layer. */
function chosen(units: Units, shape: readonly number[], layer: string): Float32Array {
  const marks = new Float32Array(size(shape));
  const [channels = 1, height = 1, width = 1] = shape;
  const inside = (value: number, below: number) => Number.isInteger(value) && value >= 0 && value < below;
  if (typeof units === "number") {
    if (!inside(units, marks.length))
      throw new UsageError(`${layer} has no unit ${units}, expected 0 to ${marks.length - 1}`);
    marks[units] = 1;
    return marks;
  }
  const { row, column } = units;
  if (!inside(row, height) || !inside(column, width))
    throw new UsageError(`${layer} has no row ${row}, column ${column}: its maps are ${height}x${width}`);
  for (let channel = 0; channel < channels; channel++) marks[(channel * height + row) * width + column] = 1;
  return marks;
}

/**
 * Weights between a sum and a mean: at the corner of the field a k x k convolution multiplies by 1 / k, in its middle by
 * k at most, which keeps eighty of them within the range of f32.
 */
function positive(shape: readonly number[]): Float32Array {
  const share = shape.length < 2 ? 1 : 1 / ((shape[0] ?? 1) * Math.sqrt(size(shape.slice(2))));
  return new Float32Array(size(shape)).fill(share);
}
