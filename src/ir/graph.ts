import { invariant } from "./errors.ts";
import type { TensorType } from "./type.ts";

/** Where a value comes from: fed each run, kept across runs, or made by a node. */
export type Source =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "state"; readonly name: string }
  | { readonly kind: "node"; readonly node: Node; readonly index: number };

/** One tensor of a program: its static type and who makes it. */
export interface Value {
  readonly id: number;
  readonly type: TensorType;
  readonly source: Source;
  /** The graph under construction this value belongs to; ops append to it. */
  readonly graph: GraphBuilder;
}

/** An op applied to values. `scope` is the path of the module that called it. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attrs: object;
  readonly results: readonly Value[];
  readonly scope: string;
}

/** After each run, `state` takes the contents of `value`. */
export interface Update {
  readonly state: Value;
  readonly value: Value;
}

/**
 * A program: nodes in an order in which each comes after the makers of its inputs.
 * `inputs` are fed each run, `states` live in the engine across runs, `outputs` are read after each run.
 */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly states: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: ReadonlyMap<string, Value>;
  readonly updates: readonly Update[];
}

/** Grows a graph, one node at a time. */
export class GraphBuilder {
  /** Recorded with every node that is added; the tracer sets it to the path of the module it is in. */
  scope = "";
  readonly #inputs: Value[] = [];
  readonly #states: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #outputs = new Map<string, Value>();
  readonly #updates: Update[] = [];
  #nextId = 0;

  input(name: string, type: TensorType): Value {
    const value = this.#value(type, { kind: "input", name });
    this.#inputs.push(value);
    return value;
  }

  state(name: string, type: TensorType): Value {
    const value = this.#value(type, { kind: "state", name });
    this.#states.push(value);
    return value;
  }

  add(op: string, inputs: readonly Value[], attrs: object, types: readonly TensorType[]): readonly Value[] {
    for (const input of inputs) invariant(input.graph === this, `${op} has an operand of another graph`);
    const results: Value[] = [];
    const node: Node = { op, inputs, attrs, results, scope: this.scope };
    types.forEach((type, index) => {
      results.push(this.#value(type, { kind: "node", node, index }));
    });
    this.#nodes.push(node);
    return results;
  }

  output(name: string, value: Value): void {
    this.#outputs.set(name, value);
  }

  update(state: Value, value: Value): void {
    this.#updates.push({ state, value });
  }

  /** The nodes so far, in order. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  finish(): Graph {
    return {
      inputs: [...this.#inputs],
      states: [...this.#states],
      nodes: [...this.#nodes],
      outputs: new Map(this.#outputs),
      updates: [...this.#updates],
    };
  }

  #value(type: TensorType, source: Source): Value {
    return { id: this.#nextId++, type, source, graph: this };
  }
}
