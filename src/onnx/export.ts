import type { Engine } from "../engines/engine.ts";
import { referenceEngine } from "../engines/reference/engine.ts";
import { present, UnsupportedOp, UsageError } from "../ir/errors.ts";
import type { Graph, Node, Value } from "../ir/graph.ts";
import type { TensorData } from "../ir/type.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { run } from "../nn/sequential.ts";
import { Trace } from "../nn/trace.ts";
import { exp } from "../ops/activation.ts";
import { affine } from "../ops/arithmetic.ts";
import { logSoftmax } from "../ops/loss.ts";
import { dropDeadCode } from "../passes/deadCode.ts";
import { foldScale } from "../passes/foldScale.ts";
import { simplify } from "../passes/simplify.ts";
import { type Emitted, Emitter } from "./emit.ts";
import { emitNode } from "./exporters.ts";
import { asPixels, normalizationText } from "./metadata.ts";
import { elementType, type OnnxValueInfo, type Written } from "./schema.ts";
import { encode } from "./wire.ts";

export interface ExportOptions {
  /** Moves batch norm into the convolutions before it. Default: true. */
  readonly fold?: boolean;
  /** Ends the network with a softmax, so that it puts out probabilities. Default: false. */
  readonly softmax?: boolean;
  /** Starts the network with this normalisation, so that it reads pixels from 0 to 255. Default: none. */
  readonly normalize?: Normalization;
  /** What the network's pixels have to be, for the file's metadata. */
  readonly normalization?: Normalization;
  /** The names of the classes, for the file's metadata. */
  readonly classes?: readonly string[];
  /** The network's name, for the file's metadata. */
  readonly name?: string;
  /** A fixed number of pictures a run. Default: left open, for each run to say. */
  readonly batch?: number;
}

/** The one that is written: every runtime since 2021 reads it, those in browsers included. */
export const writtenOpset = 13;
const irVersion = 7;

/** The batch that a graph of any batch is traced with; no other extent of the zoo's reshapes begins with it. */
const tracedBatch = 2;

/**
 * The network in evaluation as an ONNX model: input `x` f32 [n, c, h, w], output `y` f32 [n, classes]. Whatever does not
 * depend on the input is computed here and written as numbers.
 */
export async function exportOnnx(
  model: Classifier,
  weights: ReadonlyMap<string, TensorData>,
  options: ExportOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { fold = true, batch, name = "network" } = options;
  const traced = graphOf(model, options);
  const graph = [dropDeadCode, simplify, ...(fold ? [foldScale, dropDeadCode] : [])].reduce(
    (g, pass) => pass(g),
    traced,
  );
  const emitter = new Emitter(batch === undefined ? tracedBatch : undefined);
  const { constants, inner } = await constantsOf(graph, weights, fold);
  for (const [value, { label, data }] of constants) emitter.constant(value, label, data);
  const x = present(graph.inputs[0], "a network has an input");
  emitter.name(x, "x");
  for (const node of graph.nodes) if (!inner.has(node)) emitNode(node, emitter);
  const y = present(graph.outputs.get("y"), "a network has an output");
  const emitted: Emitted = emitter.finish(y, "y");
  const { normalization, classes, normalize } = options;
  const pixels = normalize ? asPixels : normalization;
  const metadata = {
    model: name,
    ...(pixels && normalizationText(pixels)),
    ...(classes && { classes: JSON.stringify(classes) }),
    ...(model.placement && { placement: model.placement }),
    ...(model.output === "distances" && { output: model.output }),
  };
  return encode("model", {
    irVersion,
    producerName: "convnets",
    opsetImport: [{ domain: "", version: writtenOpset }],
    graph: {
      name,
      node: emitted.nodes,
      initializer: emitted.tensors,
      input: [valueInfo("x", x, batch)],
      output: [valueInfo("y", y, batch)],
    },
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}

function graphOf(
  model: Classifier,
  { softmax = false, normalize, batch = tracedBatch }: ExportOptions,
): Graph {
  if (softmax && model.output === "distances")
    throw new UsageError(
      "export: this network puts out distances, which are no logits; leave out the softmax",
    );
  const trace = new Trace(model, { training: false });
  const x = trace.graph.input("x", { dtype: "f32", shape: [batch, ...model.input] });
  const pixels = normalize ? affine(x, affineOf(normalize)) : x;
  const y = run(pixels, model);
  trace.graph.output("y", softmax ? exp(model.output === "logits" ? logSoftmax(y) : y) : y);
  return trace.graph.finish();
}

function affineOf({ mean, std }: Normalization) {
  return {
    scale: std.map((deviation) => 1 / (255 * deviation)),
    shift: mean.map((average, channel) => -average / (std[channel] ?? std[0] ?? 1)),
  };
}

function valueInfo(
  name: string,
  { type: { shape } }: Value,
  batch: number | undefined,
): Written<OnnxValueInfo> {
  const [, ...rest] = shape;
  const first = batch === undefined ? { param: "batch" } : { value: batch };
  const dim = [first, ...rest.map((value) => ({ value }))];
  return { name, type: { tensorType: { elemType: elementType.float, shape: { dim } } } };
}

interface Constant {
  readonly label: string;
  readonly data: TensorData;
}

/** What follows from the weights alone, as far as the rest of the graph reads it, and the `inner` nodes that make it. */
async function constantsOf(
  graph: Graph,
  weights: ReadonlyMap<string, TensorData>,
  fold: boolean,
): Promise<{ readonly constants: ReadonlyMap<Value, Constant>; readonly inner: ReadonlySet<Node> }> {
  const fixed = new Set<Value>(graph.states);
  const nodes: Node[] = [];
  for (const node of graph.nodes)
    if (node.inputs.every((input) => fixed.has(input)) && (fold || node.op !== "batchNormScale")) {
      nodes.push(node);
      for (const result of node.results) fixed.add(result);
    }
  const inner = new Set<Node>(nodes);
  const read = new Set([
    ...graph.nodes.filter((node) => !inner.has(node)).flatMap(({ inputs }) => inputs),
    ...graph.outputs.values(),
  ]);
  const made = nodes.flatMap(({ results }) => results).filter((value) => read.has(value));
  const constants = new Map<Value, Constant>();
  const needed = new Set([...read, ...nodes.flatMap(({ inputs }) => inputs)]);
  for (const value of graph.states) {
    const label = value.source.kind === "state" ? value.source.name : "";
    if (!needed.has(value)) continue;
    const data = weights.get(label);
    if (data === undefined) throw new UsageError(`export: the weights lack ${label}`);
    constants.set(value, { label, data });
  }
  if (made.length === 0) return { constants, inner };
  const outputs = new Map(made.map((value, index) => [`${index}`, value]));
  const states = graph.states.filter((value) => needed.has(value));
  const results = await computed(
    referenceEngine,
    { inputs: [], states, nodes, outputs, updates: [] },
    constants,
  );
  made.forEach((value, index) => {
    const data = present(results[`${index}`], "an output for each constant").slice();
    const maker = value.source.kind === "node" ? value.source.node : undefined;
    constants.set(value, { label: labelOf(maker, index), data: { shape: value.type.shape, data } });
  });
  return { constants, inner };
}

/** A constant that was made of a weight keeps that weight's name, with what made it. */
function labelOf(maker: Node | undefined, index: number): string {
  if (maker === undefined) throw new UnsupportedOp("export", "a constant without a maker");
  return `${maker.scope === "" ? "" : `${maker.scope}.`}${maker.op}${index}`;
}

async function computed(engine: Engine, graph: Graph, constants: ReadonlyMap<Value, Constant>) {
  const program = await engine.prepare(graph);
  for (const state of graph.states) {
    const constant = present(constants.get(state), "a state has numbers");
    program.write(constant.label, constant.data.data);
  }
  return program.run({});
}
