import type { Command } from "commander";
import { loadEngine } from "../engines/auto.ts";
import { writeFileAtomically } from "../files/atomicWrite.ts";
import { readFile } from "../files/readFile.ts";
import { parseNpy, serializeNpy } from "../formats/npy.ts";
import { weightEndings } from "../formats/weights.ts";
import { FormatError, present, UsageError } from "../ir/errors.ts";
import type { Graph } from "../ir/graph.ts";
import { dtypeOf, size as elements, type TensorType } from "../ir/type.ts";
import type { ModelOptions } from "../models/options.ts";
import { createModel } from "../models/registry.ts";
import type { Classifier, Normalization } from "../nn/classifier.ts";
import { initialize } from "../nn/init.ts";
import { namedTensors } from "../nn/module.ts";
import { run as layers } from "../nn/sequential.ts";
import { Trace, trace } from "../nn/trace.ts";
import { optimize } from "../passes/pipeline.ts";
import { normalize } from "../train/images.ts";
import { openWeights } from "./fit.ts";
import { type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { type Io, note, print, printJson } from "./io.ts";
import { expectChannelsOf, normalizationOption } from "./normalization.ts";
import { isOnnx, readOnnx } from "./onnx.ts";

interface RunFlags extends EngineFlags {
  readonly weights?: string;
  readonly seed?: number;
  readonly input?: string;
  readonly output?: string;
  readonly classes?: number;
  readonly channels?: number;
  readonly size?: number;
  readonly normalization?: Normalization;
  readonly exact?: boolean;
}

export function addRun(program: Command, io: Io): void {
  program
    .command("run")
    .summary("compute a network's raw output for an array")
    .description("Computes a network's raw output, f32[n,classes], for an array of pictures, f32[n,c,h,w].")
    .argument("<model>", "a name from `convnets models`, or an .onnx file")
    .option(
      "--weights <file>",
      `a file of weights (${weightEndings}), or a folder that \`convnets train\` has written`,
    )
    .option("--seed <n>", "instead of --weights: start values from this seed", whole(0, 2 ** 32 - 1))
    .option("--input <x.npy>", "the pictures as the network reads them, or with --normalization of 0 to 255")
    .option("--output <y.npy>", "where the output goes")
    .option("--classes <n>", "how many classes it tells apart", whole(1))
    .option("--channels <n>", "channels of a picture", whole(1))
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .addOption(normalizationOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .option("--exact", "compute convolutions as direct sums only")
    .action((name: string, flags: RunFlags) => run(name, flags, io));
}

async function run(name: string, flags: RunFlags, io: Io): Promise<void> {
  const { classes, channels, size, input, output, normalization, exact = false } = flags;
  if (input === undefined || output === undefined)
    throw new UsageError("run: give the pictures, --input X.npy, and where the output goes, --output Y.npy");
  const own = isOnnx(name);
  if (own && (flags.weights ?? flags.seed ?? classes ?? channels ?? size) !== undefined)
    throw new UsageError(
      `run: ${name} has its own weights and extents; leave out --weights, --seed and those of the network`,
    );
  if (!own && (flags.weights === undefined) === (flags.seed === undefined))
    throw new UsageError("run: give --weights FILE, or --seed N for start values, and not both");
  const onnx = own ? await readOnnx(name, false) : undefined;
  const make = (options: ModelOptions) =>
    createModel(name, {
      ...options,
      ...(classes !== undefined && { classes }),
      ...(channels !== undefined && { channels }),
      ...(size !== undefined && { size }),
    });
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const x = parseNpy(await readFile(input), input);
  if (elements(x.shape) === 0) throw new FormatError(`${input}: the array [${x.shape.join(",")}] is empty`);
  const { model, weights } = onnx
    ? { model: onnx, weights: startOf(onnx, 0) }
    : await weightsOf({ name, make }, flags, io);
  const graph = graphOf(model, { dtype: dtypeOf(x.data), shape: x.shape }, normalization);
  const program = await engine.prepare(graph, { exact });
  for (const [path, data] of weights) program.write(path, data);
  const start = performance.now();
  const { y } = await program.run({ x: x.data });
  const seconds = (performance.now() - start) / 1000;
  const shape = present(graph.outputs.get("y"), "a trace has the output y").type.shape;
  await writeFileAtomically(output, serializeNpy({ shape, data: present(y, "the output y") }));
  if (flags.json) printJson(io, { model: name, engine: engine.name, input: x.shape, output: shape, seconds });
  else
    print(
      io.stdout,
      `${output}: f32[${shape.join(",")}], ${name} on ${engine.name}, ${(1000 * seconds).toFixed(1)} ms`,
    );
}

/** The network in evaluation, for the input x, and in front of it, where that is asked for, its normalisation. */
function graphOf(model: Classifier, type: TensorType, normalization?: Normalization): Graph {
  if (normalization === undefined) return optimize(trace(model, type));
  const [, channels = 1] = type.shape;
  expectChannelsOf(normalization, channels);
  const own = new Trace(model, { training: false });
  const x = normalize(own.graph.input("x", type), normalization);
  own.graph.output("y", layers(x, model));
  return optimize(own.graph.finish());
}

async function weightsOf(
  asked: { readonly name: string; readonly make: (options: ModelOptions) => Classifier },
  { weights: file, seed = 0 }: RunFlags,
  io: Io,
): Promise<{ readonly model: Classifier; readonly weights: Iterable<readonly [string, Float32Array]> }> {
  if (file !== undefined) {
    const { model, matched: weights } = await openWeights(asked, file, io);
    return { model, weights };
  }
  const model = asked.make({});
  return { model, weights: startOf(model, seed) };
}

/** Made one at a time: a network's start values are as large as its weights. */
function* startOf(model: Classifier, seed: number): Iterable<readonly [path: string, data: Float32Array]> {
  for (const [path, { init, shape }] of namedTensors(model))
    yield [path, initialize(init, shape, path, seed)];
}
