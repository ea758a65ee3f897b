import { ConvnetsError, DeviceError, present } from "../../ir/errors.ts";
import type { Graph } from "../../ir/graph.ts";
import { allocate, size, type TensorType, type TypedArray } from "../../ir/type.ts";
import { byName, expectElements, expectInputs, type Named, namedState } from "../arrays.ts";
import type { Arrays, Choices, MemoryReport, PrepareOptions, Program, StepTime } from "../engine.ts";
import type { Step } from "./draft.ts";
import type { Host, Runner } from "./host.ts";
import { control, type Place } from "./memory.ts";
import { encode, fillMemory, type Lowered, lowerGraph } from "./prepare.ts";

/** What programs run on. */
export interface Machine {
  readonly host: Host;
  /** Several threads need shared memory. */
  readonly shared: boolean;
  /** The work from which on they share a step. */
  readonly shareFrom: number;
}

/** Makes a graph ready. */
export async function prepareProgram(
  { host, shared, shareFrom }: Machine,
  graph: Graph,
  { profile = false, exact = false }: PrepareOptions,
): Promise<Program> {
  const lowered = lowerGraph(graph, { exact, threads: host.threads });
  const memory = newMemory(lowered.layout.pages, shared);
  fillMemory(lowered, memory);
  const { prologue, steps } = lowered;
  const kernels = [...new Set([...prologue, ...steps].map(({ kernel }) => kernel))];
  const numbers = new Map(kernels.map((kernel, index) => [kernel, index]));
  const encoding = { records: lowered.records, numbers, shareFrom };
  const seconds = profile ? newSeconds(prologue.length + steps.length, shared) : undefined;
  const runner = await host.prepare({
    memory,
    kernels,
    prologue: encode(prologue, 0, encoding),
    steps: encode(steps, prologue.length, encoding),
    seconds,
  });
  return new WasmProgram(graph, lowered, memory, runner, seconds);
}

class WasmProgram implements Program {
  readonly memory: MemoryReport;
  readonly choices: Choices = {};
  readonly #inputs: Named;
  readonly #states: Named;
  readonly #lowered: Lowered;
  readonly #runner: Runner;
  readonly #failure: Int32Array;
  readonly #seconds: Float64Array | undefined;
  readonly #views: ReadonlyMap<string, TypedArray>;
  readonly #stateViews: ReadonlyMap<string, TypedArray>;
  readonly #outputs: readonly (readonly [own: TypedArray, view: TypedArray])[];
  readonly #results: Arrays;
  /** A state was written since the prologue ran. */
  #stale = true;
  #runs = 0;
  #prologueRuns = 0;

  constructor(
    graph: Graph,
    lowered: Lowered,
    { buffer }: WebAssembly.Memory,
    runner: Runner,
    seconds: Float64Array | undefined,
  ) {
    this.#lowered = lowered;
    this.#runner = runner;
    this.#seconds = seconds;
    this.#inputs = byName(graph.inputs);
    this.#states = byName(graph.states);
    this.#failure = new Int32Array(buffer, control.failure, 4);
    const { arena, resident } = lowered.layout;
    this.memory = { arena, resident };
    const viewed = (named: Named, places: ReadonlyMap<string, Place>) =>
      new Map(
        [...named].map(([name, { type }]) => [
          name,
          viewOf(buffer, type, present(places.get(name), "a named value without a place")),
        ]),
      );
    this.#views = viewed(this.#inputs, lowered.inputs);
    this.#stateViews = viewed(this.#states, lowered.states);
    const outputs = viewed(graph.outputs, lowered.outputs);
    const owned = [...graph.outputs].map(([name, { type }]) => [name, allocate(type)] as const);
    this.#results = Object.fromEntries(owned);
    this.#outputs = owned.map(([name, own]) => [own, present(outputs.get(name), "an output's view")]);
  }

  async run(inputs: Arrays): Promise<Arrays> {
    expectInputs(this.#inputs, inputs);
    for (const [name, view] of this.#views) view.set(present(inputs[name], "a checked input"));
    this.#failure.fill(0);
    const prologue = this.#stale;
    await this.#runner(prologue);
    // The one thing kernels check, since no type rule can: labels arrive with the run.
    const [failed, sample, label, classes] = this.#failure;
    if (failed)
      throw new ConvnetsError(`sample ${sample} has the label ${label}, but there are ${classes} classes`);
    this.#stale = false;
    this.#runs += 1;
    if (prologue) this.#prologueRuns += 1;
    for (const [own, view] of this.#outputs) own.set(view);
    return this.#results;
  }

  read(state: string): TypedArray {
    const value = namedState("read", this.#states, state);
    const array = allocate(value.type);
    array.set(present(this.#stateViews.get(state), "a state's view"));
    return array;
  }

  write(state: string, data: TypedArray): void {
    const value = namedState("write", this.#states, state);
    expectElements(`write: state \`${state}\``, value.type, data);
    this.#stale ||= this.#lowered.constants.has(state);
    this.#stateViews.get(state)?.set(data);
  }

  profile(): readonly StepTime[] {
    if (!this.#seconds) return [];
    const { prologue, steps } = this.#lowered;
    const time = (runs: number, { op, scope, flops, kernel }: Step, index: number): StepTime => ({
      op,
      scope,
      runs,
      seconds: this.#seconds?.[index] ?? 0,
      flops,
      kernel,
    });
    return [
      ...prologue.map((step, index) => time(this.#prologueRuns, step, index)),
      ...steps.map((step, index) => time(this.#runs, step, prologue.length + index)),
    ].filter(({ runs }) => runs > 0);
  }
}

function viewOf(buffer: ArrayBuffer, { dtype, shape }: TensorType, { address }: Place): TypedArray {
  const length = size(shape);
  if (dtype === "f32") return new Float32Array(buffer, address, length);
  return dtype === "u8" ? new Uint8Array(buffer, address, length) : new Int32Array(buffer, address, length);
}

/** As large as it will ever be. */
function newMemory(pages: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DeviceError(`there is no memory for another ${Math.ceil(pages / 16)} MiB (${error.message})`);
  }
}

function newSeconds(count: number, shared: boolean): Float64Array {
  return new Float64Array(shared ? new SharedArrayBuffer(8 * count) : new ArrayBuffer(8 * count));
}
