import { availableParallelism } from "node:os";
import { ConvnetsError, DeviceError, present } from "../../ir/errors.ts";
import type { Graph, Node, Value } from "../../ir/graph.ts";
import { allocate, type TypedArray } from "../../ir/type.ts";
import { type AnyNode, asTyped, definitionOf, ops } from "../../ops/index.ts";
import { planMemory } from "../../passes/memory.ts";
import { byName, expectElements, expectInputs, type Named, namedState } from "../arrays.ts";
import type { Arrays, Choices, Engine, MemoryReport, PrepareOptions, Program, StepTime } from "../engine.ts";
import { flatAttrs } from "./attrs.ts";
import { ChoiceCache } from "./choices.ts";
import { loadAddon, type NativeEngine, type NativeGraph, type NativeProgram } from "./native.ts";

export interface OnednnOptions {
  /** Default: as many as the machine runs at once. */
  readonly threads?: number;
}

/** An engine on oneDNN that can tell the machine's limit. */
export interface OnednnEngine extends Engine {
  /** GFLOP/s of fused multiply-adds on the engine's threads, measured: no kernel can pass it. */
  peak(): number;
}

/** The fast CPU engine. Throws `DeviceError` with the reason when it can't be had on this machine. */
export async function loadOnednn(options: OnednnOptions = {}): Promise<OnednnEngine> {
  const addon = loadAddon();
  const { version, isa, ops: compiled } = addon.describe();
  const lacking = Object.keys(ops).filter((op) => !compiled.includes(op));
  if (lacking.length > 0)
    throw new DeviceError(
      `the oneDNN engine was built from other sources (it lacks ${lacking.join(", ")}); build it again with \`node scripts/addon.js\``,
    );
  const { threads = availableParallelism() } = options;
  const native = new addon.NativeEngine(threads);
  const cache = new ChoiceCache(`oneDNN ${version} ${isa}`, threads);
  return {
    name: "onednn",
    description: `oneDNN ${version}, ${isa}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    peak: () => native.peak(),
    prepare: (graph, prepareOptions = {}) => prepare(native, cache, graph, prepareOptions),
  };
}

async function prepare(
  native: NativeEngine,
  cache: ChoiceCache,
  graph: Graph,
  { profile = false, exact = false, choices = {} }: PrepareOptions,
): Promise<Program> {
  const values = numbered(graph);
  const program = native.create(lowered(graph, values), {
    profile,
    exact,
    choices: { ...cache.known, ...choices },
  });
  await program.build().catch(rethrow);
  const plan = planMemory(program.lifetimes());
  await program.bind(plan.offsets, plan.bytes).catch(rethrow);
  // What the caller brought is another program's: only what was measured here is worth keeping.
  const measured = Object.entries(program.choices()).filter(([key]) => !Object.hasOwn(choices, key));
  await cache.keep(Object.fromEntries(measured));
  return new OnednnProgram(graph, program, values);
}

class OnednnProgram implements Program {
  readonly memory: MemoryReport;
  readonly choices: Choices;
  readonly #native: NativeProgram;
  readonly #numbers: ReadonlyMap<Value, number>;
  readonly #inputs: Named;
  readonly #states: Named;
  readonly #inputArrays: TypedArray[];
  readonly #outputs: Arrays;

  constructor(graph: Graph, native: NativeProgram, numbers: ReadonlyMap<Value, number>) {
    this.#native = native;
    this.#numbers = numbers;
    this.#inputs = byName(graph.inputs);
    this.#states = byName(graph.states);
    this.#inputArrays = [];
    this.#outputs = Object.fromEntries([...graph.outputs].map(([name, { type }]) => [name, allocate(type)]));
    this.memory = native.memory();
    this.choices = native.choices();
  }

  async run(inputs: Arrays): Promise<Arrays> {
    expectInputs(this.#inputs, inputs);
    let next = 0;
    for (const name of this.#inputs.keys())
      this.#inputArrays[next++] = present(inputs[name], "a checked input");
    await this.#native.run(this.#inputArrays).catch(rethrow);
    Object.values(this.#outputs).forEach((array, index) => {
      this.#native.output(index, array);
    });
    return this.#outputs;
  }

  read(state: string): TypedArray {
    const value = namedState("read", this.#states, state);
    const array = allocate(value.type);
    this.#native.read(this.#numberOf(value), array);
    return array;
  }

  write(state: string, data: TypedArray): void {
    const value = namedState("write", this.#states, state);
    expectElements(`write: state \`${state}\``, value.type, data);
    this.#native.write(this.#numberOf(value), data);
  }

  profile(): readonly StepTime[] {
    return this.#native.steps().filter(({ runs }) => runs > 0);
  }

  #numberOf(value: Value): number {
    return present(this.#numbers.get(value), "a state without a number");
  }
}

/** The values of a graph, inputs first, by the number native code knows them by. */
function numbered(graph: Graph): ReadonlyMap<Value, number> {
  const values = [...graph.inputs, ...graph.states, ...graph.nodes.flatMap((node) => node.results)];
  return new Map(values.map((value, index) => [value, index]));
}

function lowered(graph: Graph, values: ReadonlyMap<Value, number>): NativeGraph {
  const numberOf = (value: Value) => present(values.get(value), "a value without a number");
  return {
    values: [...values.keys()].map(({ type, source }) => ({ ...type, kind: source.kind })),
    nodes: graph.nodes.map((node) => ({
      op: node.op,
      scope: node.scope,
      flops: definitionOf(node).flops(node),
      inputs: node.inputs.map(numberOf),
      results: node.results.map(numberOf),
      attrs: attrsOf(node),
    })),
    outputs: [...graph.outputs.values()].map(numberOf),
    updates: graph.updates.flatMap(({ state, value }) => [numberOf(state), numberOf(value)]),
  };
}

function attrsOf(node: Node): readonly number[] {
  const { op, attrs } = asTyped(node);
  // The table's entry for an op takes that op's attributes; the union of both can't say so.
  return (flatAttrs[op] as (attrs: AnyNode["attrs"]) => readonly number[])(attrs);
}

/** Native errors carry a message for the user, without a stack worth showing. */
function rethrow(error: unknown): never {
  throw new ConvnetsError(error instanceof Error ? error.message : String(error));
}
