import type { Command } from "commander";
import { writeFileAtomically } from "../files/atomicWrite.ts";
import { weightEndings } from "../formats/weights.ts";
import { UsageError } from "../ir/errors.ts";
import type { TensorData } from "../ir/type.ts";
import type { ModelOptions } from "../models/options.ts";
import { createModel } from "../models/registry.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { namedTensors } from "../nn/module.ts";
import { exportOnnx, writtenOpset } from "../onnx/export.ts";
import { classesOf } from "../onnx/metadata.ts";
import { isRun, openRun } from "../train/runFolder.ts";
import { openWeights } from "./fit.ts";
import { type Flags, whole } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { isOnnx, readOnnx } from "./onnx.ts";

interface ExportFlags extends Flags {
  readonly onnx?: string;
  readonly weights?: string;
  readonly classes?: number;
  readonly channels?: number;
  readonly size?: number;
  readonly batch?: number;
  readonly fold: boolean;
  readonly softmax?: boolean;
  readonly normalize?: boolean;
}

interface Exported {
  readonly name: string;
  readonly model: Classifier;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly normalization?: Normalization;
  readonly classes?: readonly string[];
}

export function addExport(program: Command, io: Io): void {
  program
    .command("export")
    .summary("write a network as an ONNX model")
    .description(
      `Writes a network as an ONNX model, opset ${writtenOpset}, for any number of pictures a run.`,
    )
    .argument("<network>", "a folder that `convnets train` has written, a model's name, or an .onnx file")
    .option("--onnx <file>", "where the model goes")
    .option("--weights <file>", `of a model: a file of weights (${weightEndings})`)
    .option("--classes <n>", "how many classes it tells apart", whole(1))
    .option("--channels <n>", "channels of a picture", whole(1))
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .option("--batch <n>", "a fixed number of pictures a run (default: left open)", whole(1))
    .option("--no-fold", "keep batch norm apart from the convolutions")
    .option("--softmax", "put out probabilities")
    .option("--normalize", "normalise within the model, so that it reads pixels from 0 to 255")
    .action((path: string, flags: ExportFlags) => write(path, flags, io));
}

async function write(path: string, flags: ExportFlags, io: Io): Promise<void> {
  const { onnx, fold, softmax = false, normalize = false, batch } = flags;
  if (onnx === undefined) throw new UsageError("export: say where the model goes, --onnx FILE");
  const { name, model, weights, normalization, classes } = await open(path, flags, io);
  if (normalize && normalization === undefined)
    throw new UsageError(
      `export: nothing says how pictures of ${path} are normalised; leave out --normalize`,
    );
  const bytes = await exportOnnx(model, weights, {
    ...{ name, fold, softmax },
    ...(batch !== undefined && { batch }),
    ...(normalization && (normalize ? { normalize: normalization } : { normalization })),
    ...(classes && { classes }),
  });
  await writeFileAtomically(onnx, bytes);
  if (flags.json) printJson(io, { model: name, file: onnx, opset: writtenOpset, bytes: bytes.length });
  else print(io.stdout, `${onnx}: ${name}, opset ${writtenOpset}, ${bytes.length} bytes`);
}

async function open(path: string, flags: ExportFlags, io: Io): Promise<Exported> {
  if (isOnnx(path)) {
    const model = await readOnnx(path, flags.softmax ?? false);
    const { normalization, metadata } = model;
    const classes = classesOf(metadata);
    return {
      ...{ name: metadata.model ?? "network", model, weights: model.weights() },
      ...(normalization && { normalization }),
      ...(classes && { classes }),
    };
  }
  if (await isRun(path)) {
    const { config, weights } = await openRun(path);
    const model = createModel(config.model, config.options);
    const normalization = model.normalization ?? config.image.normalization;
    return { name: config.model, model, weights, normalization, classes: config.classes };
  }
  const { weights: file, classes, channels, size } = flags;
  const make = (options: ModelOptions) =>
    createModel(path, {
      ...options,
      ...(classes !== undefined && { classes }),
      ...(channels !== undefined && { channels }),
      ...(size !== undefined && { size }),
    });
  if (file === undefined) throw new UsageError(`export: say which weights of ${path}, --weights FILE`);
  const { model, matched } = await openWeights({ name: path, make }, file, io);
  const weights = new Map(
    [...namedTensors(model)].flatMap(([name, { shape }]) => {
      const data = matched.get(name);
      return data ? [[name, { shape, data }] as const] : [];
    }),
  );
  return { name: path, model, weights, ...(model.normalization && { normalization: model.normalization }) };
}
