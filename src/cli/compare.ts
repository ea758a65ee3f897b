import type { Command } from "commander";
import { visible } from "../ir/quote.ts";
import { type Comparison, compareRuns, namesOf, type RunResult } from "../report/comparison.ts";
import { duration, long, percent } from "../report/numbers.ts";
import { type RunRecord, readRecord } from "../report/record.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson, roomOf } from "./io.ts";
import { cut, table } from "./table.ts";

interface CompareFlags extends Flags {
  readonly html?: string;
}

export function addCompare(program: Command, io: Io): void {
  program
    .command("compare")
    .summary("lay runs side by side")
    .description("Lays runs side by side: what they came to, what they cost, and which settings differ.")
    .argument("<run...>", "folders that `convnets train` has written")
    .option("--html <file>", "write a page with their curves over each other too")
    .action((folders: readonly string[], flags: CompareFlags) => compare(folders, flags, io));
}

async function compare(folders: readonly string[], flags: CompareFlags, io: Io): Promise<void> {
  const records = await Promise.all(folders.map(readRecord));
  const comparison = compareRuns(records);
  if (flags.html !== undefined) {
    const { writeComparison } = await import("../report/writeComparison.ts");
    await writeComparison(flags.html, records);
  }
  if (flags.json) printJson(io, comparison);
  else for (const line of text(records, comparison, roomOf(io.stdout))) print(io.stdout, line);
}

/** A row a fact, a column a run; then the same for the settings that differ. */
function text(records: readonly RunRecord[], { runs, differences }: Comparison, width: number): string[] {
  const facts: readonly (readonly [string, (run: RunResult) => string])[] = [
    ["model", ({ model }) => model],
    ["data", ({ data }) => data],
    ["parameters", ({ parameters }) => long(parameters)],
    ["epochs", ({ epochs }) => `${epochs}`],
    ["best top-1", ({ best }) => fraction(best?.top1)],
    ["  top-5", ({ best }) => fraction(best?.top5)],
    ["  loss", ({ best }) => best?.loss?.toFixed(4) ?? none],
    ["  in epoch", ({ best }) => `${best?.epoch ?? none}`],
    ["training loss", ({ trainingLoss }) => trainingLoss?.toFixed(4) ?? none],
    ["time an epoch", ({ secondsPerEpoch: s }) => (s === undefined ? none : duration(s))],
  ];
  const rows = [
    ...facts.map(([title, of]) => [title, ...runs.map(of)]),
    ["", ...runs.map(() => "")],
    ...differences.map(({ setting, values }) => [setting, ...values.map(valueText)]),
  ].map((row) => row.map(visible));
  const first = Math.max(...rows.map(([title = ""]) => title.length));
  const room = Math.max(12, Math.floor((width - first) / runs.length) - 2);
  const columns = [
    { title: "run" },
    ...namesOf(records).map((name) => ({ title: cut(visible(name), room), align: "right" as const })),
  ];
  const lines = table(
    columns,
    rows.map((row) => row.map((cell, column) => (column === 0 ? cell : cut(cell, room)))),
  );
  return differences.length > 0 ? lines : [...lines, "the settings are the same"];
}

const none = "–";

function fraction(value: number | undefined): string {
  return value === undefined ? none : percent(value);
}

/** A setting as it is read: text and numbers as they are, all else as JSON. */
function valueText(value: unknown): string {
  if (value === undefined) return none;
  return typeof value === "string" ? value : JSON.stringify(value);
}
