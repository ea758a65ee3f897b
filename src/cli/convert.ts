import { type Command, Option } from "commander";
import { writeFileAtomically } from "../files/atomicWrite.ts";
import { readFile } from "../files/readFile.ts";
import type { ElementType } from "../formats/elements.ts";
import { formatOf, weightEndings, weightFormatOf } from "../formats/weights.ts";
import { UsageError } from "../ir/errors.ts";
import { withoutParallelPrefix } from "../train/weights.ts";
import { fitModel, noteMap } from "./fit.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { long } from "./numbers.ts";

interface ConvertFlags extends Flags {
  readonly model?: string;
  readonly dtype?: "f32" | "f16" | "bf16";
}

export function addConvert(program: Command, io: Io): void {
  program
    .command("convert")
    .summary("write weights in another format")
    .description("Reads a file of weights and writes it in the format that the other name ends with.")
    .argument("<in>", `a file of weights: ${weightEndings}`)
    .argument("<out>", "what to write: .safetensors, .pth or .npz")
    .option("--model <name>", "check that they are this network's weights, and write them by its names")
    .addOption(
      new Option("--dtype <type>", "element type of floats (default: as in the file)").choices([
        "f32",
        "f16",
        "bf16",
      ]),
    )
    .action((from: string, to: string, flags: ConvertFlags) => convert(from, to, flags, io));
}

async function convert(
  from: string,
  to: string,
  { model, dtype, json }: ConvertFlags,
  io: Io,
): Promise<void> {
  const { serialize } = weightFormatOf(to);
  if (serialize === undefined)
    throw new UsageError(`${to}: holds one array only; write .safetensors, .pth or .npz`);
  const halved = dtype !== undefined && dtype !== "f32";
  if (halved && to.toLowerCase().endsWith(".npz"))
    throw new UsageError(
      `${to}: arrays are written as f32; leave out --dtype, or write .safetensors or .pth`,
    );
  const read = await readFile(from);
  const format = formatOf(read, from);
  const file = format.parse(read, from, { reuse: true });
  const isFloat = (type: ElementType) => type.includes("f");
  const typed = new Map(
    [...withoutParallelPrefix(file.tensors)].map(([name, tensor]) => [name, { ...tensor, name }]),
  );
  const types = withoutParallelPrefix(file.stored);
  const fit = model && fitModel(model, { tensors: typed, torch: format.name === "PyTorch" }, from);
  if (fit) noteMap(fit, from, io);
  const tensors = fit ? fit.tensors : typed;
  const stored = new Map(
    [...tensors].map(([name, { name: before }]): [string, ElementType] => {
      const type = types.get(before) ?? "f32";
      return [name, isFloat(type) ? (dtype ?? type) : type];
    }),
  );
  const bytes = serialize({ tensors, stored });
  await writeFileAtomically(to, bytes);
  if (json) printJson(io, { from, to, tensors: tensors.size, bytes: bytes.length });
  else print(io.stdout, `${to}: ${tensors.size} tensors, ${long(bytes.length)} bytes`);
}
