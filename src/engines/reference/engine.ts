import { present } from "../../ir/errors.ts";
import type { Graph, Node, Value } from "../../ir/graph.ts";
import { allocate, type TypedArray } from "../../ir/type.ts";
import { verify } from "../../ir/verify.ts";
import { asTyped, definitionOf } from "../../ops/index.ts";
import { byName, expectElements, expectInputs, type Named, namedState } from "../arrays.ts";
import {
  type Arrays,
  type Choices,
  type Engine,
  lower,
  type MemoryReport,
  type PrepareOptions,
  type Program,
  type StepTime,
} from "../engine.ts";
import { Context, type Step } from "./context.ts";
import { kernels } from "./kernels.ts";

/**
 * Plain loops: one array a value, one function a node. Sums are carried in double precision and rounded to f32 where
 * they are stored, so that every other engine can be measured against this one.
 */
export const referenceEngine: Engine = {
  name: "reference",
  description: "plain loops in TypeScript, 1 thread",
  prepare: async (graph, options = {}) => new ReferenceProgram(graph, options),
};

class ReferenceProgram implements Program {
  readonly memory: MemoryReport;
  readonly choices: Choices = {};
  readonly #inputs: Named;
  readonly #states: Named;
  readonly #arrays = new Map<Value, TypedArray>();
  readonly #steps: readonly Step[];
  readonly #moves: readonly Step[];
  readonly #outputs: Arrays;
  readonly #times: readonly StepClock[];

  constructor(graph: Graph, { profile = false }: PrepareOptions) {
    verify(graph, (node) =>
      definitionOf(node).types(
        node.inputs.map((input) => input.type),
        node.attrs,
      ),
    );
    this.#inputs = byName(graph.inputs);
    this.#states = byName(graph.states);
    const made = graph.nodes.flatMap((node) => node.results);
    for (const value of [...graph.inputs, ...graph.states, ...made])
      this.#arrays.set(value, allocate(value.type));

    const context = new Context(this.#arrays);
    const steps = graph.nodes.map((node) => lower(asTyped(node), kernels, context));
    this.#times = profile ? graph.nodes.map((node) => new StepClock(node)) : [];
    this.#steps = profile
      ? steps.map((step, i) => present(this.#times[i], "a clock a step").around(step))
      : steps;

    const { outputs, moves, copies } = finish(graph, context);
    this.#outputs = outputs;
    this.#moves = moves;
    const results = new Set(graph.outputs.values());
    const within = made.filter((value) => !results.has(value));
    const across = [...graph.inputs, ...graph.states, ...made.filter((value) => results.has(value))];
    this.memory = {
      arena: bytes(within.map((value) => context.any(value))),
      resident: bytes([...across.map((value) => context.any(value)), ...copies]),
    };
  }

  async run(inputs: Arrays): Promise<Arrays> {
    expectInputs(this.#inputs, inputs);
    for (const [name, value] of this.#inputs)
      this.#array(value).set(present(inputs[name], "a checked input"));
    for (const step of this.#steps) step();
    for (const move of this.#moves) move();
    return this.#outputs;
  }

  read(state: string): TypedArray {
    return this.#array(namedState("read", this.#states, state)).slice();
  }

  write(state: string, data: TypedArray): void {
    const value = namedState("write", this.#states, state);
    expectElements(`write: state \`${state}\``, value.type, data);
    this.#array(value).set(data);
  }

  profile(): readonly StepTime[] {
    return this.#times.map((clock) => clock.time());
  }

  #array(value: Value): TypedArray {
    return present(this.#arrays.get(value), "a value without an array");
  }
}

/**
 * What happens after the last node: outputs and updates take their values. A state may be an output, or the new value
 * of another state, and then means what it held during the run: it is copied before any state changes.
 */
function finish(graph: Graph, context: Context): { outputs: Arrays; moves: Step[]; copies: TypedArray[] } {
  const copies = new Map<Value, TypedArray>();
  const settled = (value: Value): TypedArray => {
    if (value.source.kind !== "state") return context.any(value);
    const copy = copies.get(value) ?? allocate(value.type);
    copies.set(value, copy);
    return copy;
  };
  const outputs = Object.fromEntries([...graph.outputs].map(([name, value]) => [name, settled(value)]));
  const updates = graph.updates.map(({ state, value }) => move(settled(value), context.any(state)));
  const keep = [...copies].map(([state, copy]) => move(context.any(state), copy));
  return { outputs, moves: [...keep, ...updates], copies: [...copies.values()] };
}

function move(from: TypedArray, to: TypedArray): Step {
  return () => {
    to.set(from);
  };
}

function bytes(arrays: readonly TypedArray[]): number {
  return arrays.reduce((sum, array) => sum + array.byteLength, 0);
}

/** Measures one step. */
class StepClock {
  readonly #node: Node;
  #runs = 0;
  #seconds = 0;

  constructor(node: Node) {
    this.#node = node;
  }

  around(step: Step): Step {
    return () => {
      const start = performance.now();
      step();
      this.#seconds += (performance.now() - start) / 1000;
      this.#runs += 1;
    };
  }

  time(): StepTime {
    const { op, scope } = this.#node;
    const flops = definitionOf(this.#node).flops(this.#node);
    return { op, scope, runs: this.#runs, seconds: this.#seconds, flops, kernel: "reference" };
  }
}
