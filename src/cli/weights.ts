import { readFile } from "../files/readFile.ts";
import { formatOf } from "../formats/weights.ts";
import type { TensorData } from "../ir/type.ts";
import { evaluationWeights } from "../train/checkpoint.ts";
import { isRun, openRun } from "../train/runFolder.ts";
import { withoutParallelPrefix, wrapperPrefix } from "../train/weights.ts";
import { type Io, note } from "./io.ts";

/** The tensors of a file of weights. */
export interface WeightFile<T extends TensorData = TensorData> {
  readonly tensors: ReadonlyMap<string, T>;
  /** Whether `torch.save` wrote it, or something like it. */
  readonly torch: boolean;
}

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

/** How many classes a network tells apart, as the file's last vector has it: the last layer's bias. */
export function classesOf(tensors: ReadonlyMap<string, TensorData>): number {
  const vectors = [...tensors.entries()].filter(
    ([name, { shape }]) => shape.length === 1 && /bias$/.test(name),
  );
  const last = vectors.findLast(([name]) =>
    /^(fc\d?|linear|last_linear|classif|classifier(\.\d)?)\.bias$/.test(name),
  );
  return (last ?? vectors.at(-1))?.[1].shape[0] || 10;
}
