import type { Command } from "commander";
import { loadEngine } from "../engines/auto.ts";
import { type Attribution, overChannels, resizeMap } from "../explain/attribution.ts";
import { colourMap, overlay, pictureOf, tiles } from "../explain/colours.ts";
import { gradCam, gradCamPlusPlus } from "../explain/gradCam.ts";
import { guidedBackpropagation, integratedGradients, saliency, smoothGrad } from "../explain/gradient.ts";
import { hasMaps, lastMaps, layerOf, walk } from "../explain/layers.ts";
import { occlusion } from "../explain/occlusion.ts";
import { Probe, type Subject } from "../explain/probe.ts";
import { activations, filters, networkPictures } from "../explain/units.ts";
import { UsageError } from "../ir/errors.ts";
import { nearest } from "../ir/nearest.ts";
import { quote } from "../ir/quote.ts";
import type { TensorData } from "../ir/type.ts";
import { imagenet } from "../models/imagenet.ts";
import type { ModelOptions } from "../models/options.ts";
import { createModel } from "../models/registry.ts";
import type { Classifier } from "../nn/classifier.ts";
import { type ImageForm, normalizationFor } from "../train/images.ts";
import { ExplanationFiles } from "./explanationFiles.ts";
import { openWeights } from "./fit.ts";
import { type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { type Io, note, print, printJson } from "./io.ts";
import { openNetwork } from "./network.ts";
import { percent } from "./numbers.ts";
import { readPicture } from "./pictures.ts";

interface ExplainFlags extends EngineFlags {
  readonly method: readonly Method[];
  readonly layer?: string;
  readonly class?: string;
  readonly out: string;
  readonly invert?: boolean;
  readonly model?: string;
  readonly weights?: string;
  readonly classes?: number;
  readonly size?: number;
}

/** What a method is given beside the network and the picture. */
interface Asked {
  readonly target: number;
  readonly layer?: string;
  /** A black picture as the network reads it. */
  readonly black: Float32Array;
}

type Explain = (subject: Subject, x: Float32Array, asked: Asked) => Promise<Attribution>;

const methods = {
  gradcam: (subject, x, { target, layer }) =>
    gradCam(subject, x, { target, ...(layer !== undefined && { layer }) }),
  "gradcam++": (subject, x, { target, layer }) =>
    gradCamPlusPlus(subject, x, { target, ...(layer !== undefined && { layer }) }),
  occlusion: (subject, x, { target, black }) => occlusion(subject, x, { target, value: black[0] ?? 0 }),
  saliency: async (subject, x, { target }) => overChannels(await saliency(subject, x, { target })),
  smoothgrad: async (subject, x, { target }) => overChannels(await smoothGrad(subject, x, { target })),
  guided: async (subject, x, { target }) => overChannels(await guidedBackpropagation(subject, x, { target })),
  "integrated-gradients": async (subject, x, { target, black }) =>
    overChannels(await integratedGradients(subject, x, { target, baseline: black }), "sum"),
} satisfies Record<string, Explain>;

type Method = keyof typeof methods;

const isMethod = (name: string): name is Method => Object.hasOwn(methods, name);
const methodNames = Object.keys(methods).filter(isMethod);

export function addExplain(program: Command, io: Io): void {
  program
    .command("explain")
    .summary("show what in a picture a network decides by")
    .description(
      "Shows what in a picture a network decides by: maps as PNG and .npy, a contact sheet, an HTML page.",
    )
    .argument(
      "<paths...>",
      "a folder that `convnets train` has written, and a picture; with --weights a picture alone",
    )
    .option("--method <list>", `some of ${methodNames.join(", ")} (default: all)`, methodList, methodNames)
    .option(
      "--layer <path>",
      "layer for Grad-CAM, and whose activations and filters are shown (default: the last with maps)",
    )
    .option("--class <name>", "class to explain, by name or number (default: the network's answer)")
    .option("--out <folder>", "where the files go", "explained")
    .option("--invert", "swap bright and dark: dark ink on white paper becomes what digits networks know")
    .option("--model <name>", "the network that --weights is for")
    .option("--weights <file>", "weights of that network, instead of a run")
    .option("--classes <n>", "how many classes it tells apart, where that is not the model's own", whole(1))
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .addOption(engineOption())
    .addOption(threadsOption())
    .action((paths: readonly string[], flags: ExplainFlags) => explain(paths, flags, io));
}

async function explain(paths: readonly string[], flags: ExplainFlags, io: Io): Promise<void> {
  const network = await networkOf(paths, flags, io);
  const { model, image, file, classes } = network;
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const subject = { model, weights: network.weights, engine };
  // As `predict`; weights that come without a run are for scenes where they are for colours.
  const { trainedOn = image.shape[0] === 3 ? "folder:" : "" } = network;
  const fit = trainedOn.startsWith("folder:") ? "cover" : "contain";
  const { pixels } = await readPicture(file, image.shape, { invert: flags.invert ?? false, fit });
  const x = await networkPictures(model, engine, image, pixels);
  const black = await networkPictures(model, engine, image, new Uint8Array(pixels.length));
  const { probabilities, scores } = await (await Probe.create(subject)).run(x);
  const best = scores.indexOf(Math.max(...scores));
  const target = flags.class === undefined ? best : classOf(flags.class, classes);
  const walked = walk(model);
  const found = [...walked.layers.values()].some(hasMaps);
  const layer = flags.layer ?? (found ? lastMaps(walked) : undefined);
  if (layer !== undefined) layerOf(walked, layer);
  const shown = pictureOf(x, model.input, normalizationFor(model, image));
  const output = await ExplanationFiles.create(flags.out);
  await output.picture("picture", shown);
  for (const method of flags.method) {
    if (method.startsWith("gradcam") && layer === undefined) {
      note(io, `${method} is left out: the network has no layer with maps`);
      continue;
    }
    const map = await methods[method](subject, x, { target, black, ...(layer !== undefined && { layer }) });
    await output.array(method, map);
    const large = resizeMap(map, [model.input[1], model.input[2]]);
    await output.picture(
      method,
      method === "integrated-gradients" ? colourMap(large) : overlay(shown, large),
    );
  }
  if (layer !== undefined) await details(subject, x, layer, output);
  const title = `${network.name}: ${classes[target]}, ${percent(probabilities[target] ?? 0, 1)}`;
  const lines = [
    `The network's answer is ${classes[best]}, ${percent(probabilities[best] ?? 0, 1)}. Explained is ${classes[target]}.`,
    ...(layer === undefined ? [] : [`Grad-CAM and activations are those of ${layer}.`]),
    "What is brighter counts for more; where there are two colours, red speaks for the class, blue against it.",
  ];
  const files = await output.finish(title, lines);
  const answer = { class: classes[target], index: target, probability: probabilities[target], layer, files };
  if (flags.json) printJson(io, answer);
  else print(io.stdout, `${title}\nSaved to ${flags.out}: ${files.join(", ")}`);
}

/** The layer's maps, and the filters of a convolution. */
async function details(
  subject: Subject,
  x: Float32Array,
  layer: string,
  output: ExplanationFiles,
): Promise<void> {
  const maps = (await activations(subject, x, [layer])).get(layer);
  if (maps?.shape.length === 3 && maps.data instanceof Float32Array) {
    await output.array("activations", maps);
    await output.picture("activations", tiles({ shape: maps.shape, data: maps.data }));
  }
  if (subject.weights.get(`${layer}.weight`)?.shape.length !== 4) return;
  const found = filters(subject, layer);
  await output.array("filters", found);
  if (found.data instanceof Float32Array)
    await output.picture("filters", tiles({ shape: found.shape, data: found.data }));
}

interface Named {
  readonly name: string;
  readonly model: Classifier;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly image: ImageForm;
  readonly classes: readonly string[];
  readonly trainedOn?: string;
  readonly file: string;
}

/** The network of a run folder, or that of `--model` and `--weights`, and the picture's file. */
async function networkOf(paths: readonly string[], flags: ExplainFlags, io: Io): Promise<Named> {
  const [first = "", second, ...more] = paths;
  const { model: name, weights: from, classes, size } = flags;
  if (from === undefined) {
    if (second === undefined || more.length > 0)
      throw new UsageError("explain: expected a run and one picture: convnets explain RUN IMAGE");
    if (name !== undefined)
      throw new UsageError("explain: --model says which network --weights FILE is for; that is missing");
    return { ...(await openNetwork(first, {}, io)), file: second };
  }
  if (name === undefined)
    throw new UsageError("explain: say which network the weights are for: --model NAME");
  if (second !== undefined)
    throw new UsageError("explain: with --weights expected one picture and nothing else");
  const make = (options: ModelOptions) =>
    createModel(name, {
      ...options,
      ...(classes !== undefined && { classes }),
      ...(size !== undefined && { size }),
    });
  const { model, tensors: weights } = await openWeights({ name, make }, from, io);
  const usual = model.input[0] === 3 ? imagenet : { mean: [0.1307], std: [0.3081] };
  return {
    ...{ name, model, weights, file: first },
    image: { shape: model.input, normalization: model.normalization ?? usual },
    classes: Array.from({ length: model.classes }, (_, index) => `class ${index}`),
  };
}

function classOf(asked: string, classes: readonly string[]): number {
  const index = classes.indexOf(asked);
  if (index >= 0) return index;
  if (/^\d+$/.test(asked) && Number(asked) < classes.length) return Number(asked);
  const near = /^\d+$/.test(asked) ? undefined : nearest(asked, classes);
  const hint =
    near === undefined ? `, expected a name or 0 to ${classes.length - 1}` : `; did you mean ${near}?`;
  throw new UsageError(`explain: there is no class ${quote(asked)}${hint}`);
}

function methodList(list: string): readonly Method[] {
  return list.split(",").map((name) => {
    if (isMethod(name)) return name;
    const near = nearest(name, methodNames);
    const hint = near === undefined ? `, expected ${methodNames.join(", ")}` : `; did you mean ${near}?`;
    throw new UsageError(`explain: there is no method ${quote(name)}${hint}`);
  });
}
