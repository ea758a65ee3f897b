import type { ElementType } from "../formats/elements.ts";
import { FormatError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { quote } from "../ir/quote.ts";
import type { TensorData } from "../ir/type.ts";
import { Call, isConstant, type Operand } from "./call.ts";
import { converters } from "./converters.ts";
import { folds } from "./fold.ts";
import type { OnnxNode, OnnxValueInfo } from "./schema.ts";
import { type External, storedType, tensorData } from "./tensors.ts";
import { decode } from "./wire.ts";

/** A model as it was read: its nodes in an order that can be computed, what it starts from, and what it says of itself. */
export interface OnnxGraph {
  readonly file: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  /** Initialisers, and constants that nodes make of nothing. */
  readonly constants: ReadonlyMap<string, TensorData>;
  /** The element types that initialisers have in the file. */
  readonly stored: ReadonlyMap<string, ElementType>;
  /** What has to be fed: inputs without an initialiser. */
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly external: External;
}

export interface ParseOptions {
  /** Names the file in errors. */
  readonly file?: string;
  /** Finds the files beside the model that large tensors may be in. */
  readonly external?: External;
}

const oldestOpset = 7;
const newestOpset = 21;

/** Reads a model. Throws `FormatError` for what is no model, whose names clash or miss, or whose nodes form a cycle. */
export function parseOnnx(bytes: Uint8Array, options: ParseOptions = {}): OnnxGraph {
  const { file = "ONNX data", external = () => undefined } = options;
  const model = decode("model", bytes, file);
  const { graph } = model;
  if (graph === undefined) throw new FormatError(`${file}: has no graph; this is no ONNX model`);
  const opset = model.opsetImport.find(({ domain }) => !domain || domain === "ai.onnx")?.version ?? 0;
  if (opset < oldestOpset || opset > newestOpset)
    throw new FormatError(`${file}: is of opset ${opset}, expected ${oldestOpset} to ${newestOpset}`);
  const constants = new Map<string, TensorData>();
  const stored = new Map<string, ElementType>();
  for (const tensor of graph.initializer) {
    const name = tensor.name ?? "";
    if (constants.has(name)) throw new FormatError(`${file}: two initialisers are named ${quote(name)}`);
    constants.set(name, tensorData(tensor, external, file));
    stored.set(name, storedType(tensor, file));
  }
  const inputs = graph.input.filter(({ name }) => !constants.has(name ?? ""));
  const nodes = sorted(graph.node, [...constants.keys(), ...inputs.map(({ name }) => name ?? "")], file);
  const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]));
  const context = { opset, file, external, constant: refuseValue };
  const rest: OnnxNode[] = [];
  for (const node of nodes) {
    const made = constantOf(node, constants, context);
    if (made === undefined) rest.push(node);
    else constants.set(node.output[0] ?? "", made);
  }
  const outputs = graph.output;
  return { file, opset, nodes: rest, constants, stored, inputs, outputs, metadata, external };
}

/** Adds the model to a graph under construction. `operands` are its inputs and parameters by name. */
export function buildOnnx(
  graph: OnnxGraph,
  operands: ReadonlyMap<string, Operand>,
  constant: (data: TensorData) => Value,
): ReadonlyMap<string, Operand> {
  const known = new Map<string, Operand>([...graph.constants, ...operands]);
  for (const node of graph.nodes) {
    const inputs = node.input.map((name) => (name === "" ? undefined : known.get(name)));
    const call = new Call(node, inputs, { ...graph, constant });
    if (node.domain && node.domain !== "ai.onnx")
      call.refuse(`the domain ${quote(node.domain)} is not supported`);
    const given = call.operands.filter(isConstant);
    const fold = folds[call.op];
    const convert = converters[call.op];
    const wholly = fold && given.length === call.operands.length && given.length > 0;
    const results = wholly
      ? [fold(call, given)]
      : convert
        ? convert(call)
        : call.refuse("there is no such op here");
    node.output.forEach((name, index) => {
      const result = results[index];
      if (result) known.set(name, result);
    });
  }
  return known;
}

function constantOf(
  node: OnnxNode,
  constants: ReadonlyMap<string, TensorData>,
  context: ConstructorParameters<typeof Call>[2],
): TensorData | undefined {
  const given = node.input.map((name) => constants.get(name));
  const call = new Call(node, given, context);
  if (call.op === "Constant") return constantNode(call);
  if (given.length === 0 || given.some((tensor) => tensor === undefined)) return undefined;
  if (call.op === "Identity") return given[0];
  const floating = given.some((tensor) => tensor?.data instanceof Float32Array);
  const fold = folds[call.op];
  return fold && !floating
    ? fold(
        call,
        given.filter((tensor) => tensor !== undefined),
      )
    : undefined;
}

function constantNode(call: Call): TensorData {
  const tensor = call.tensor("value");
  if (tensor) return tensor;
  const floats = call.floats("value_floats");
  if (floats?.length) return { shape: [floats.length], data: Float32Array.from(floats) };
  const ints = call.integers("value_ints");
  if (ints?.length) return { shape: [ints.length], data: Int32Array.from(ints) };
  const float = call.node.attribute.find(({ name }) => name === "value_float")?.f;
  if (float !== undefined) return { shape: [], data: Float32Array.of(float) };
  const int = call.node.attribute.find(({ name }) => name === "value_int")?.i;
  if (int !== undefined) return { shape: [], data: Int32Array.of(int) };
  return call.refuse("has no value of a kind that is supported");
}

function refuseValue(): never {
  throw new FormatError("a constant needs no value of a graph");
}

/** Nodes after the makers of their operands (Kahn's algorithm). */
function sorted(nodes: readonly OnnxNode[], given: readonly string[], file: string): readonly OnnxNode[] {
  const known = new Set(["", ...given]);
  const makers = new Map<string, OnnxNode>();
  for (const node of nodes)
    for (const name of node.output) {
      if (name === "") continue;
      if (makers.has(name) || known.has(name)) throw new FormatError(`${file}: ${quote(name)} is made twice`);
      makers.set(name, node);
    }
  const waiting = new Map<OnnxNode, number>();
  const readers = new Map<string, OnnxNode[]>();
  const ready: OnnxNode[] = [];
  for (const node of nodes) {
    const missing = node.input.filter((name) => !known.has(name));
    for (const name of missing) {
      if (!makers.has(name))
        throw new FormatError(
          `${file}: nothing makes ${quote(name)}, which ${quote(node.name ?? "")} (${node.opType}) reads`,
        );
      readers.set(name, [...(readers.get(name) ?? []), node]);
    }
    if (missing.length === 0) ready.push(node);
    else waiting.set(node, missing.length);
  }
  for (const node of ready)
    for (const name of node.output)
      for (const reader of readers.get(name) ?? []) {
        const left = (waiting.get(reader) ?? 0) - 1;
        waiting.set(reader, left);
        if (left === 0) ready.push(reader);
      }
  if (ready.length < nodes.length) {
    const stuck = nodes.find((node) => !ready.includes(node));
    throw new FormatError(
      `${file}: the nodes form a cycle, through ${quote(stuck?.name ?? "")} (${stuck?.opType})`,
    );
  }
  return ready;
}
