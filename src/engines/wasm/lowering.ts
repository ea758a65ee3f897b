import { invariant } from "../../ir/errors.ts";
import type { Node, Value } from "../../ir/graph.ts";
import { bytesPerElement, size, type TypedArray } from "../../ir/type.ts";
import { definitionOf } from "../../ops/index.ts";
import type { KernelName } from "./binaries/names.ts";
import {
  bytesOf,
  type Draft,
  type Field,
  type Float,
  type Layout,
  type Placed,
  type Within,
} from "./draft.ts";
import type { Place } from "./memory.ts";

export interface StepOptions {
  /**
   * About how many elements the step touches, or how many multiply-adds of four lanes it does: what decides whether
   * sharing it is worth a meeting of the threads. Default: the 4-byte words of all its places, at least the node's
   * FLOPs / 8 for its main step.
   */
  readonly work?: number;
  /** Whether the kernel divides its work. Default: true. */
  readonly splits?: boolean;
  /** Whether this step does what the node is for: it carries the node's FLOPs. Default: the node's last step does. */
  readonly main?: boolean;
}

/** What the lowering of one node sees of the program under construction. */
export class Context {
  /** Convolutions are direct sums only. */
  readonly exact: boolean;
  /** Over how many threads a step may be divided. */
  readonly threads: number;
  readonly #draft: Draft;
  readonly #node: Node;

  constructor(draft: Draft, node: Node, { exact, threads }: { exact: boolean; threads: number }) {
    this.#draft = draft;
    this.#node = node;
    this.exact = exact;
    this.threads = threads;
  }

  /** How an operand lies now. */
  layoutOf(value: Value): Layout {
    return this.any(value).layout;
  }

  /** An operand as it lies, for what works on both layouts. */
  any(value: Value): Placed {
    const { placed } = this.#draft.held(value);
    invariant(placed !== undefined, `${this.#node.op} reads a value nobody made`);
    return placed;
  }

  /** Operands of one shape in one layout: blocked if any of them is. */
  together(values: readonly Value[]): { readonly places: readonly Place[]; readonly layout: Layout } {
    const layout = values.some((value) => this.layoutOf(value) === "blocked") ? "blocked" : "plain";
    return { layout, places: values.map((value) => this.in(layout, value)) };
  }

  /** An operand in row-major order. */
  plain(value: Value): Place {
    return this.in("plain", value);
  }

  /** An operand of rank 4 in blocks of eight channels, `[n][c / 8][h][w][8]`. */
  blocked(value: Value): Place {
    return this.in("blocked", value);
  }

  in(layout: Layout, value: Value): Place {
    return this.#draft.inLayout(this.#draft.held(value), layout, this.#node.op, this.#node.scope);
  }

  /** Whether anything reads a result. */
  needed(result: Value): boolean {
    return this.#draft.held(result).uses > 0;
  }

  /** Memory for a result. */
  define(result: Value, layout: Layout = "plain"): Place {
    const held = this.#draft.held(result);
    const place = this.#draft.place(bytesOf(held.type, layout), {
      constant: held.constant,
      resident: held.output && layout === "plain",
    });
    this.#draft.settle(held, { place, layout });
    return place;
  }

  /**
   * Memory for a result that takes the place of `operand`, if that has the same bytes and nobody reads it any more; else
   * memory of its own. Only for kernels that read each element before they write it.
   */
  over(result: Value, { place, layout }: Placed): Place {
    const held = this.#draft.held(result);
    const own = held.updates?.placed?.place === place;
    const free = !place.resident && !place.constant && !held.output;
    if (!(own || free) || this.#draft.remainingReads(place) > 0) return this.define(result, layout);
    if (place.bytes !== bytesOf(held.type, layout)) return this.define(result, layout);
    this.#draft.settle(held, { place, layout });
    return place;
  }

  /** A result that is the memory of a plain operand under another type. */
  alias(result: Value, place: Place): void {
    this.#draft.settle(this.#draft.held(result), { place, layout: "plain" });
  }

  /** Memory for this node alone, in steps that follow each other. */
  scratch(bytes: number): Place {
    const [result] = this.#node.results;
    return this.#draft.place(bytes, {
      constant: result !== undefined && this.#draft.held(result).constant,
    });
  }

  /** Memory for what follows from `places` alone, such as packed weights: made once when those are constant. */
  derived(bytes: number, ...places: readonly Place[]): Place {
    return this.#draft.place(bytes, { constant: places.every(({ constant }) => constant) });
  }

  /** Numbers that kernels read and nobody changes. */
  data(array: TypedArray): Place {
    return this.#draft.data(array);
  }

  /** Adds a step. Everything it touches has to be among its fields. */
  step(kernel: KernelName, fields: readonly Field[], options: StepOptions = {}): void {
    const { op, scope } = this.#node;
    this.#draft.step(kernel, fields, { op, scope, ...options });
  }

  /** The node is lowered: its FLOPs go to its main step. */
  finish(): void {
    this.#draft.finishNode(definitionOf(this.#node).flops(this.#node));
  }
}

/** A number with a fraction, for a record. */
export function float(value: number): Float {
  return { float: value };
}

/** The address of byte `offset` of a place, for a record. */
export function at(place: Place, offset: number): Within {
  return { place, offset };
}

/** The elements of a value in a layout, with the places of channels it does not have. */
export function elementsOf({ type }: Value, layout: Layout): number {
  return layout === "plain" ? size(type.shape) : bytesOf(type, layout) / bytesPerElement[type.dtype];
}
