import type { Value } from "../ir/graph.ts";
import { type Layer, type Member, Module } from "./module.ts";
import { traceOf } from "./trace.ts";

/** Layers applied in turn, named by their index; functions have a name too, for errors and summaries. */
export class Sequential extends Module {
  readonly layers: readonly Layer[];

  constructor(...layers: readonly Layer[]) {
    super();
    this.layers = layers;
  }

  override forward(x: Value): Value {
    return this.layers.reduce(
      (y, layer, index) =>
        layer instanceof Module ? traceOf(y).call(layer, y) : traceOf(y).callAs(`${index}`, layer, y),
      x,
    );
  }

  override *members(): Iterable<readonly [name: string, member: Member]> {
    for (const [index, layer] of this.layers.entries())
      if (layer instanceof Module) yield [`${index}`, layer];
  }
}

/** Applies layers in turn; nodes record the path of the module that adds them. */
export function run(x: Value, ...layers: readonly Layer[]): Value {
  return layers.reduce((y, layer) => (layer instanceof Module ? traceOf(y).call(layer, y) : layer(y)), x);
}
