import type { Arrays } from "../../src/engines/engine.ts";
import { type Graph, GraphBuilder, type Value } from "../../src/ir/graph.ts";
import { streamOf } from "../../src/ir/random.ts";
import type { TypedArray } from "../../src/ir/type.ts";
import { gradients } from "../../src/passes/grad.ts";
import type { Operand } from "./operands.ts";

/** A graph, the inputs of each run, and what its states hold before the first. */
export interface Drafted {
  readonly graph: Graph;
  readonly feeds: (run: number) => Arrays;
  readonly states: Readonly<Record<string, TypedArray>>;
}

/** A graph under construction, with what to feed it. */
export class Draft {
  readonly graph: GraphBuilder = new GraphBuilder();
  readonly #seed: number;
  readonly #operands = new Map<string, Operand>();
  readonly #states = new Map<string, Operand>();

  constructor(name: string) {
    this.#seed = streamOf(name);
  }

  input(name: string, operand: Operand): Value {
    this.#operands.set(name, operand);
    return this.graph.input(name, operand.type);
  }

  state(name: string, operand: Operand): Value {
    this.#states.set(name, operand);
    return this.graph.state(name, operand.type);
  }

  output(values: Readonly<Record<string, Value>>): void {
    for (const [name, value] of Object.entries(values)) this.graph.output(name, value);
  }

  /** The gradients of `loss`, as outputs named after the values. */
  outputGradients(loss: Value, wrt: Readonly<Record<string, Value>>): void {
    const found = gradients(loss, Object.values(wrt));
    Object.keys(wrt).forEach((name, i) => {
      const gradient = found[i];
      if (gradient) this.graph.output(`d ${name}`, gradient);
    });
  }

  finish(): Drafted {
    return {
      graph: this.graph.finish(),
      feeds: (run) => this.#fill(this.#operands, 1000 * run),
      states: this.#fill(this.#states, 7),
    };
  }

  #fill(operands: ReadonlyMap<string, Operand>, offset: number): Record<string, TypedArray> {
    const entries = [...operands].map(
      ([name, { data }]) => [name, data(this.#seed + streamOf(name) + offset)] as const,
    );
    return Object.fromEntries(entries);
  }
}
