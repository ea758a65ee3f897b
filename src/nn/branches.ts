import type { Value } from "../ir/graph.ts";
import { concat } from "../ops/shape.ts";
import { type Layer, type Member, Module } from "./module.ts";
import { traceOf } from "./trace.ts";

/** Layers by the names their parameters go by; functions have a name too, for errors and summaries. */
export type NamedLayers = Readonly<Record<string, Layer>>;

/** Layers applied in turn, each under a name of its own. */
export class NamedSequential extends Module {
  readonly layers: NamedLayers;

  constructor(layers: NamedLayers) {
    super();
    this.layers = layers;
  }

  override forward(x: Value): Value {
    return Object.entries(this.layers).reduce((y, [name, layer]) => apply(name, layer, y), x);
  }

  override members(): Iterable<readonly [name: string, member: Member]> {
    return modulesOf(this.layers);
  }
}

/** Layers applied to the same x side by side, their outputs stacked by channel. */
export class Branches extends Module {
  readonly layers: NamedLayers;

  constructor(layers: NamedLayers) {
    super();
    this.layers = layers;
  }

  override forward(x: Value): Value {
    return concat(...Object.entries(this.layers).map(([name, layer]) => apply(name, layer, x)), { axis: 1 });
  }

  override members(): Iterable<readonly [name: string, member: Member]> {
    return modulesOf(this.layers);
  }
}

function apply(name: string, layer: Layer, x: Value): Value {
  return layer instanceof Module ? traceOf(x).call(layer, x) : traceOf(x).callAs(name, layer, x);
}

function* modulesOf(layers: NamedLayers): Iterable<readonly [name: string, member: Module]> {
  for (const [name, layer] of Object.entries(layers)) if (layer instanceof Module) yield [name, layer];
}
