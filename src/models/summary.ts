import type { Graph, Node, Value } from "../ir/graph.ts";
import { f32, type Shape, size } from "../ir/type.ts";
import { type Classifier, isTrainingOnly } from "../nn/classifier.ts";
import { type Module, namedTensors, Parameter } from "../nn/module.ts";
import { type Call, Trace } from "../nn/trace.ts";
import { conv2d } from "../ops/conv.ts";
import { definitionOf } from "../ops/index.ts";
import { linear } from "../ops/linear.ts";
import { formatWindow, type ReceptiveField, receptiveFields, windowOf } from "./receptiveField.ts";

export interface SummaryOptions {
  /** Default: the model's own. */
  readonly input?: readonly [channels: number, height: number, width: number];
  /** Default 1. Multiply-adds and activations are those of the whole batch. */
  readonly batch?: number;
}

/** One layer. A layer made of others comes before them, and its numbers include theirs. */
export interface Row {
  /** Empty for the network itself. Pooling that a module's `forward` does itself is named after its op. */
  readonly path: string;
  /** The module's class, or the op of a layer without weights. */
  readonly kind: string;
  /** How many layers it is inside of. */
  readonly level: number;
  readonly output: Shape;
  /** Kernel, stride, padding: `3x3/2 p1`. Empty where there is no one window. */
  readonly window: string;
  /** Trained parameters. */
  readonly parameters: number;
  readonly macs: number;
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

/** What the layers of `model` are and cost, in evaluation mode. Throws `ShapeError` when `input` does not fit. */
export function summarize(model: Classifier, options: SummaryOptions = {}): Summary {
  const { input = model.input, batch = 1 } = options;
  const trace = new Trace(model, { training: false });
  const x = trace.graph.input("x", f32(batch, ...input));
  const y = trace.call(model, x);
  trace.graph.output("y", y);
  const graph = trace.graph.finish();
  const weighted = graph.nodes.filter(isWeighted);
  const fields = receptiveFields(graph);
  return {
    input: x.type.shape,
    output: y.type.shape,
    rows: rowsOf(graph, trace.calls, fields),
    parameters: countParameters(model),
    evaluationParameters: countParameters(model, (path) => !isTrainingOnly(model, path)),
    buffers: countElements(model) - countParameters(model),
    macs: sum(weighted.map(macsOf)),
    activations: sum(weighted.flatMap(({ results }) => results.map(({ type }) => size(type.shape)))),
    receptiveField: fields.get(lastMap(graph, fields) ?? y)?.size ?? [1, 1],
    depth: longestWay(graph, y),
  };
}

function rowsOf(graph: Graph, calls: readonly Call[], fields: ReadonlyMap<Value, ReceptiveField>): Row[] {
  const fieldOf = (value: Value) => fields.get(value)?.size ?? [1, 1];
  // The innermost call that added each node: inner calls come later and overwrite.
  const owner = new Map<Node, Call>();
  for (const call of calls) for (const node of graph.nodes.slice(call.from, call.to)) owner.set(node, call);

  const rows = calls.map((call, index) => {
    const { path, module, from, to, output } = call;
    const nodes = graph.nodes.slice(from, to);
    const windows = nodes.filter((node) => owner.get(node) === call && windowOf(node) !== undefined);
    const [only] = windows;
    const leaf = !isInside(calls[index + 1], call);
    const row: Row = {
      path,
      kind: module?.constructor.name ?? nodes.at(-1)?.op ?? "identity",
      level: calls.slice(0, index).filter((outer) => isInside(call, outer)).length,
      output: output.type.shape,
      window: leaf && only !== undefined && windows.length === 1 ? formatWindow(only) : "",
      parameters: module === undefined ? 0 : countParameters(module),
      macs: sum(nodes.filter(isWeighted).map(macsOf)),
      receptiveField: fieldOf(output),
    };
    return { at: from, row, loose: leaf ? [] : windows };
  });
  const loose = rows.flatMap(({ row, loose }) =>
    loose.map((node) => ({ at: graph.nodes.indexOf(node), row: looseRow(row, node, fieldOf) })),
  );
  // The sort is stable: a layer stays in front of what is inside it.
  return [...rows, ...loose].sort((a, b) => a.at - b.at).map(({ row }) => row);
}

/** Pooling that a module made of others does in its own `forward`. */
function looseRow(
  { path, level }: Row,
  node: Node,
  fieldOf: (value: Value) => readonly [number, number],
): Row {
  const [result] = node.results;
  return {
    path: path === "" ? node.op : `${path}.${node.op}`,
    kind: node.op,
    level: level + 1,
    output: result?.type.shape ?? [],
    window: formatWindow(node),
    parameters: 0,
    macs: 0,
    receptiveField: result === undefined ? [1, 1] : fieldOf(result),
  };
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
  const [, weight] = node.inputs;
  const share = weight === undefined ? 1 : Math.min(1, storedSize(weight) / size(weight.type.shape));
  return Math.round((definitionOf(node).flops(node) / 2) * share);
}

/** The elements of the parameter that a weight is made from. */
function storedSize(weight: Value): number {
  const { source, type } = weight;
  const [from] = source.kind === "node" ? source.node.inputs : [];
  return from === undefined ? size(type.shape) : storedSize(from);
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
