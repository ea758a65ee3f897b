import type { Value } from "../ir/graph.ts";
import type { Module } from "../nn/module.ts";
import { run } from "../nn/sequential.ts";
import { traceOf } from "../nn/trace.ts";

/** In training, adds `weight` times the loss of `head`, if there is one, which classifies the maps x amid the network. */
export function attachHead(head: Module | undefined, x: Value, weight: number): void {
  const trace = traceOf(x);
  if (head && trace.training) trace.addAuxiliary(run(x, head), weight);
}
