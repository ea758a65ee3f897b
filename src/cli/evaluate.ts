import { type Command, Option } from "commander";
import { dataForms } from "../data/source.ts";
import { loadEngine } from "../engines/auto.ts";
import { weightEndings } from "../formats/weights.ts";
import { long, percent } from "../report/numbers.ts";
import { type Evaluation, Evaluator } from "../train/evaluate.ts";
import { checkpointOption, type EngineFlags, engineOption, threadsOption, whole } from "./flags.ts";
import { columnsOf, type Io, note, print, printJson } from "./io.ts";
import { expectClasses, type NetworkFlags, openNetwork } from "./network.ts";
import { normalizationOption } from "./normalization.ts";
import { cut, table } from "./table.ts";
import { type TtaFlags, ttaOption, viewsFor } from "./tta.ts";

interface EvaluateFlags extends EngineFlags, NetworkFlags, TtaFlags {
  readonly split: "test" | "train";
  readonly batch: number;
  readonly exact?: boolean;
}

export function addEvaluate(program: Command, io: Io): void {
  program
    .command("evaluate")
    .summary("measure how well a trained network does")
    .description("Measures how well a trained network does on a data set.")
    .argument(
      "<run>",
      "a folder that `convnets train` has written, a file of weights, or with --weights a model",
    )
    .option("--data <data>", `${dataForms.join(", ")} (default: that of the run)`)
    .addOption(
      new Option("--split <split>", "which part of the data").choices(["test", "train"]).default("test"),
    )
    .option("--model <name>", "the network that a file of weights is for")
    .option("--weights <file>", `weights of the model: ${weightEndings}`)
    .addOption(checkpointOption())
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .option("--batch <n>", "pictures at a time", whole(1), 100)
    .addOption(normalizationOption())
    .addOption(ttaOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .option("--exact", "compute convolutions as direct sums only")
    .action((path: string, flags: EvaluateFlags) => evaluate(path, flags, io));
}

async function evaluate(path: string, flags: EvaluateFlags, io: Io): Promise<void> {
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const network = await openNetwork(path, flags, io);
  const { name, model, weights, image, classes } = network;
  const dataset = (await network.data())[flags.split];
  expectClasses(network, dataset);
  if (dataset.classes.some((label, index) => label !== classes[index]))
    note(io, `${dataset.name} has other classes than this network was trained for`);
  const { shape, views } = viewsFor(flags, dataset.shape);
  const form = { ...image, shape };
  const evaluator = await Evaluator.create(model, engine, { ...flags, image: form });
  evaluator.load(weights);
  const evaluation = await evaluator.evaluate(dataset, { ...(views && { views }) });
  if (flags.json) printJson(io, { model: name, data: dataset.name, engine: engine.name, ...evaluation });
  else {
    print(io.stdout, `${name} on ${dataset.name}, ${long(evaluation.count)} pictures`);
    for (const line of text(evaluation, columnsOf(io.stdout))) print(io.stdout, line);
  }
}

/** How many classes a table shows. */
const shown = 20;

function text({ top1, top5, loss, perClass, confusion }: Evaluation, columns: number): string[] {
  const few = perClass.length <= shown;
  const share = ({ count, correct }: Evaluation["perClass"][number]) => (count === 0 ? 0 : correct / count);
  const present = perClass.filter(({ count }) => count > 0);
  const rows = few ? present : present.toSorted((a, b) => share(a) - share(b)).slice(0, shown);
  const classes = table(
    [
      { title: few ? "class" : `the ${shown} weakest classes` },
      { title: "pictures", align: "right" },
      { title: "right", align: "right" },
      { title: "share", align: "right" },
    ],
    rows.map((row) => [cut(row.name, 30), long(row.count), long(row.correct), percent(share(row))]),
  );
  const totals = `top-1  ${percent(top1)}    top-5  ${percent(top5)}    loss  ${loss.toFixed(4)}`;
  return [totals, "", ...classes, ...(few ? ["", ...matrix(perClass, confusion, columns)] : [])];
}

/** The confusion matrix, or nothing where the lines are too narrow for it. */
function matrix(
  perClass: Evaluation["perClass"],
  confusion: Evaluation["confusion"],
  columns: number,
): string[] {
  const digits = Math.max(...confusion.flat().map((count) => `${count}`.length));
  const names = perClass.map(({ name }) => name);
  const short = names.every((name) => name.length <= digits);
  // Numbers head the columns where the names are too wide for it; a row has both.
  const heads = short ? names : names.map((_, index) => `${index}`);
  const left = short ? names : names.map((name, index) => `${index} ${cut(name, 14)}`);
  const rows = confusion.map((row, label) => [
    left[label] ?? "",
    ...row.map((count) => (count === 0 ? "·" : `${count}`)),
  ]);
  const lines = table([{ title: "" }, ...heads.map((title) => ({ title, align: "right" as const }))], rows);
  if (lines.some((line) => line.length > columns))
    return [`the confusion matrix takes more than ${columns} columns`];
  return ["confusion: a row for each true class, a column for each answer", ...lines];
}
