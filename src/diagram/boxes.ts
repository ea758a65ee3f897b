import { present } from "../ir/errors.ts";
import type { Node, Value } from "../ir/graph.ts";
import { f32, type Shape } from "../ir/type.ts";
import { formatWindow } from "../models/receptiveField.ts";
import type { Classifier } from "../nn/classifier.ts";
import { layerNames, outerCalls, prefixes } from "../nn/layerNames.ts";
import type { Module } from "../nn/module.ts";
import { BatchNorm2d } from "../nn/normalization.ts";
import { Trace } from "../nn/trace.ts";
import { asTyped, type OpName } from "../ops/index.ts";

/** What colours a box. */
export type Category = "input" | "convolution" | "pooling" | "connection" | "join" | "other" | "modules";

/** One step of the network with the cheap ones that follow it: a convolution, its bias, batch norm and ReLU. */
export interface Box {
  readonly kind: "box";
  /** The path of the module, or of the innermost one around what belongs to none. */
  readonly path: string;
  /** The layers it stands for, the one that gives the title first, by the names that `summarize` and explanations use. */
  readonly layers: readonly string[];
  readonly category: Category;
  /** What it does: `conv 3x3/2 p1, 64`. */
  readonly title: string;
  /** What follows at once: `batch norm, ReLU`. */
  readonly note: string;
  /** Of one picture: `[c, h, w]` or `[classes]`. */
  readonly output: Shape;
}

/** Boxes and what reads what: `next` of a box are those that read its output. */
export interface BoxGraph {
  readonly boxes: readonly Box[];
  readonly next: ReadonlyMap<Box, readonly Box[]>;
  /** The modules around each box, outermost first, the network itself left out. */
  readonly around: ReadonlyMap<Box, readonly string[]>;
}

/** Ops that share the box of what they read, where nothing else reads it. */
const followers: ReadonlySet<OpName> = new Set([
  ...(["addChannels", "scaleChannels", "affine", "relu", "tanh", "sigmoid"] as const),
  ...(["localResponseNorm", "reshape", "pad", "logSoftmax"] as const),
]);

/** The boxes of `model` in evaluation, the picture first, in the order of the computation. */
export function boxGraph(model: Classifier): BoxGraph {
  const trace = new Trace(model, { training: false });
  const x = trace.graph.input("picture", f32(1, ...model.input));
  const y = trace.call(model, x);
  const groups = groupNodes(liveNodes(trace.graph.nodes, x, y), x);
  const modules = new Map(trace.calls.map(({ path, module }) => [path, module]));
  const called = new Set(trace.calls.map(({ path }) => path));
  const outer = new Set([...outerCalls(trace.calls)].filter((path) => path !== "" && called.has(path)));
  const names = layerNames(trace, x);
  const made = new Map<Value, Box>();
  const around = new Map<Box, readonly string[]>();
  const next = new Map<Box, Box[]>();
  const boxes: Box[] = [];
  const add = (box: Box, scopes: readonly string[], results: readonly Value[]) => {
    boxes.push(box);
    next.set(box, []);
    around.set(box, modulesAround(scopes, outer));
    for (const result of results) made.set(result, box);
  };
  const shape = x.type.shape.slice(1);
  const picture = { category: "input", title: "picture", note: "", output: shape } as const;
  add({ kind: "box", path: "", layers: [], ...picture }, [""], [x]);
  for (const nodes of groups) {
    const box = boxOf(nodes, modules, names);
    const sources = new Set((nodes[0]?.inputs ?? []).flatMap((input) => made.get(input) ?? []));
    add(
      box,
      nodes.map(({ scope }) => scope),
      nodes.flatMap(({ results }) => results),
    );
    for (const source of sources) next.get(source)?.push(box);
  }
  return { boxes, next, around };
}

/** The nodes between x and y, in order. */
function liveNodes(nodes: readonly Node[], x: Value, y: Value): readonly Node[] {
  const varying = new Set([x]);
  const after = nodes.filter(({ inputs, results }) => {
    if (!inputs.some((input) => varying.has(input))) return false;
    for (const result of results) varying.add(result);
    return true;
  });
  const needed = new Set([y]);
  const live = after.toReversed().filter(({ inputs, results }) => {
    if (!results.some((result) => needed.has(result))) return false;
    for (const input of inputs) needed.add(input);
    return true;
  });
  return live.reverse();
}

function groupNodes(nodes: readonly Node[], x: Value): readonly (readonly Node[])[] {
  const readers = new Map<Value, number>();
  for (const { inputs } of nodes)
    for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const groups: Node[][] = [];
  const last = new Map<Value, Node[]>();
  for (const node of nodes) {
    const [read] = node.inputs;
    const group = read === undefined || read === x || readers.get(read) !== 1 ? undefined : last.get(read);
    const joined = group !== undefined && followers.has(asTyped(node).op) ? group : [];
    if (joined.length === 0) groups.push(joined);
    joined.push(node);
    for (const result of node.results) last.set(result, joined);
  }
  return groups;
}

function boxOf(
  nodes: readonly Node[],
  modules: ReadonlyMap<string, Module | undefined>,
  names: ReadonlyMap<Node, string>,
): Box {
  const [main, ...rest] = nodes;
  const node = present(main, "a group begins with a node");
  const output = present(nodes.at(-1)?.results[0], "nodes have results").type.shape.slice(1);
  const notes = rest.flatMap((follower) => noteOf(follower, modules.get(follower.scope)));
  const layers = [...new Set(nodes.flatMap((one) => names.get(one) ?? []))];
  const note = [...new Set(notes)].join(", ");
  return { kind: "box", path: node.scope, layers, ...titleOf(node), note, output };
}

function titleOf(node: Node): { readonly category: Category; readonly title: string } {
  const window = formatWindow(node);
  const channels = node.results[0]?.type.shape[1];
  const { op } = asTyped(node);
  switch (op) {
    case "conv2d":
      return { category: "convolution", title: `conv ${window}, ${channels}` };
    case "linear":
      return { category: "connection", title: `full connection, ${channels}` };
    case "maxPool2d":
      return { category: "pooling", title: `max pooling ${window}` };
    case "avgPool2d":
    case "adaptiveAvgPool2d":
      return { category: "pooling", title: `mean pooling ${window}` };
    case "concat":
      return { category: "join", title: "concat" };
    case "add":
      return { category: "join", title: "+" };
    default:
      return { category: "other", title: noteOf(node, undefined)[0] ?? op };
  }
}

function noteOf(node: Node, module: Module | undefined): readonly string[] {
  const { op } = asTyped(node);
  switch (op) {
    case "addChannels":
      return [];
    case "scaleChannels":
      return [module instanceof BatchNorm2d ? "batch norm" : "scale"];
    case "affine":
      return ["scale"];
    case "relu":
      return ["ReLU"];
    case "localResponseNorm":
      return ["response norm"];
    case "reshape":
      return ["flatten"];
    case "logSoftmax":
      return ["log-softmax"];
    case "squaredDistance":
      return ["distances"];
    default:
      return [op];
  }
}

/** Those of `outer` that all of `scopes` are in, the outermost first. */
function modulesAround(scopes: readonly string[], outer: ReadonlySet<string>): readonly string[] {
  const [first = "", ...rest] = scopes;
  return prefixes(first).filter(
    (path) => outer.has(path) && rest.every((scope) => scope === path || scope.startsWith(`${path}.`)),
  );
}
