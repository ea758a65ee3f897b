import type { Command } from "commander";
import { checkIndex } from "../data/dataset.ts";
import { dataForms } from "../data/source.ts";
import { loadEngine } from "../engines/auto.ts";
import { weightEndings } from "../formats/weights.ts";
import { UsageError } from "../ir/errors.ts";
import { Evaluator } from "../train/evaluate.ts";
import { checkpointOption, type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { columnsOf, type Io, note, print, printJson } from "./io.ts";
import { type Network, type NetworkFlags, openNetwork } from "./network.ts";
import { normalizationOption } from "./normalization.ts";
import { percent } from "./numbers.ts";
import { readPicture } from "./pictures.ts";
import { cut, table } from "./table.ts";
import { type TtaFlags, ttaOption, viewsFor } from "./tta.ts";

interface PredictFlags extends EngineFlags, NetworkFlags, TtaFlags {
  readonly top: number;
  readonly invert?: boolean;
  readonly index?: readonly number[];
}

export function addPredict(program: Command, io: Io): void {
  program
    .command("predict")
    .summary("name what pictures show")
    .description("Names what pictures show, with probabilities.")
    .argument(
      "<run>",
      "a folder that `convnets train` has written, a file of weights, or with --weights a model",
    )
    .argument("[images...]", "picture files: PNG, JPEG, WebP, GIF, TIFF, AVIF")
    .option("--top <n>", "labels a picture", whole(1), 3)
    .option("--invert", "swap bright and dark: dark ink on white paper becomes what digits networks know")
    .option("--index <list>", "test pictures of the data set instead of files, for example 0,1,2", indices)
    .option("--data <data>", `${dataForms.join(", ")} (default: that of the run)`)
    .option("--model <name>", "the network that a file of weights is for")
    .option("--weights <file>", `weights of the model: ${weightEndings}`)
    .addOption(checkpointOption())
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .addOption(normalizationOption())
    .addOption(ttaOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .action((path: string, images: readonly string[], flags: PredictFlags) =>
      predict(path, images, flags, io),
    );
}

/** A picture to name, and where it is from. */
interface Item {
  readonly source: string;
  readonly pixels: Uint8Array;
  /** What it shows, where that is known. */
  readonly truth?: string;
}

async function predict(path: string, files: readonly string[], flags: PredictFlags, io: Io): Promise<void> {
  if (files.length === 0 && flags.index === undefined)
    throw new UsageError("predict: no pictures; give files, or --index 0,1,2 for pictures of the data set");
  if (files.length > 0 && flags.index !== undefined)
    throw new UsageError("predict: give picture files or --index, not both");
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const network = await openNetwork(path, flags, io);
  const { model, weights, classes } = network;
  const { shape, items } = flags.index
    ? await heldOut(network, flags.index)
    : { shape: network.image.shape, items: await read(files, network, flags, io) };
  const seen = viewsFor(flags, shape);
  const image = { ...network.image, shape: seen.shape };
  const evaluator = await Evaluator.create(model, engine, { image, batch: Math.min(items.length, 32) });
  evaluator.load(weights);
  const probabilities = await evaluator.probabilities(joined(items), items.length, {
    shape,
    ...(seen.views && { views: seen.views }),
  });
  const answers = items.map(({ source, truth }, place) => ({
    source,
    ...(truth !== undefined && { truth }),
    predictions: best(probabilities[place] ?? new Float32Array(), flags.top, classes),
  }));
  if (flags.json) printJson(io, answers);
  else for (const line of text(answers, columnsOf(io.stdout))) print(io.stdout, line);
}

async function read(
  files: readonly string[],
  { image, trainedOn = "" }: Network,
  { invert = false }: PredictFlags,
  io: Io,
): Promise<Item[]> {
  const items: Item[] = [];
  // Dark pictures with bright drawings, such as MNIST's, have a dark mean.
  const expectsDark = image.shape[0] === 1 && (image.normalization.mean[0] ?? 1) < 0.4;
  // As the network has seen pictures: those of a folder were cut to the shape.
  const fit = trainedOn.startsWith("folder:") ? "cover" : "contain";
  for (const source of files) {
    const { pixels, border } = await readPicture(source, image.shape, { invert, fit });
    if (expectsDark && border > 160 && !invert)
      note(io, `${source} is bright at its border, this network knows bright on dark: try --invert`);
    items.push({ source, pixels });
  }
  return items;
}

async function heldOut(
  network: Network,
  wanted: readonly number[],
): Promise<{ shape: Network["image"]["shape"]; items: Item[] }> {
  const { test } = await network.data();
  const order = Uint32Array.from(wanted, (index) => checkIndex(index, test.count, "predict --index"));
  const items: Item[] = [];
  for await (const { images, labels } of test.batches({ size: 1, order, seed: 0, epoch: 0 })) {
    const source = `${test.name} ${order[items.length]}`;
    items.push({ source, truth: test.classes[labels[0] ?? 0] ?? "", pixels: images.slice() });
  }
  return { shape: test.shape, items };
}

function joined(items: readonly Item[]): Uint8Array {
  const size = items[0]?.pixels.length ?? 0;
  const all = new Uint8Array(items.length * size);
  items.forEach(({ pixels }, place) => {
    all.set(pixels, place * size);
  });
  return all;
}

interface Answer {
  readonly source: string;
  readonly truth?: string;
  readonly predictions: readonly {
    readonly label: string;
    readonly index: number;
    readonly probability: number;
  }[];
}

function best(probabilities: Float32Array, top: number, classes: readonly string[]): Answer["predictions"] {
  return [...probabilities]
    .map((probability, index) => ({ label: classes[index] ?? `${index}`, index, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}

function text(answers: readonly Answer[], columns: number): string[] {
  const known = answers.some(({ truth }) => truth !== undefined);
  const top = Math.max(...answers.map(({ predictions }) => predictions.length));
  const titles = [
    "picture",
    ...(known ? ["is"] : []),
    "best",
    "",
    ...new Array<string>(2 * (top - 1)).fill(""),
  ];
  const numbers = known ? 2 : 1;
  const rows = answers.map(({ source, truth = "", predictions }) => [
    cut(source, Math.max(20, Math.floor(columns / 2))),
    ...(known ? [truth] : []),
    ...predictions.flatMap(({ label, probability }) => [label, percent(probability, 1)]),
  ]);
  return table(
    titles.map((title, column) => ({
      title,
      align: column > numbers && (column - numbers) % 2 === 1 ? ("right" as const) : ("left" as const),
    })),
    rows,
  );
}

function indices(list: string): readonly number[] {
  return list.split(",").map(whole(0));
}
