import type { Command } from "commander";
import { readFile } from "../files/readFile.ts";
import { elementBytes } from "../formats/elements.ts";
import { formatOf, weightEndings } from "../formats/weights.ts";
import { quote } from "../ir/quote.ts";
import { size } from "../ir/type.ts";
import { fittingModels } from "../models/fit.ts";
import { describeMap } from "../models/keyMaps.ts";
import { withoutParallelPrefix } from "../nn/weights.ts";
import { long } from "../report/numbers.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
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
  const bytes = await readFile(path);
  const format = formatOf(bytes, path);
  const { tensors, stored } = format.parse(bytes, path, { reuse: true });
  const rows = [...tensors].map(([name, { shape }]) => {
    const dtype = stored.get(name) ?? "f32";
    return { name, dtype, shape, length: size(shape) * elementBytes[dtype] };
  });
  const fits = fittingModels({
    tensors: withoutParallelPrefix(tensors),
    torch: format.name === "PyTorch",
  });
  const found = fits.filter(({ name }, index) => fits.findIndex((fit) => fit.name === name) === index);
  if (json) {
    const listed = rows.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const maps = Object.fromEntries(
      found.flatMap(({ name, map }) => (map ? [[name, describeMap(map)]] : [])),
    );
    printJson(io, { tensors: listed, fits: found.map(({ name }) => name), maps });
    return;
  }
  const lines = table(
    [{ title: "tensor" }, { title: "type" }, { title: "shape" }, { title: "bytes", align: "right" }],
    // A name is text from a file: nothing in it may move the cursor.
    rows.map(({ name, dtype, shape, length }) => [
      quote(name).slice(1, -1),
      dtype,
      shape.join("x"),
      long(length),
    ]),
  );
  const total = rows.reduce((sum, { length }) => sum + length, 0);
  const told =
    found.length === 0
      ? ["fits no model of the zoo"]
      : found.map(({ name, map }) => `fits ${name}${map ? ` ${describeMap(map)}` : ""}`);
  for (const line of [...lines, "", `${rows.length} tensors, ${long(total)} bytes`, ...told])
    print(io.stdout, line);
}
