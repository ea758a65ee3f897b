import { UnsupportedOp } from "../ir/errors.ts";
import type { Graph } from "../ir/graph.ts";
import type { TypedArray } from "../ir/type.ts";
import type { AnyNode, NodeOf, OpName } from "../ops/index.ts";

/** Something that runs graphs. */
export interface Engine {
  readonly name: string;
  /** What the engine runs on, for reports: library and version, instruction set, threads. */
  readonly description: string;
  /** Decides everything that can be decided before a run. Throws `UnsupportedOp` for what the engine can't do. */
  prepare(graph: Graph, options?: PrepareOptions): Promise<Program>;
}

export interface PrepareOptions {
  /** Measures the time of every step; read it with `Program.profile`. */
  readonly profile?: boolean;
  /** Computes convolutions as direct sums only, never by a transform that rounds differently. */
  readonly exact?: boolean;
  /** What an earlier program of the same work chose by measuring (`Program.choices`), to compute the same bits. */
  readonly choices?: Choices;
}

/** An engine's decisions that depend on measurements, by keys of its own. */
export type Choices = Readonly<Record<string, string>>;

/** Arrays by the names of a graph's inputs, outputs or states, in row-major order. */
export type Arrays = Readonly<Record<string, TypedArray>>;

/** A graph made ready. All memory it will ever need is there; a run allocates nothing. */
export interface Program {
  /**
   * Runs the graph once. `inputs` are copied before the call returns, so they may be refilled at once.
   * The arrays it resolves to are the program's own: the next run overwrites them.
   * One run at a time: wait for it before the next.
   */
  run(inputs: Arrays): Promise<Arrays>;
  /** A copy of a state's elements. */
  read(state: string): TypedArray;
  /** Sets a state's elements. States start at zero. */
  write(state: string, data: TypedArray): void;
  readonly memory: MemoryReport;
  /** What was chosen by measuring; empty for engines that decide everything beforehand. */
  readonly choices: Choices;
  /** Time by step since the program was prepared; empty without `PrepareOptions.profile`. */
  profile(): readonly StepTime[];
}

export interface MemoryReport {
  /** Bytes for values that live within a run, after the plan has let them share places. */
  readonly arena: number;
  /** Bytes for states, inputs and outputs, and for what an engine computes from states once. */
  readonly resident: number;
}

export interface StepTime {
  readonly op: string;
  readonly scope: string;
  readonly runs: number;
  readonly seconds: number;
  /** FLOPs of one run, counted as direct sums. */
  readonly flops: number;
  /** The engine's name for the code that ran. */
  readonly kernel: string;
}

/** Looks at one node, decides all that can be decided, and leaves behind what runs. */
export type Kernel<N extends OpName, Context, Step> = (node: NodeOf<N>, context: Context) => Step;

/** An engine is a kernel for every op, no more and no less. */
export type Kernels<Context, Step> = { readonly [N in OpName]: Kernel<N, Context, Step> };

/** A kernel an engine lacks on purpose; `reason` reaches the user. */
export function unsupported(
  reason: string,
): (node: { readonly op: string; readonly scope: string }) => never {
  return ({ op, scope }) => {
    throw new UnsupportedOp(op, reason, scope);
  };
}

/** Calls the kernel for a node. */
export function lower<Context, Step>(node: AnyNode, kernels: Kernels<Context, Step>, context: Context): Step {
  // The one dispatch: a node's own op picks the kernel, so operands and attributes are those it expects.
  const kernel = kernels[node.op] as Kernel<OpName, Context, Step>;
  return kernel(node as never, context);
}
