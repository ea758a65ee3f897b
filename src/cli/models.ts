import type { Command } from "commander";
import { UsageError } from "../ir/errors.ts";
import type { ModelEntry } from "../models/entry.ts";
import { models } from "../models/registry.ts";
import { summarize } from "../models/summary.ts";
import { long, short } from "../report/numbers.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson, roomOf } from "./io.ts";
import { field } from "./summary.ts";
import { type Column, cut, table } from "./table.ts";

export function addModels(program: Command, io: Io): void {
  program
    .command("models")
    .summary("list the models")
    .description("Lists the models that can be asked for by name, and what they cost.")
    .argument("[part]", "only models with this in their name, form, paper or year")
    .action((part: string | undefined, flags: Flags) => {
      const all = chosen(part).map(described);
      if (flags.json) printJson(io, all);
      else for (const line of text(all, roomOf(io.stdout))) print(io.stdout, line);
    });
}

function chosen(part = ""): readonly ModelEntry[] {
  const wanted = part.toLowerCase();
  const found = Object.values<ModelEntry>(models).filter(({ name, form, year, paper }) =>
    [name, form, `${year}`, paper.title].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (found.length === 0)
    throw new UsageError(`models: nothing has "${part}" in its name, form, paper or year`);
  return found;
}

type Described = ReturnType<typeof described>;

function described({ name, form, about, year, paper, input, create }: ModelEntry) {
  const model = create();
  const { parameters, evaluationParameters, macs, activations, receptiveField, depth } = summarize(model);
  return {
    ...{ name, form, year, input, classes: model.classes },
    ...{ parameters, evaluationParameters, macs, activations, receptiveField, depth },
    ...{ paper, about },
  };
}

interface Shown extends Column {
  cell(model: Described): string;
}

const right = "right" as const;
const name: Shown = { title: "model", cell: (model) => model.name };
const form: Shown = { title: "form", cell: (model) => model.form };
const input: Shown = { title: "input", align: right, cell: (model) => model.input.join("x") };
const costs: readonly Shown[] = [
  { title: "mult-adds", align: right, cell: (model) => short(model.macs) },
  { title: "activ.", align: right, cell: (model) => short(model.activations) },
  { title: "sees", align: right, cell: (model) => field(model.receptiveField) },
  { title: "depth", align: right, cell: (model) => `${model.depth}` },
];
const wide: readonly Shown[] = [
  ...[name, form, input],
  { title: "parameters", align: right, cell: (model) => long(model.parameters) },
  ...costs,
  { title: "", cell: (model) => model.about },
];
const narrow: readonly Shown[] = [
  ...[name, form],
  { title: "params", align: right, cell: (model) => short(model.parameters) },
  ...costs,
];

/** Below so many columns only the numbers find room. */
const wideColumns = 120;

/** A paper after the other, oldest first, with its networks under it. */
function text(all: readonly Described[], columns: number): string[] {
  const shown = columns < wideColumns ? narrow : wide;
  const groups = byPaper(all);
  const [titles = "", ...lines] = table(
    shown,
    groups.flat().map((model) => shown.map(({ cell }) => cell(model))),
  );
  let row = 0;
  const blocks = groups.flatMap((group) => {
    const [{ year, paper } = { year: 0, paper: { title: "", url: "" } }] = group;
    const heading = `${year}  ${paper.title}, ${paper.url}`;
    const rows = group.map(() => lines[row++] ?? "");
    return ["", cut(heading, columns), ...rows.map((line) => cut(line, columns))];
  });
  return [cut(titles, columns), ...blocks];
}

function byPaper(all: readonly Described[]): readonly (readonly Described[])[] {
  const groups = new Map<string, Described[]>();
  for (const model of all.toSorted((a, b) => a.year - b.year))
    groups.set(model.paper.url, [...(groups.get(model.paper.url) ?? []), model]);
  return [...groups.values()];
}
