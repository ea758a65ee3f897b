import type { Value } from "../../ir/graph.ts";
import { size } from "../../ir/type.ts";
import { blocksOf, bytesOf } from "./draft.ts";
import type { Context } from "./lowering.ts";
import type { Place } from "./memory.ts";

/** Values `[n, c, ...]` of one shape in blocks of eight channels. Those of another rank than 4 are copied there and back. */
export class Images {
  readonly n: number;
  readonly blocks: number;
  readonly pixels: number;
  readonly #context: Context;
  readonly #channels: number;
  readonly #held: boolean;

  constructor({ type: { shape } }: Value, context: Context) {
    const [n = 1, c = 1, ...rest] = shape;
    this.n = n;
    this.blocks = blocksOf(c);
    this.pixels = size(rest);
    this.#context = context;
    this.#channels = c;
    this.#held = shape.length === 4;
  }

  read(value: Value): Place {
    if (this.#held) return this.#context.blocked(value);
    const copy = this.#copy();
    this.#reorder("toBlocked", this.#context.plain(value), copy);
    return copy;
  }

  define(result: Value): Place {
    return this.#held ? this.#context.define(result, "blocked") : this.#copy();
  }

  /** In place of `place` when nobody reads that any more. */
  over(result: Value, place: Place): Place {
    return this.#held ? this.#context.over(result, { place, layout: "blocked" }) : this.#copy();
  }

  /** To be called when the step that makes the result is there. */
  settle(result: Value, place: Place): void {
    if (!this.#held) this.#reorder("toPlain", place, this.#context.define(result));
  }

  #reorder(kernel: "toBlocked" | "toPlain", from: Place, to: Place): void {
    this.#context.step(kernel, [from, to, this.n, this.#channels, this.pixels], { main: false });
  }

  #copy(): Place {
    const shape = [this.n, this.#channels, this.pixels, 1];
    return this.#context.scratch(bytesOf({ dtype: "f32", shape }, "blocked"));
  }
}
