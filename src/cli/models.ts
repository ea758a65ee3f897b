import type { Command } from "commander";
import type { ModelEntry } from "../models/entry.ts";
import { models } from "../models/registry.ts";
import { summarize } from "../models/summary.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson, roomOf } from "./io.ts";
import { long, short } from "./numbers.ts";
import { cut, table } from "./table.ts";

export function addModels(program: Command, io: Io): void {
  program
    .command("models")
    .summary("list the models")
    .description("Lists the models that can be asked for by name.")
    .action((flags: Flags) => {
      const all = Object.values(models).map(described);
      if (flags.json) printJson(io, all);
      else for (const line of text(all, roomOf(io.stdout))) print(io.stdout, line);
    });
}

type Described = ReturnType<typeof described>;

function described({ name, form, about, year, paper, input, create }: ModelEntry) {
  const model = create();
  const { parameters, macs, activations, depth } = summarize(model);
  return {
    name,
    form,
    year,
    parameters,
    macs,
    input,
    paper,
    about,
    classes: model.classes,
    activations,
    depth,
  };
}

function text(all: readonly Described[], columns: number): string[] {
  const [titles = "", ...lines] = table(
    [
      { title: "model" },
      { title: "form" },
      { title: "year", align: "right" },
      { title: "input", align: "right" },
      { title: "parameters", align: "right" },
      { title: "multiply-adds", align: "right" },
    ],
    all.map(({ name, form, year, input, parameters, macs }) => [
      name,
      form,
      `${year}`,
      input.join("x"),
      long(parameters),
      short(macs),
    ]),
  );
  const below = all.map(({ about, paper }) => [about, `${paper.title}, ${paper.url}`]);
  const rows = lines.flatMap((line, row) => [
    line,
    ...(below[row] ?? []).map((part) => cut(`  ${part}`, columns)),
    "",
  ]);
  return [titles, "", ...rows.slice(0, -1)];
}
