import { invariant, present } from "../../ir/errors.ts";
import type { Graph, Value } from "../../ir/graph.ts";
import { bytesPerElement, nchw, size, type TensorType, type TypedArray } from "../../ir/type.ts";
import type { KernelName } from "./binaries/names.ts";
import { Place } from "./memory.ts";

/** How a value's elements lie: row-major, or `[n][c / 8][h][w][8]`, which f32 and u8 of rank 4 can. */
export type Layout = "plain" | "blocked";

/** A piece of memory and how to read it. */
export interface Placed {
  readonly place: Place;
  readonly layout: Layout;
}

/** A number with a fraction, in a record. */
export interface Float {
  readonly float: number;
}

/** An address within a place, in a record. */
export interface Within {
  readonly place: Place;
  readonly offset: number;
}

/** One of a record's 4-byte fields; a bare number is a whole one. */
export type Field = number | Float | Place | Within;

/** A call of a kernel. */
export interface Step {
  readonly kernel: KernelName;
  readonly fields: readonly Field[];
  readonly op: string;
  readonly scope: string;
  /** Whether the kernel divides its work. */
  readonly splits: boolean;
  /** Whether it does what its node is for. */
  readonly main: boolean;
  /** Of its node, on the node's main step. */
  flops: number;
  /** About how many elements it touches, or multiply-adds in vectors of four it does. */
  work: number;
}

/** Where a step comes from, and what is known of its work. */
export type About = Pick<Step, "op" | "scope"> & Partial<Pick<Step, "splits" | "main" | "work">>;

/** What is known of a value while its graph is lowered. */
export interface Held {
  readonly type: TensorType;
  readonly constant: boolean;
  /** Read after a run. */
  readonly output: boolean;
  /** The state that takes this value after the run. */
  readonly updates: Held | undefined;
  placed: Placed | undefined;
  /** The same elements in the other layout, made for an earlier reader. */
  copy: Placed | undefined;
  /** Reads that are still to come. */
  uses: number;
}

/** The kernels that bring a value into a layout. */
const reorders = {
  plain: { words: "toPlain", bytes: "toPlainBytes" },
  blocked: { words: "toBlocked", bytes: "toBlockedBytes" },
} as const;

/** A program under construction: its values, its memory and its steps. */
export class Draft {
  readonly places: Place[] = [];
  /** What runs before the first run after a state was written, and what runs every time. */
  readonly prologue: Step[] = [];
  readonly steps: Step[] = [];
  /** Places that hold states. */
  readonly states: Set<Place> = new Set();
  readonly #values = new Map<Value, Held>();
  readonly #ofNode: Step[] = [];
  readonly #holders = new Map<Place, Held[]>();

  constructor(graph: Graph) {
    const updated = new Set(graph.updates.map(({ state }) => state));
    const outputs = new Set(graph.outputs.values());
    const stateOf = new Map(graph.updates.map(({ state, value }) => [value, state]));
    const hold = (value: Value, constant: boolean) => {
      const state = value.source.kind === "node" ? stateOf.get(value) : undefined;
      const held: Held = {
        type: value.type,
        constant,
        output: outputs.has(value),
        updates: state && this.held(state),
        placed: undefined,
        copy: undefined,
        uses: 0,
      };
      this.#values.set(value, held);
      return held;
    };
    for (const value of graph.states) {
      const held = hold(value, !updated.has(value));
      const place = this.place(bytesOf(value.type, "plain"), { resident: true, constant: held.constant });
      this.states.add(place);
      this.settle(held, { place, layout: "plain" });
    }
    for (const value of graph.inputs)
      this.settle(hold(value, false), {
        place: this.place(bytesOf(value.type, "plain"), { resident: true }),
        layout: "plain",
      });
    for (const { inputs, results } of graph.nodes) {
      const constant = inputs.every((input) => this.held(input).constant);
      for (const result of results) hold(result, constant);
      for (const input of inputs) this.held(input).uses += 1;
    }
    for (const value of graph.outputs.values()) this.held(value).uses += 1;
    for (const { value } of graph.updates) this.held(value).uses += 1;
  }

  held(value: Value): Held {
    return present(this.#values.get(value), "a value without a holder");
  }

  place(bytes: number, options?: ConstructorParameters<typeof Place>[1]): Place {
    const place = new Place(bytes, options);
    this.places.push(place);
    return place;
  }

  /** Numbers that are there from the start. */
  data(array: TypedArray): Place {
    const data = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    return this.place(array.byteLength, { resident: true, constant: true, data });
  }

  /** Says where a value lies. */
  settle(held: Held, placed: Placed): void {
    held.placed = placed;
    this.#holds(placed.place, held);
  }

  /** Reads to come of what lies in `place`, under whatever name. */
  remainingReads(place: Place): number {
    return (this.#holders.get(place) ?? []).reduce((reads, { uses }) => reads + uses, 0);
  }

  /** A value's elements in `layout`, reordered by a step of `op` when they lie otherwise. */
  inLayout(held: Held, layout: Layout, op: string, scope: string): Place {
    const { placed, copy } = held;
    invariant(placed !== undefined, `${op} reads a value nobody made`);
    if (placed.layout === layout) return placed.place;
    if (copy?.layout === layout) return copy.place;
    const place = this.place(bytesOf(held.type, layout), { constant: placed.place.constant });
    const [n, c, h, w] = nchw(held.type.shape);
    this.step(
      reorders[layout][held.type.dtype === "u8" ? "bytes" : "words"],
      [placed.place, place, n, c, h * w],
      { op, scope, main: false },
    );
    this.#ofNode.pop();
    held.copy = { place, layout };
    this.#holds(place, held);
    return place;
  }

  /** Adds a step: to the prologue, when all it touches is constant. */
  step(kernel: KernelName, fields: readonly Field[], about: About): void {
    const touched = placesIn(fields);
    const words = touched.reduce((sum, { bytes }) => sum + bytes / 4, 0);
    const step: Step = { kernel, fields, splits: true, main: false, flops: 0, work: words, ...about };
    const steps = touched.every(({ constant }) => constant) ? this.prologue : this.steps;
    steps.push(step);
    this.#ofNode.push(step);
  }

  /** Ends a node whose steps are all there. */
  finishNode(flops: number): void {
    const main = this.#ofNode.find((step) => step.main) ?? this.#ofNode.at(-1);
    if (main) {
      main.flops = flops;
      main.work = Math.max(main.work, flops / 8);
    }
    this.#ofNode.length = 0;
  }

  #holds(place: Place, held: Held): void {
    const holders = this.#holders.get(place);
    if (holders) holders.push(held);
    else this.#holders.set(place, [held]);
  }
}

export function placesIn(fields: readonly Field[]): readonly Place[] {
  return fields.flatMap((field) => {
    if (typeof field === "number" || "float" in field) return [];
    return field instanceof Place ? [field] : [field.place];
  });
}

/** The bytes of a value in a layout. */
export function bytesOf({ dtype, shape }: TensorType, layout: Layout): number {
  if (layout === "plain") return size(shape) * bytesPerElement[dtype];
  const [n, c, h, w] = nchw(shape);
  return n * blocksOf(c) * h * w * 8 * bytesPerElement[dtype];
}

/** How many blocks of eight hold so many channels. */
export function blocksOf(channels: number): number {
  return Math.ceil(channels / 8);
}
