import type { Value } from "../ir/graph.ts";
import type { Initializer } from "../nn/init.ts";
import { type Layer, type Member, Module } from "../nn/module.ts";
import { run } from "../nn/sequential.ts";
import { type Pair, pair } from "../nn/window.ts";
import { concat } from "../ops/shape.ts";
import { ConvNorm } from "./convNorm.ts";

/** A convolution with batch norm and ReLU, by the path of its weights. Without `window` it keeps the map's size. */
export type ConvRow = readonly [name: string, to: number, kernel: Pair, window?: Window];

export interface Window {
  readonly stride: number;
  readonly padding: number;
}

/** Pooling, a convolution, or a fork: two convolutions that read the same and whose outputs are stacked by channel. */
export type Step = Layer | ConvRow | { readonly fork: readonly [ConvRow, ConvRow] };

/** Steps, one after the other. */
export type Branch = readonly Step[];

/** What all windows of stride 2 in Inception networks do since the third. */
export const halving: Window = { stride: 2, padding: 0 };

/** What their 3x3 convolutions do that take a pixel off every edge. */
export const unpadded: Window = { stride: 1, padding: 0 };

/**
 * An Inception module written as a table: branches of steps, side by side, stacked by channel. Its convolutions are
 * its members, in the order and by the names of the table. x `[n, from, h, w]` -> `[n, to, h', w']`.
 */
export class InceptionModule extends Module {
  /** How many channels it puts out. */
  readonly to: number;
  readonly #branches: readonly (readonly Layer[])[];
  readonly #convolutions: (readonly [name: string, convolution: ConvNorm])[] = [];

  constructor(
    from: number,
    branches: readonly Branch[],
    options: { readonly weightInit?: Initializer } = {},
  ) {
    super();
    let to = 0;
    this.#branches = branches.map((steps) => {
      let channels = from;
      const layers = steps.map((step): Layer => {
        if (step instanceof Module || typeof step === "function") return step;
        const rows: readonly ConvRow[] = "fork" in step ? step.fork : [step];
        const convolutions = rows.map(([name, filters, kernel, window = whole(kernel)]) => {
          const convolution = new ConvNorm(channels, filters, { kernel, ...window, ...options });
          this.#convolutions.push([name, convolution]);
          return convolution;
        });
        channels = rows.reduce((sum, [, filters]) => sum + filters, 0);
        return sideBySide(convolutions.map((convolution) => [convolution]));
      });
      to += channels;
      return layers;
    });
    this.to = to;
  }

  override forward(x: Value): Value {
    return run(x, sideBySide(this.#branches));
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    yield* this.#convolutions;
  }
}

/** The window that keeps the size of a map: stride 1, as much padding as an odd kernel reaches. */
function whole(kernel: Pair): { readonly stride: number; readonly padding: Pair } {
  const [height, width] = pair(kernel);
  return { stride: 1, padding: [(height - 1) / 2, (width - 1) / 2] };
}

function sideBySide(branches: readonly (readonly Layer[])[]): (x: Value) => Value {
  return (x) => {
    const [first, ...rest] = branches.map((layers) => run(x, ...layers));
    if (first === undefined || rest.length === 0) return first ?? x;
    return concat(first, ...rest, { axis: 1 });
  };
}
