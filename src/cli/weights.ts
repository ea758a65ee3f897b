import { readFile } from "../files/readFile.ts";
import { parseWeights } from "../formats/weights.ts";
import type { TensorData } from "../ir/type.ts";
import { evaluationWeights } from "../train/checkpoint.ts";
import { isRun, openRun } from "../train/runFolder.ts";
import { withoutParallelPrefix, wrapperPrefix } from "../train/weights.ts";
import { type Io, note } from "./io.ts";

/** The tensors of a file of weights or of a run, with a note when their names are not the network's own. */
export async function readWeights(path: string, io: Io): Promise<ReadonlyMap<string, TensorData>> {
  if (await isRun(path)) return (await openRun(path)).weights;
  const { tensors } = parseWeights(await readFile(path), path);
  const weights = evaluationWeights(tensors);
  const own = withoutParallelPrefix(weights);
  if (own !== weights)
    note(
      io,
      `${path}: all names begin with "${wrapperPrefix([...weights.keys()])}", from training in parallel; read without it`,
    );
  return own;
}
