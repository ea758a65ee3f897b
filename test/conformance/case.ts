import { present } from "../../src/ir/errors.ts";
import { type Graph, GraphBuilder, type Node, type Value } from "../../src/ir/graph.ts";
import { streamOf } from "../../src/ir/random.ts";
import type { TypedArray } from "../../src/ir/type.ts";
import { addNode, type Each } from "../../src/ops/define.ts";
import { type AttrsOf, type InputsOf, type OpName, ops } from "../../src/ops/index.ts";
import type { Operand } from "./operands.ts";

/** A case whose op is not known to the type checker. */
export interface AnyCase {
  readonly name: string;
  readonly inputs: readonly Operand[];
  readonly attrs?: object;
  /** Counted by hand. The first case of each op has them. */
  readonly flops?: number;
  /**
   * How far a result may be from the reference engine's, as a share of its largest element, when the engine is not
   * told to be exact. The default is `defaultTolerance`, or nothing at all for exact ops.
   */
  readonly tolerance?: { readonly relative: number; readonly because: string };
  /** Why the gradient can't be checked here. */
  readonly gradientSkipped?: string;
}

/** One way to call op N. From it follow a value test on every engine, a gradient test, FLOPs and a bench. */
export type Case<N extends OpName> = AnyCase & {
  readonly inputs: Each<InputsOf<N>, Operand>;
} & (keyof AttrsOf<N> extends never ? { readonly attrs?: never } : { readonly attrs: AttrsOf<N> });

/** How an op's gradient rule is checked against the central difference of a step of this size. */
export interface Difference {
  readonly step: number;
  /** How far the two may be apart, as a share of the gradient's length. */
  readonly tolerance: number;
}

/** For results that are polynomials of degree 1 or 2 in each operand: the central difference is exact. */
export const polynomial: Difference = { step: 1, tolerance: 1e-4 };
/** For results that have corners the operands of the cases keep away from. */
export const cornered: Difference = { step: 1 / 64, tolerance: 1e-4 };
/** For smooth results: the central difference errs by the third derivative times the step squared. */
export const smooth: Difference = { step: 1 / 64, tolerance: 1e-3 };

export const defaultTolerance = 1e-5;

/** What the conformance suite knows about op N. */
export interface Conformance<N extends OpName> {
  readonly gradient: Difference | { readonly none: string };
  /** Results are copies, choices, or rounded once: every engine gives the same bits. */
  readonly exact?: true;
  readonly cases: readonly Case<N>[];
}

export type ConformanceOf<Names extends OpName> = { readonly [N in Names]: Conformance<N> };

/** A graph of one node, with an input `x0`, `x1`, ... for each operand. */
export interface Built {
  readonly builder: GraphBuilder;
  readonly node: Node;
  readonly feeds: (variant?: number) => Record<string, TypedArray>;
}

export function build(op: OpName, { name, inputs, attrs = {} }: AnyCase): Built {
  const builder = new GraphBuilder();
  const seed = streamOf(`${op} ${name}`);
  const values: Value[] = inputs.map(({ type, make = (x: Value) => x }, i) =>
    make(builder.input(`x${i}`, type)),
  );
  addNode(builder, ops[op], values, attrs);
  const feeds = (variant = 0) =>
    Object.fromEntries(inputs.map((operand, i) => [`x${i}`, operand.data(seed + 101 * i + 10007 * variant)]));
  return { builder, node: present(builder.nodes.at(-1), "a node was added"), feeds };
}

/** The graph of a case, with outputs `y0`, `y1`, ...: what engines run in tests and benches. */
export function graphOf({ builder, node }: Built): Graph {
  node.results.forEach((result, i) => {
    builder.output(`y${i}`, result);
  });
  return builder.finish();
}
