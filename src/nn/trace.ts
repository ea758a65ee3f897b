import { invariant, present } from "../ir/errors.ts";
import { type Graph, GraphBuilder, type Value } from "../ir/graph.ts";
import { f32, type TensorType } from "../ir/type.ts";
import { type Buffer, type Module, namedModules, namedTensors, Parameter } from "./module.ts";

/** One walk of a network's `forward` over symbolic values. It knows every module's and tensor's path. */
export class Trace {
  readonly graph: GraphBuilder = new GraphBuilder();
  /** Dropout and batch norm behave by it. */
  readonly training: boolean;
  /** The trained tensors by path. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly #tensors = new Map<Parameter | Buffer, Value>();
  readonly #paths = new Map<Module, string>();
  #random: Value | undefined;

  constructor(module: Module, { training }: { readonly training: boolean }) {
    this.training = training;
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
    const outer = this.graph.scope;
    this.graph.scope = this.#paths.get(module) ?? outer;
    try {
      return module.forward(x);
    } finally {
      this.graph.scope = outer;
    }
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
