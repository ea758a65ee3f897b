import { ConvnetsError, invariant, present, ShapeError } from "../ir/errors.ts";
import type { GraphBuilder, Node, Value } from "../ir/graph.ts";
import type { TensorType } from "../ir/type.ts";

type Values = readonly Value[];

/** One `T` for each member of a tuple of values. */
export type Each<Tuple extends Values, T> = { readonly [K in keyof Tuple]: T };

type Args<In extends Values, A extends object> = keyof A extends never ? [...In] : [...In, attrs: A];

/** What an op with one result is; the engines add how it runs. */
export interface Rules<In extends Values, A extends object> {
  /** The result's type; throws `ShapeError` when the operands do not fit. */
  type(inputs: Each<In, TensorType>, attrs: A): TensorType;
  /** From the result's gradient `dy`, each operand's; `null` where none flows. */
  grad(inputs: In, attrs: A, dy: Value, y: Value): Each<In, Value | null>;
  /** Multiplications plus additions, for reports. */
  flops(inputs: Each<In, TensorType>, y: TensorType, attrs: A): number;
}

/** The same for an op with several results. A result nobody differentiates has the gradient `null`. */
export interface MultiRules<In extends Values, A extends object, Out extends Values> {
  types(inputs: Each<In, TensorType>, attrs: A): Each<Out, TensorType>;
  grad(inputs: In, attrs: A, dys: Each<Out, Value | null>, ys: Out): Each<In, Value | null>;
  flops(inputs: Each<In, TensorType>, ys: Each<Out, TensorType>, attrs: A): number;
}

/** An op as the walks see it: every signature erased to lists. */
export interface Definition {
  readonly opName: string;
  types(inputs: readonly TensorType[], attrs: object): readonly TensorType[];
  grad(node: Node, dys: readonly (Value | null)[]): readonly (Value | null)[];
  flops(node: Node): number;
}

declare const signature: unique symbol;

interface Signed<In extends Values, A extends object, Out extends Values> extends Definition {
  /** Carries the signature for the type checker; never there at run time. */
  readonly [signature]?: (inputs: In, attrs: A, results: Out) => void;
}

/** Calling an op adds one node to the graph of its operands and gives the node's result. */
export interface Op<In extends Values, A extends object = object> extends Signed<In, A, readonly [y: Value]> {
  (...args: Args<In, A>): Value;
}

/** An op whose node has several results. */
export interface MultiOp<In extends Values, A extends object, Out extends Values> extends Signed<In, A, Out> {
  (...args: Args<In, A>): Out;
}

/** Any op, with its signature in reach of `infer`. */
export type AnyOp<In extends Values, A extends object, Out extends Values> = Signed<In, A, Out>;

export function defineOp<In extends Values, A extends object>(
  opName: string,
  rules: NoInfer<Rules<In, A>>,
): Op<In, A> {
  const multi: MultiRules<In, A, readonly [y: Value]> = {
    types: (inputs, attrs) => [rules.type(inputs, attrs)],
    grad: (inputs, attrs, [dy], [y]) => rules.grad(inputs, attrs, present(dy ?? undefined, "no dy"), y),
    flops: (inputs, [y], attrs) => rules.flops(inputs, y, attrs),
  };
  const define = definition(opName, multi);
  const apply = (...args: readonly (Value | A)[]): Value => present(call(define, args)[0], "one result");
  // The seam between typed signatures and argument lists: `call` takes apart what Args put together.
  return Object.assign(apply as unknown as (...args: Args<In, A>) => Value, define);
}

export function defineMultiOp<In extends Values, A extends object, Out extends Values>(
  opName: string,
  rules: NoInfer<MultiRules<In, A, Out>>,
): MultiOp<In, A, Out> {
  const define = definition(opName, rules);
  const apply = (...args: readonly (Value | A)[]): Values => call(define, args);
  // The same seam; `types` has made one result for each member of Out.
  return Object.assign(apply as unknown as (...args: Args<In, A>) => Out, define);
}

/** Adds a node after its type rule has accepted the operands. A node without operands has to be told its graph. */
export function addNode(graph: GraphBuilder, op: Definition, inputs: Values, attrs: object): Values {
  const given = inputs.map((input) => input.type);
  try {
    return graph.add(op.opName, inputs, attrs, op.types(given, attrs));
  } catch (error) {
    if (error instanceof ShapeError && graph.scope !== "")
      throw new ShapeError(error.op, error.problem, error.given, graph.scope);
    throw error;
  }
}

/** A gradient rule for ops that training never differentiates; `reason` reaches the user. */
export function notDifferentiable(opName: string, reason: string): () => never {
  return () => {
    throw new ConvnetsError(`${opName} has no gradient: ${reason}`);
  };
}

/** Refuses attributes that are not whole numbers from `least` up. */
export function expectWhole(
  op: string,
  attrs: Readonly<Record<string, readonly number[]>>,
  least: number,
  given: readonly TensorType[],
): void {
  for (const [name, numbers] of Object.entries(attrs))
    if (numbers.some((n) => !Number.isInteger(n) || n < least))
      throw new ShapeError(
        op,
        `${name} must be whole numbers from ${least} up, not ${numbers.join(",")}`,
        given,
      );
}

function definition<In extends Values, A extends object, Out extends Values>(
  opName: string,
  rules: MultiRules<In, A, Out>,
): Definition {
  // The seam where lists become tuples: graphs only hold nodes that `types` has accepted.
  return {
    opName,
    types: (inputs, attrs) => rules.types(inputs as unknown as Each<In, TensorType>, attrs as A),
    grad: (node, dys) =>
      rules.grad(
        node.inputs as unknown as In,
        node.attrs as A,
        dys as unknown as Each<Out, Value | null>,
        node.results as unknown as Out,
      ),
    flops: (node) =>
      rules.flops(
        node.inputs.map((v) => v.type) as unknown as Each<In, TensorType>,
        node.results.map((v) => v.type) as unknown as Each<Out, TensorType>,
        node.attrs as A,
      ),
  };
}

function call(op: Definition, args: readonly object[]): Values {
  const inputs = args.filter(isValue);
  const attrs = args.find((arg) => !isValue(arg)) ?? {};
  const [first] = inputs;
  invariant(first !== undefined, `${op.opName} needs an operand to find its graph`);
  return addNode(first.graph, op, inputs, attrs);
}

function isValue(x: object): x is Value {
  return "source" in x && "graph" in x;
}
