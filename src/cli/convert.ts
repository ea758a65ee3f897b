import { type Command, Option } from "commander";
import { writeFileAtomically } from "../files/atomicWrite.ts";
import { readFile } from "../files/readFile.ts";
import type { ElementType } from "../formats/elements.ts";
import type { TensorFile } from "../formats/tensorFile.ts";
import { formatOf, weightEndings, weightFormatOf } from "../formats/weights.ts";
import { present, UsageError } from "../ir/errors.ts";
import { fitModel } from "../models/fit.ts";
import type { Classifier } from "../nn/classifier.ts";
import { withoutParallelPrefix } from "../nn/weights.ts";
import { exportOnnx } from "../onnx/export.ts";
import { long } from "../report/numbers.ts";
import { noteMap } from "./fit.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { isOnnx, readOnnxWeights } from "./onnx.ts";

interface ConvertFlags extends Flags {
  readonly model?: string;
  readonly dtype?: "f32" | "f16" | "bf16";
}

export function addConvert(program: Command, io: Io): void {
  program
    .command("convert")
    .summary("write weights in another format")
    .description("Reads a file of weights and writes it in the format that the other name ends with.")
    .argument("<in>", `a file of weights: ${weightEndings}, or .onnx`)
    .argument("<out>", "what to write: .safetensors, .pth or .npz, or .onnx with --model")
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
  const halved = dtype !== undefined && dtype !== "f32";
  if (halved && /\.(npz|onnx)$/i.test(to))
    throw new UsageError(
      `${to}: arrays are written as f32; leave out --dtype, or write .safetensors or .pth`,
    );
  const write = isOnnx(to) ? networkWriter(from, to, model) : weightWriter(to);
  const { torch, ...file } = await readTensors(from);
  const isFloat = (type: ElementType) => type.includes("f");
  const typed = new Map(
    [...withoutParallelPrefix(file.tensors)].map(([name, tensor]) => [name, { ...tensor, name }]),
  );
  const types = withoutParallelPrefix(file.stored);
  const fit = model === undefined ? undefined : fitModel(model, { tensors: typed, torch }, from);
  if (fit) noteMap(fit, from, io);
  const tensors = fit ? fit.tensors : typed;
  const stored = new Map(
    [...tensors].map(([name, { name: before }]): [string, ElementType] => {
      const type = types.get(before) ?? "f32";
      return [name, isFloat(type) ? (dtype ?? type) : type];
    }),
  );
  const bytes = await write({ tensors, stored }, fit?.model);
  await writeFileAtomically(to, bytes);
  if (json) printJson(io, { from, to, tensors: tensors.size, bytes: bytes.length });
  else print(io.stdout, `${to}: ${tensors.size} tensors, ${long(bytes.length)} bytes`);
}

/** What a file holds, and whether `torch.save` wrote it. */
async function readTensors(path: string): Promise<TensorFile & { readonly torch: boolean }> {
  if (isOnnx(path)) return { ...(await readOnnxWeights(path)), torch: false };
  const bytes = await readFile(path);
  const format = formatOf(bytes, path);
  return { ...format.parse(bytes, path, { reuse: true }), torch: format.name === "PyTorch" };
}

/** Makes the bytes of a file of weights, which are those of `model` where one was asked for. */
type Writer = (file: TensorFile, model: Classifier | undefined) => Uint8Array | Promise<Uint8Array>;

function weightWriter(to: string): Writer {
  const { serialize } = weightFormatOf(to);
  if (serialize === undefined)
    throw new UsageError(`${to}: holds one array only; write .safetensors, .pth or .npz`);
  return serialize;
}

/** Writes the network `name` with the weights, as `export` does. */
function networkWriter(from: string, to: string, name: string | undefined): Writer {
  if (isOnnx(from))
    throw new UsageError(
      `${from}: is an ONNX model already; \`convnets export ${from} --onnx ${to}\` writes it again`,
    );
  if (name === undefined)
    throw new UsageError(`${to}: an ONNX model is a whole network; say which one, --model NAME`);
  return ({ tensors }, model) => {
    const network = present(model, "the network that was named");
    const { normalization } = network;
    return exportOnnx(network, tensors, { name, ...(normalization && { normalization }) });
  };
}
