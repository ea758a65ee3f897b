import type { Command } from "commander";
import { dataForms } from "../data/source.ts";
import { loadEngine } from "../engines/auto.ts";
import { weightEndings } from "../formats/weights.ts";
import { UsageError } from "../ir/errors.ts";
import { percent } from "../report/numbers.ts";
import { Evaluator } from "../train/evaluate.ts";
import { checkpointOption, type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { columnsOf, type Io, note, print, printJson } from "./io.ts";
import { expectOneSource, type Item, type ItemFlags, indexOption, invertOption, itemsOf } from "./items.ts";
import { type NetworkFlags, openNetwork } from "./network.ts";
import { normalizationOption } from "./normalization.ts";
import { cut, table } from "./table.ts";
import { type TtaFlags, ttaOption, viewsFor } from "./tta.ts";

interface PredictFlags extends EngineFlags, NetworkFlags, TtaFlags, ItemFlags {
  readonly top: number;
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
    .addOption(invertOption())
    .addOption(indexOption())
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

async function predict(path: string, files: readonly string[], flags: PredictFlags, io: Io): Promise<void> {
  if (files.length === 0 && flags.index === undefined)
    throw new UsageError("predict: no pictures; give files, or --index 0,1,2 for pictures of the data set");
  expectOneSource("predict", files, flags);
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const network = await openNetwork(path, flags, io);
  const { model, weights, classes } = network;
  const { shape, items } = await itemsOf("predict", files, network, flags, io);
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
