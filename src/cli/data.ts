import type { Command } from "commander";
import { checkFolder, type FolderReport } from "../data/checkFolder.ts";
import { UsageError } from "../ir/errors.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { long } from "./numbers.ts";
import { cut, table } from "./table.ts";

/** How many files a list names. */
const shown = 20;

export function addData(program: Command, io: Io, exit: (code: number) => void): void {
  const data = program.command("data").summary("look into a data set").description("Looks into data sets.");
  data
    .command("check")
    .summary("count a folder's pictures and find broken and duplicate ones")
    .description(
      "Reads every picture of a folder: counts by class, sizes, broken and duplicate files. Exits with 1 if any is broken.",
    )
    .argument("<data>", "folder:DIR")
    .action(async (spec: string, flags: Flags) => exit(await check(spec, flags, io)));
}

async function check(spec: string, { json }: Flags, io: Io): Promise<number> {
  const root = spec.startsWith("folder:") ? spec.slice("folder:".length) : "";
  if (root === "")
    throw new UsageError(
      `data check: ${spec} is no folder of pictures, expected folder:DIR; other data is checked when it is opened`,
    );
  const report = await checkFolder(root);
  if (json) printJson(io, report);
  else for (const line of text(report)) print(io.stdout, line);
  return report.broken.length === 0 ? 0 : 1;
}

function text({ pictures, classes, sizes, broken, duplicates, others }: FolderReport): string[] {
  const right = "right" as const;
  return [
    `${long(pictures)} pictures in ${long(classes.length)} classes${
      sizes ? `, from ${sizes.smallest.join("x")} to ${sizes.largest.join("x")}` : ""
    }`,
    "",
    ...table(
      [{ title: "class" }, { title: "to train on", align: right }, { title: "to test with", align: right }],
      classes.map(({ name, train, test }) => [cut(name, 40), long(train), long(test)]),
    ),
    ...list(
      "broken",
      broken.map(({ path, reason }) => `${path}: ${reason}`),
    ),
    ...list(
      "the same bytes",
      duplicates.map((paths) => paths.join(" = ")),
    ),
    ...list("no pictures by their names", others),
  ];
}

function list(title: string, entries: readonly string[]): string[] {
  const more = entries.length > shown ? [`  and ${long(entries.length - shown)} more`] : [];
  return entries.length === 0
    ? []
    : [
        "",
        `${title}: ${long(entries.length)}`,
        ...entries.slice(0, shown).map((entry) => `  ${entry}`),
        ...more,
      ];
}
