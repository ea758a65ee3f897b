import type { Graph, Node, Value } from "../ir/graph.ts";
import { f32, type Shape, size } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "../nn/classifier.ts";
import { layerNames } from "../nn/layerNames.ts";
import { type Module, namedTensors, Parameter } from "../nn/module.ts";
import { type Call, Trace } from "../nn/trace.ts";
import { conv2d } from "../ops/conv.ts";
import { linear } from "../ops/linear.ts";
import {
  formatWindow,
  type ReceptiveField,
  receptiveFields,
  type Window,
  windowOf,
} from "./receptiveField.ts";

export interface SummaryOptions {
  /** Default: the model's own. */
  readonly input?: readonly [channels: number, height: number, width: number];
  /** Default 1. Multiply-adds and activations are those of the whole batch. */
  readonly batch?: number;
}

/** A convolution or a full connection: each of its weights is multiplied once a position. */
export interface Product {
  /** Stored weights: `[k, c / groups, height, width]` or `[to, from]`. */
  readonly weight: Shape;
  /** `[n, height, width]` of its maps, or `[n]`. */
  readonly positions: Shape;
}

/** One layer. A layer made of others comes before them, and its numbers include theirs. */
export interface Row {
  /** Empty for the network itself. Pooling that a module's `forward` does itself is named after its op: `maxPool2d:2`. */
  readonly path: string;
  /** The module's class, or the op of a layer without weights. */
  readonly kind: string;
  /** How many layers it is inside of. */
  readonly level: number;
  readonly input: Shape;
  readonly output: Shape;
  /** Kernel, stride, padding: `3x3/2 p1`. Empty where there is no one window. */
  readonly window: string;
  /** The same as numbers. */
  readonly slides?: Window;
  /** Trained parameters. */
  readonly parameters: number;
  /** Its own trained tensors by name, those of layers inside it left out. */
  readonly tensors: readonly (readonly [name: string, shape: Shape])[];
  readonly macs: number;
  /** Its own products, those of layers inside it left out. */
  readonly products: readonly Product[];
  /** Elements that convolutions and full connections put out. */
  readonly activations: number;
  /** How far an element of the output sees, in pixels of the input; edges do not limit it. */
  readonly receptiveField: readonly [height: number, width: number];
}

export interface Summary {
  readonly input: Shape;
  readonly output: Shape;
  /** In the order of the computation. */
  readonly rows: readonly Row[];
  /** Trained parameters. */
  readonly parameters: number;
  /** Those of them that evaluation needs: all but auxiliary heads'. */
  readonly evaluationParameters: number;
  /** Elements of fixed tensors and running statistics. */
  readonly buffers: number;
  /**
   * Multiply-adds of convolutions and full connections, as torchvision counts them. A convolution that lacks some
   * connections (LeNet-5's C3) counts those it has.
   */
  readonly macs: number;
  /** Elements that convolutions and full connections put out. */
  readonly activations: number;
  /**
   * How far an element of the last map of more than one pixel sees, in pixels of the input; edges do not limit it. What
   * follows that map reads all of it. A network without maps sees the whole picture.
   */
  readonly receptiveField: readonly [height: number, width: number];
  /** Convolutions and full connections on the longest way from input to output. */
  readonly depth: number;
}

/** A network, or a part of one that says what it reads. */
export type Measurable = Module & Pick<Classifier, "input" | "trainingOnly">;

/** What the layers of `model` are and cost, in evaluation mode. Throws `ShapeError` when `input` does not fit. */
export function summarize(model: Measurable, options: SummaryOptions = {}): Summary {
  const { input = model.input, batch = 1 } = options;
  const trace = new Trace(model, { training: false });
  const x = trace.graph.input("x", f32(batch, ...input));
  const y = trace.call(model, x);
  trace.graph.output("y", y);
  const graph = trace.graph.finish();
  const weighted = graph.nodes.filter(isWeighted);
  const fields = receptiveFields(graph);
  const rows = rowsOf(graph, trace.calls, { fields, names: layerNames(trace, x) });
  return {
    input: x.type.shape,
    output: y.type.shape,
    rows,
    parameters: countParameters(model),
    evaluationParameters: countParameters(model, (path) => !isTrainingOnly(model, path)),
    buffers: countElements(model) - countParameters(model),
    macs: sum(weighted.map(macsOf)),
    activations: sum(weighted.map(outputSize)),
    receptiveField: fields.get(lastMap(graph, fields) ?? y)?.size ?? [1, 1],
    depth: longestWay(graph, y),
  };
}

interface Names {
  readonly fields: ReadonlyMap<Value, ReceptiveField>;
  readonly names: ReadonlyMap<Node, string>;
}

function rowsOf(graph: Graph, calls: readonly Call[], { fields, names }: Names): Row[] {
  const fieldOf = (value: Value | undefined) => (value && fields.get(value)?.size) ?? [1, 1];
  // The innermost call that added each node: inner calls come later and overwrite.
  const owner = new Map<Node, Call>();
  for (const call of calls) for (const node of graph.nodes.slice(call.from, call.to)) owner.set(node, call);

  const open: Call[] = [];
  const rows = calls.map((call, index) => {
    const { path, module, from, to, input, output } = call;
    for (let outer = open.at(-1); outer !== undefined && !isInside(call, outer); outer = open.at(-1))
      open.pop();
    const level = open.push(call) - 1;
    const nodes = graph.nodes.slice(from, to);
    const own = nodes.filter((node) => owner.get(node) === call);
    const windows = own.filter((node) => windowOf(node) !== undefined);
    const leaf = !isInside(calls[index + 1], call);
    const row: Row = {
      path,
      kind: module?.constructor.name ?? nodes.at(-1)?.op ?? "identity",
      level,
      input: input.type.shape,
      output: output.type.shape,
      ...windowOfLayer(leaf ? windows : []),
      parameters: module === undefined ? 0 : countParameters(module),
      tensors: module === undefined ? [] : ownTensors(module),
      macs: sum(nodes.filter(isWeighted).map(macsOf)),
      products: own.filter(isWeighted).map(productOf),
      activations: sum(nodes.filter(isWeighted).map(outputSize)),
      receptiveField: fieldOf(output),
    };
    return { at: from, row, loose: leaf ? [] : windows };
  });
  const loose = rows.flatMap(({ row: { level }, loose }) =>
    loose.map((node) => {
      const field = fieldOf(node.results[0]);
      return {
        at: graph.nodes.indexOf(node),
        row: looseRow(node, names.get(node) ?? node.op, level + 1, field),
      };
    }),
  );
  // The sort is stable: a layer stays in front of what is inside it.
  return [...rows, ...loose].sort((a, b) => a.at - b.at).map(({ row }) => row);
}

/** Pooling that a module made of others does in its own `forward`. */
function looseRow(node: Node, path: string, level: number, receptiveField: Row["receptiveField"]): Row {
  const [input, output] = [node.inputs[0]?.type.shape ?? [], node.results[0]?.type.shape ?? []];
  const nothing = { parameters: 0, tensors: [], macs: 0, products: [], activations: 0 };
  return { path, kind: node.op, level, input, output, ...windowOfLayer([node]), ...nothing, receptiveField };
}

/** What a layer slides, where it slides just one window. */
function windowOfLayer([only, ...more]: readonly Node[]): Pick<Row, "window" | "slides"> {
  const slides = only === undefined || more.length > 0 ? undefined : windowOf(only);
  return only === undefined || slides === undefined ? { window: "" } : { window: formatWindow(only), slides };
}

function isInside(inner: Call | undefined, outer: Call): boolean {
  return (
    inner !== undefined && (outer.path === "" ? inner.path !== "" : inner.path.startsWith(`${outer.path}.`))
  );
}

/** The last result of more than one pixel that depends on a window; undefined for a network without windows. */
function lastMap(graph: Graph, fields: ReadonlyMap<Value, ReceptiveField>): Value | undefined {
  const first = graph.nodes.findIndex((node) => windowOf(node) !== undefined);
  if (first < 0) return undefined;
  const maps = graph.nodes
    .slice(first)
    .flatMap(({ results }) => results)
    .filter((value) => fields.has(value) && isMap(value));
  return maps.at(-1);
}

function isMap({ type: { shape } }: Value): boolean {
  return shape.length === 4 && size(shape.slice(2)) > 1;
}

/** The largest number of weighted nodes on a way to `end`. */
function longestWay(graph: Graph, end: Value): number {
  const steps = new Map<Value, number>();
  for (const node of graph.nodes) {
    const before = Math.max(0, ...node.inputs.map((input) => steps.get(input) ?? 0));
    for (const result of node.results) steps.set(result, before + (isWeighted(node) ? 1 : 0));
  }
  return steps.get(end) ?? 0;
}

function isWeighted(node: Node): boolean {
  return node.op === conv2d.opName || node.op === linear.opName;
}

function macsOf(node: Node): number {
  const { weight, positions } = productOf(node);
  return size(weight) * size(positions);
}

function productOf(node: Node): Product {
  const [, weight] = node.inputs;
  const [n = 1, , ...extents] = node.results[0]?.type.shape ?? [];
  return { weight: weight === undefined ? [] : storedShape(weight), positions: [n, ...extents] };
}

/** The shape of the parameter that a weight is made from; of the weight, where it has more elements. */
function storedShape(weight: Value): Shape {
  const { source, type } = weight;
  const [from] = source.kind === "node" ? source.node.inputs : [];
  const stored = from === undefined ? type.shape : storedShape(from);
  return size(stored) < size(type.shape) ? stored : type.shape;
}

function outputSize({ results: [output] }: Node): number {
  return output === undefined ? 0 : size(output.type.shape);
}

function ownTensors(module: Module): Row["tensors"] {
  return [...module.members()].flatMap(([name, member]) =>
    member instanceof Parameter ? [[name, member.shape] as const] : [],
  );
}

function countParameters(module: Module, counts: (path: string) => boolean = () => true): number {
  const trained = [...namedTensors(module)].filter(([path, t]) => t instanceof Parameter && counts(path));
  return sum(trained.map(([, { shape }]) => size(shape)));
}

function countElements(module: Module): number {
  return sum([...namedTensors(module)].map(([, t]) => size(t.shape)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
