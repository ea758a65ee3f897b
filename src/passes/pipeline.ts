import type { Graph } from "../ir/graph.ts";
import { verify } from "../ir/verify.ts";
import { definitionOf } from "../ops/index.ts";
import { dropDeadCode } from "./deadCode.ts";
import { foldScale } from "./foldScale.ts";
import { fuse } from "./fuse.ts";
import { fuseBatchNorm } from "./fuseBatchNorm.ts";
import { hoistUpdates } from "./hoistUpdates.ts";
import { recompute } from "./recompute.ts";
import { simplify } from "./simplify.ts";

type Pass = (graph: Graph) => Graph;

const passes: readonly Pass[] = [
  dropDeadCode,
  simplify,
  foldScale,
  dropDeadCode,
  fuseBatchNorm,
  fuse,
  dropDeadCode,
  recompute,
  hoistUpdates,
];

/** What every graph goes through before an engine prepares it. The result is verified after each pass. */
export function optimize(graph: Graph): Graph {
  return passes.reduce((before, pass) => {
    const after = pass(before);
    verify(after, (node) =>
      definitionOf(node).types(
        node.inputs.map((input) => input.type),
        node.attrs,
      ),
    );
    return after;
  }, graph);
}
