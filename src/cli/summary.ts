import type { Command } from "commander";
import { createModel } from "../models/registry.ts";
import { type Row, type Summary, summarize } from "../models/summary.ts";
import { long, short } from "../report/numbers.ts";
import { extents, type Flags, whole } from "./flags.ts";
import { columnsOf, type Io, print, printJson } from "./io.ts";
import { type Column, cut, table } from "./table.ts";

interface SummaryFlags extends Flags {
  readonly input?: readonly [channels: number, height: number, width: number];
  readonly classes?: number;
  readonly channels?: number;
  readonly size?: number;
}

export function addSummary(program: Command, io: Io): void {
  program
    .command("summary")
    .summary("show the layers of a model and what they cost")
    .description(
      "Shows the layers of a model: output shape, window, parameters, multiply-adds, receptive field.",
    )
    .argument("<model>", "a name from `convnets models`")
    .option(
      "--input <CxHxW>",
      "shape of a picture, for example 3x224x224 (default: the model's own)",
      extents,
    )
    .option("--classes <n>", "how many classes it tells apart", whole(1))
    .option("--channels <n>", "channels of a picture (default: those of --input)", whole(1))
    .option("--size <n>", "side of its input, where that is not the model's own", whole(1))
    .action((name: string, flags: SummaryFlags) => {
      const { input, classes, size, channels = input?.[0] } = flags;
      const model = createModel(name, {
        ...(classes !== undefined && { classes }),
        ...(channels !== undefined && { channels }),
        ...(size !== undefined && { size }),
      });
      const summary = summarize(model, input === undefined ? {} : { input });
      if (flags.json) printJson(io, { model: name, ...summary });
      else for (const line of text(name, summary, columnsOf(io.stdout))) print(io.stdout, line);
    });
}

const titles: readonly Column[] = [
  { title: "layer" },
  { title: "output", align: "right" },
  { title: "window" },
  { title: "parameters", align: "right" },
  { title: "mult-adds", align: "right" },
  { title: "sees", align: "right" },
];

function text(name: string, summary: Summary, width: number): string[] {
  const { rows, input, output, parameters, evaluationParameters, buffers } = summary;
  const { macs, activations, receptiveField, depth } = summary;
  const label = labels(rows);
  const numbers = rows.map((row) => [
    row.output.slice(1).join("x"),
    row.window,
    row.parameters === 0 ? "" : long(row.parameters),
    row.macs === 0 ? "" : short(row.macs),
    field(row.receptiveField),
  ]);
  const [title = ""] = table(titles, [["", ...widest(numbers)]]);
  // What the other columns leave over; on a narrow terminal lines are longer rather than names unreadable.
  const room = Math.max(16, width - title.length + "layer".length);
  const body = table(
    titles,
    numbers.map((cells, row) => [cut(label[row] ?? "", room), ...cells]),
  );
  return [
    ...body,
    "",
    `${name}: ${shape(input)} -> ${shape(output)}`,
    `  parameters       ${long(parameters)}`,
    ...(evaluationParameters === parameters
      ? []
      : [`                   ${long(evaluationParameters)} without the heads for training`]),
    ...(buffers === 0 ? [] : [`  not trained      ${long(buffers)}`]),
    `  multiply-adds    ${long(macs)}`,
    `  activations      ${long(activations)}`,
    `  receptive field  ${field(receptiveField)}`,
    `  depth            ${depth} layers with weights`,
  ];
}

/** The widest cell of each column, to measure a line by. */
function widest(rows: readonly (readonly string[])[]): string[] {
  return titles
    .slice(1)
    .map((_, column) => "x".repeat(Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))));
}

/** Each layer's name within the layer it is in, indented under it, with its kind. */
function labels(rows: readonly Row[]): string[] {
  const outer: string[] = [];
  return rows.map(({ path, kind, level }) => {
    outer[level] = path;
    const around = level === 0 ? "" : (outer[level - 1] ?? "");
    const own = around !== "" && path.startsWith(`${around}.`) ? path.slice(around.length + 1) : path;
    return `${"  ".repeat(level)}${own === "" ? kind : own.replace(/:\d+$/, "") === kind ? own : `${own} ${kind}`}`;
  });
}

/** A receptive field, as short as it can be. */
export function field([height, width]: readonly [number, number]): string {
  return height === width ? `${height}` : `${height}x${width}`;
}

function shape([, ...extents]: readonly number[]): string {
  return extents.join("x");
}
