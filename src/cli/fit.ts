import type { TensorData } from "../ir/type.ts";
import { type Asked, type Fit, fitWeights } from "../models/fit.ts";
import { describeMap } from "../models/keyMaps.ts";
import { type Io, note } from "./io.ts";
import { readWeights } from "./weights.ts";

/** Reads a file of weights for the model `name`. A note tells of a map that was applied. */
export async function openWeights(asked: Asked<TensorData>, path: string, io: Io): Promise<Fit> {
  const fit = fitWeights(asked, await readWeights(path, io), path);
  noteMap(fit, path, io);
  return fit;
}

export function noteMap({ map }: Pick<Fit, "map">, path: string, io: Io): void {
  if (map !== undefined) note(io, `${path}: ${describeMap(map)}`);
}
