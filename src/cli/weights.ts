import { readFile } from "../files/readFile.ts";
import { formatOf } from "../formats/weights.ts";
import type { WeightFile } from "../models/fit.ts";
import { withoutParallelPrefix, wrapperPrefix } from "../nn/weights.ts";
import { evaluationWeights } from "../train/checkpoint.ts";
import { isRun, openRun } from "../train/runFolder.ts";
import { type Io, note } from "./io.ts";

/** The tensors of a file of weights or of a run, with a note when their names are not the network's own. */
export async function readWeights(path: string, io: Io): Promise<WeightFile> {
  if (await isRun(path)) return { tensors: (await openRun(path)).weights, torch: false };
  const bytes = await readFile(path);
  const format = formatOf(bytes, path);
  const { tensors } = format.parse(bytes, path, { reuse: true });
  const weights = evaluationWeights(tensors);
  const own = withoutParallelPrefix(weights);
  if (own !== weights)
    note(
      io,
      `${path}: all names begin with "${wrapperPrefix([...weights.keys()])}", from training in parallel; read without it`,
    );
  return { tensors: own, torch: format.name === "PyTorch" };
}
