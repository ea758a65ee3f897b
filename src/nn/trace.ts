import { invariant, present } from "../ir/errors.ts";
import { type Graph, GraphBuilder, type Value } from "../ir/graph.ts";
import { f32, type TensorType } from "../ir/type.ts";
import { type Buffer, type Module, namedModules, namedTensors, Parameter } from "./module.ts";

/** What one layer did during a trace. */
export interface Call {
  readonly path: string;
  /** Undefined for a function. */
  readonly module: Module | undefined;
  /** The nodes it added, those of the layers inside it included, are `nodes.slice(from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly input: Value;
  readonly output: Value;
}

/** What an auxiliary head puts out, and how much its loss weighs beside the network's own. */
export interface Auxiliary {
  readonly logits: Value;
  readonly weight: number;
}

export interface TraceOptions {
  readonly training: boolean;
  /** The paths of batch norms that do in training what they do in evaluation. Default: none. */
  readonly frozenNorm?: (path: string) => boolean;
}

/** One walk of a network's `forward` over symbolic values. It knows every module's and tensor's path. */
export class Trace {
  readonly graph: GraphBuilder = new GraphBuilder();
  /** Dropout and batch norm behave by it. */
  readonly training: boolean;
  /** The trained tensors by path. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly #tensors = new Map<Parameter | Buffer, Value>();
  readonly #paths = new Map<Module, string>();
  readonly #calls: Call[] = [];
  readonly #auxiliaries: Auxiliary[] = [];
  readonly #frozenNorm: (path: string) => boolean;
  #random: Value | undefined;

  constructor(module: Module, { training, frozenNorm = () => false }: TraceOptions) {
    this.training = training;
    this.#frozenNorm = frozenNorm;
    traces.set(this.graph, this);
    for (const [path, part] of namedModules(module)) this.#paths.set(part, path);
    const parameters = new Map<string, Value>();
    for (const [path, tensor] of namedTensors(module)) {
      const value = this.graph.state(path, f32(...tensor.shape));
      this.#tensors.set(tensor, value);
      if (tensor instanceof Parameter) parameters.set(path, value);
    }
    this.parameters = parameters;
  }

  /** Applies a module; the nodes it adds carry its path. */
  call(module: Module, x: Value): Value {
    return this.#within(this.#paths.get(module) ?? this.graph.scope, module, x, () => module.forward(x));
  }

  /** Applies a function as the layer `name` of the module under way. */
  callAs(name: string, layer: (x: Value) => Value, x: Value): Value {
    const { scope } = this.graph;
    return this.#within(scope === "" ? name : `${scope}.${name}`, undefined, x, () => layer(x));
  }

  /** Whether a batch norm takes its statistics from the batch, and its running statistics follow. */
  followsBatch(norm: Module): boolean {
    return this.training && !this.#frozenNorm(present(this.#paths.get(norm), "a module of the network"));
  }

  /** Adds `weight` times the cross-entropy of `logits`, which a head amid the network puts out, to the loss. */
  addAuxiliary(logits: Value, weight: number): void {
    this.#auxiliaries.push({ logits, weight });
  }

  /** The auxiliary heads met so far. */
  get auxiliaries(): readonly Auxiliary[] {
    return this.#auxiliaries;
  }

  /** The layers applied so far, each before those inside it. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** The value of a parameter or a buffer of the traced module. */
  valueOf(tensor: Parameter | Buffer): Value {
    return present(this.#tensors.get(tensor), "forward uses a tensor that is no field of its module");
  }

  /** The input `random`, i32 `[seed, step]`; it is only there in graphs that draw random numbers. */
  get random(): Value {
    this.#random ??= this.graph.input("random", { dtype: "i32", shape: [2] });
    return this.#random;
  }

  #within(path: string, module: Module | undefined, input: Value, apply: () => Value): Value {
    const outer = this.graph.scope;
    const place = this.#calls.length;
    const from = this.graph.nodes.length;
    this.graph.scope = path;
    try {
      const output = apply();
      // In front of the calls that `apply` made.
      this.#calls.splice(place, 0, { path, module, from, to: this.graph.nodes.length, input, output });
      return output;
    } finally {
      this.graph.scope = outer;
    }
  }
}

/** The trace that `x` belongs to. */
export function traceOf(x: Value): Trace {
  const trace = traces.get(x.graph);
  invariant(trace !== undefined, "a module was applied outside of a trace");
  return trace;
}

/**
 * The graph of `module` in evaluation mode: inputs `x`, the module's parameters and buffers as states, and the
 * output `y`. Throws `ShapeError`, with the path of the module in it, when `x` does not fit.
 */
export function trace(module: Module, x: TensorType): Graph {
  const walk = new Trace(module, { training: false });
  walk.graph.output("y", walk.call(module, walk.graph.input("x", x)));
  return walk.graph.finish();
}

// Finds the trace of a graph under construction without putting it in the IR.
const traces = new WeakMap<GraphBuilder, Trace>();
