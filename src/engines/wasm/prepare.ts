import { present } from "../../ir/errors.ts";
import type { Graph, Value } from "../../ir/graph.ts";
import { verify } from "../../ir/verify.ts";
import { asTyped, definitionOf } from "../../ops/index.ts";
import { lower } from "../engine.ts";
import { Draft, type Held, placesIn, type Step } from "./draft.ts";
import { flags, type StepList } from "./host.ts";
import { kernels } from "./kernels.ts";
import { Context } from "./lowering.ts";
import { control, layOut, type MemoryLayout, type Place } from "./memory.ts";

/** A graph as steps over planned memory, before there is any. */
export interface Lowered {
  readonly prologue: readonly Step[];
  readonly steps: readonly Step[];
  readonly places: readonly Place[];
  readonly layout: MemoryLayout;
  /** Where each step's record begins, the prologue's first. */
  readonly records: readonly number[];
  readonly inputs: ReadonlyMap<string, Place>;
  readonly states: ReadonlyMap<string, Place>;
  /** The states from which the prologue's results follow. */
  readonly constants: ReadonlySet<string>;
  readonly outputs: ReadonlyMap<string, Place>;
}

/** Turns every node into steps and gives every value its place. */
export function lowerGraph(graph: Graph, options: { exact: boolean; threads: number }): Lowered {
  verify(graph, (node) =>
    definitionOf(node).types(
      node.inputs.map((input) => input.type),
      node.attrs,
    ),
  );
  const draft = new Draft(graph);
  for (const node of graph.nodes) {
    for (const input of node.inputs) draft.held(input).uses -= 1;
    const context = new Context(draft, node, options);
    lower(asTyped(node), kernels, context);
    context.finish();
  }
  const outputs = addOutputs(graph, draft);
  addUpdates(graph, draft);
  markLifetimes(draft);
  const steps = [...draft.prologue, ...draft.steps];
  let end: number = control.end;
  const records = steps.map(({ fields }) => {
    const start = end;
    end += 4 * fields.length;
    return start;
  });
  const placeOf = (value: Value) => present(draft.held(value).placed, "a value without a place").place;
  return {
    prologue: draft.prologue,
    steps: draft.steps,
    places: draft.places,
    layout: layOut(draft.places, end),
    records,
    inputs: named(graph.inputs, placeOf),
    states: named(graph.states, placeOf),
    constants: new Set(
      named(
        graph.states.filter((state) => draft.held(state).constant),
        placeOf,
      ).keys(),
    ),
    outputs,
  };
}

/** Places from which the host reads the outputs after a run: plain, and nobody else's by then. */
function addOutputs(graph: Graph, draft: Draft): ReadonlyMap<string, Place> {
  const about = { op: "output", scope: "" };
  return new Map(
    [...graph.outputs].map(([name, value]) => {
      const held = draft.held(value);
      const place = draft.inLayout(held, "plain", about.op, about.scope);
      if (place.resident && !draft.states.has(place)) return [name, place];
      const copy = draft.place(place.bytes, { resident: true, constant: place.constant });
      draft.step("copy", [place, copy, Math.ceil(place.bytes / 4)], about);
      return [name, copy];
    }),
  );
}

/**
 * Copies into each state its next contents, unless they were computed there. A state that takes what another state
 * holds gets it from a copy made before any state changes.
 */
function addUpdates(graph: Graph, draft: Draft): void {
  const about = { op: "update", scope: "" };
  const copies: [from: Place, to: Place][] = [];
  const stateOf = ({ placed }: Held) => present(placed, "a state without a place").place;
  for (const { state, value } of graph.updates) {
    const to = stateOf(draft.held(state));
    let from = draft.inLayout(draft.held(value), "plain", about.op, about.scope);
    if (from === to) continue;
    if (draft.states.has(from)) {
      const held = from;
      from = draft.place(held.bytes);
      draft.step("copy", [held, from, Math.ceil(held.bytes / 4)], about);
    }
    copies.push([from, to]);
  }
  for (const [from, to] of copies) draft.step("copy", [from, to, Math.ceil(from.bytes / 4)], about);
}

/** Finds from which step to which each place is needed. What the prologue leaves to other steps outlasts all runs. */
function markLifetimes({ prologue, steps, places }: Draft): void {
  [...prologue, ...steps].forEach(({ fields }, index) => {
    for (const place of placesIn(fields)) {
      if (place.first < 0) place.first = index;
      place.last = index;
    }
  });
  for (const place of places)
    if (place.first >= 0 && place.first < prologue.length && place.last >= prologue.length)
      place.resident = true;
}

/** Writes records and constants into a program's memory. */
export function fillMemory(lowered: Lowered, memory: WebAssembly.Memory): void {
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  [...lowered.prologue, ...lowered.steps].forEach(({ fields }, index) => {
    let at = present(lowered.records[index], "a step without a record");
    for (const field of fields) {
      if (typeof field === "number") view.setUint32(at, field, true);
      else if ("float" in field) view.setFloat32(at, field.float, true);
      else if ("offset" in field) view.setUint32(at, field.place.address + field.offset, true);
      else view.setUint32(at, field.address, true);
      at += 4;
    }
  });
  for (const { data, address } of lowered.places) if (data) bytes.set(data, address);
}

interface Encoding {
  readonly records: readonly number[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly shareFrom: number;
}

/**
 * Steps as hosts take them. Threads meet before a step that is shared, and before one that is not but follows one that
 * is; steps of the first thread alone follow each other as they are.
 */
export function encode(
  steps: readonly Step[],
  first: number,
  { records, numbers, shareFrom }: Encoding,
): StepList {
  let previous = true;
  return Int32Array.from(
    steps.flatMap(({ kernel, splits, work }, index) => {
      const shared = splits && work >= shareFrom;
      const meets = shared || previous;
      previous = shared;
      return [
        numbers.get(kernel) ?? 0,
        records[first + index] ?? 0,
        (shared ? flags.shared : 0) | (meets ? flags.meet : 0),
      ];
    }),
  );
}

function named(values: readonly Value[], placeOf: (value: Value) => Place): ReadonlyMap<string, Place> {
  return new Map(
    values.flatMap((value) =>
      value.source.kind === "node" ? [] : [[value.source.name, placeOf(value)] as const],
    ),
  );
}
