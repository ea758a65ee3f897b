import { FormatError } from "../ir/errors.ts";
import type { Value } from "../ir/graph.ts";
import { quote } from "../ir/quote.ts";
import { f32, size, type TensorData } from "../ir/type.ts";
import type { Classifier, Normalization, OutputKind, Placement } from "../nn/classifier.ts";
import { Buffer, type Member, Module, Parameter } from "../nn/module.ts";
import { trace, traceOf } from "../nn/trace.ts";
import { constant } from "../ops/arithmetic.ts";
import { concat, reshape } from "../ops/shape.ts";
import { isConstant, type Operand } from "./call.ts";
import { buildOnnx, type OnnxGraph, type ParseOptions, parseOnnx } from "./graph.ts";
import { normalizationOf } from "./metadata.ts";
import type { OnnxNode } from "./schema.ts";

export interface ImportOptions extends ParseOptions {
  /**
   * Leaves out a Softmax that ends the model, so that the output is logits, as training and evaluation want it.
   * Default: false.
   */
  readonly logits?: boolean;
}

/**
 * A network of one input [n, c, h, w] and its first output, read from ONNX. Its weights are parameters and start as the
 * file has them; `forward` takes any batch that the model's reshapes allow.
 */
export class OnnxNetwork extends Module implements Classifier {
  readonly classes: number;
  readonly input: readonly [channels: number, height: number, width: number];
  readonly output: OutputKind;
  readonly normalization?: Normalization;
  readonly placement?: Placement;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #graph: OnnxGraph;
  readonly #tensors: ReadonlyMap<string, Parameter | Buffer>;

  constructor(graph: OnnxGraph, classes: number) {
    super();
    this.#graph = graph;
    this.classes = classes;
    this.input = pictureOf(graph);
    const { output, placement } = graph.metadata;
    const own = lastOf(graph)?.opType === "LogSoftmax" ? "logProbabilities" : "logits";
    this.output = output === "distances" ? output : own;
    if (placement === "centre" || placement === "scale") this.placement = placement;
    this.#tensors = tensorsOf(graph);
    this.metadata = graph.metadata;
    const normalization = normalizationOf(graph.metadata);
    if (normalization) this.normalization = normalization;
  }

  override forward(x: Value): Value {
    const { inputs, outputs, file } = this.#graph;
    const walk = traceOf(x);
    const operands = new Map<string, Operand>([[inputs[0]?.name ?? "", x]]);
    for (const [name, tensor] of this.#tensors) operands.set(name, walk.valueOf(tensor));
    const made = buildOnnx(this.#graph, operands, (data) => spelled(x, data));
    const output = outputs[0]?.name ?? "";
    const y = made.get(output);
    if (y === undefined || isConstant(y))
      throw new FormatError(`${file}: the output ${quote(output)} does not follow from the input`);
    return y;
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    yield* this.#tensors;
  }

  /** The weights as the file has them, by name. */
  weights(): ReadonlyMap<string, TensorData> {
    return new Map(
      [...this.#tensors.keys()].flatMap((name) => {
        const data = this.#graph.constants.get(name);
        return data ? [[name, data] as const] : [];
      }),
    );
  }
}

/** Reads a model as a network. Throws `FormatError` for a broken file, `UnsupportedOp` for what it may not contain. */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): OnnxNetwork {
  const parsed = parseOnnx(bytes, options);
  const graph = options.logits ? withoutSoftmax(parsed) : parsed;
  const probe = new OnnxNetwork(graph, 1);
  const y = trace(probe, f32(batchOf(graph), ...probe.input)).outputs.get("y");
  return new OnnxNetwork(graph, y?.type.shape.at(-1) ?? 1);
}

/** The batch that the file is for, or 1. */
function batchOf({ inputs }: OnnxGraph): number {
  return Math.max(1, inputs[0]?.type?.tensorType?.shape?.dim[0]?.value ?? 1);
}

function pictureOf({ inputs, file }: OnnxGraph): readonly [number, number, number] {
  const [input, ...others] = inputs;
  const dims = input?.type?.tensorType?.shape?.dim.map(({ value }) => value ?? 0) ?? [];
  const [, channels = 0, height = 0, width = 0] = dims;
  if (others.length > 0 || dims.length !== 4 || channels < 1 || height < 1 || width < 1)
    throw new FormatError(
      `${file}: has ${inputs.length} inputs, the first of shape [${dims.join(",")}], expected one [n, c, h, w] of known extents`,
    );
  return [channels, height, width];
}

/** Numbers with a fraction are parameters, but where an op has to know them to be read, and single ones. */
function tensorsOf({ nodes, constants }: OnnxGraph): ReadonlyMap<string, Parameter | Buffer> {
  const told = new Set(
    nodes.flatMap(({ opType, input }) =>
      opType === "Div" || opType === "Clip" || opType === "Pad" ? input.slice(1) : [],
    ),
  );
  const fixed = new Set(
    nodes.flatMap(({ opType, input }) => (opType === "BatchNormalization" ? input.slice(3) : [])),
  );
  const read = new Set(nodes.flatMap(({ input }) => input));
  const tensors = new Map<string, Parameter | Buffer>();
  for (const [name, { shape, data }] of constants) {
    const plain = data instanceof Float32Array && size(shape) >= 1 && (size(shape) > 1 || shape.length > 0);
    if (!(data instanceof Float32Array) || !plain || told.has(name) || !read.has(name)) continue;
    const init = () => data.slice();
    tensors.set(name, fixed.has(name) ? new Buffer(shape, init) : new Parameter(shape, init));
  }
  return tensors;
}

function withoutSoftmax(graph: OnnxGraph): OnnxGraph {
  const last = lastOf(graph);
  const [output] = graph.outputs;
  if (last?.opType !== "Softmax" || !output) return graph;
  return { ...graph, outputs: [{ ...output, name: last.input[0] }] };
}

/** The node that makes the output, Identity apart. */
function lastOf({ nodes, outputs }: OnnxGraph): OnnxNode | undefined {
  const maker = (name: string | undefined) => nodes.find(({ output }) => output[0] === name);
  let last = maker(outputs[0]?.name);
  while (last?.opType === "Identity") last = maker(last.input[0]);
  return last;
}

/** A few numbers as a value: what no parameter holds. */
function spelled({ graph }: Value, { shape, data }: TensorData): Value {
  const parts = Array.from(data, (number) => constant(graph, [1], number));
  return reshape(concat(...parts, { axis: 0 }), { shape });
}
