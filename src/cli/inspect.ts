import type { Command } from "commander";
import { readFile } from "../files/readFile.ts";
import { elementBytes } from "../formats/elements.ts";
import { parseWeights, weightEndings } from "../formats/weights.ts";
import { WeightError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { size, type TensorData } from "../ir/type.ts";
import type { ModelEntry } from "../models/entry.ts";
import { models } from "../models/registry.ts";
import { matchWeights, withoutParallelPrefix } from "../train/weights.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { long } from "./numbers.ts";
import { table } from "./table.ts";

export function addInspect(program: Command, io: Io): void {
  program
    .command("weights")
    .summary("look into files of weights")
    .description("Looks into files of weights.")
    .command("inspect")
    .description("Lists the tensors of a file, and the models whose weights they are.")
    .argument("<file>", `a file of weights: ${weightEndings}`)
    .action((file: string, flags: Flags) => inspect(file, flags, io));
}

async function inspect(path: string, { json }: Flags, io: Io): Promise<void> {
  const { tensors, stored } = parseWeights(await readFile(path), path);
  const rows = [...tensors].map(([name, { shape }]) => {
    const dtype = stored.get(name) ?? "f32";
    return { name, dtype, shape, bytes: size(shape) * elementBytes[dtype] };
  });
  const fits = fitting(withoutParallelPrefix(tensors));
  if (json) {
    const listed = rows.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    printJson(io, { tensors: listed, fits });
    return;
  }
  const lines = table(
    [{ title: "tensor" }, { title: "type" }, { title: "shape" }, { title: "bytes", align: "right" }],
    // A name is text from a file: nothing in it may move the cursor.
    rows.map(({ name, dtype, shape, bytes }) => [
      quote(name).slice(1, -1),
      dtype,
      shape.join("x"),
      long(bytes),
    ]),
  );
  const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const fit = fits.length === 0 ? "fits no model of the zoo" : `fits ${fits.join(", ")}`;
  for (const line of [...lines, "", `${rows.length} tensors, ${long(total)} bytes`, fit])
    print(io.stdout, line);
}

/** The names of the models, for as many classes as the file's, whose weights these are. */
function fitting(tensors: ReadonlyMap<string, TensorData>): string[] {
  const classes = classesOf(tensors);
  return Object.values<ModelEntry>(models)
    .filter(({ create }) => {
      try {
        matchWeights(create({ classes }), tensors, "");
        return true;
      } catch (error) {
        if (error instanceof WeightError) return false;
        throw error;
      }
    })
    .map(({ name }) => name);
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
