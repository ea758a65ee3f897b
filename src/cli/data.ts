import type { Command } from "commander";
import { checkFolder, type FolderReport } from "../data/checkFolder.ts";
import { checkPictures, type PicturesReport } from "../data/checkPictures.ts";
import { dataForms } from "../data/source.ts";
import { long } from "../report/numbers.ts";
import type { Flags } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { open } from "./network.ts";
import { cut, table } from "./table.ts";

/** How many files a list names. */
const shown = 20;

export function addData(program: Command, io: Io, exit: (code: number) => void): void {
  const data = program.command("data").summary("look into a data set").description("Looks into data sets.");
  data
    .command("check")
    .summary("count pictures by class and find broken and duplicate ones")
    .description(
      "Reads every picture: counts by class, duplicates, and of a folder sizes and broken files. Exits with 1 if any is broken.",
    )
    .argument("<data>", dataForms.join(", "))
    .action(async (spec: string, flags: Flags) => exit(await check(spec, flags, io)));
}

/** What is told of any data, and more of a folder. */
type Report = PicturesReport & Partial<FolderReport>;

async function check(spec: string, { json }: Flags, io: Io): Promise<number> {
  const root = spec.startsWith("folder:") ? spec.slice("folder:".length) : "";
  const report: Report = root === "" ? await checkPictures(await open(spec, io)) : await checkFolder(root);
  if (json) printJson(io, report);
  else for (const line of text(report)) print(io.stdout, line);
  return report.broken?.length ? 1 : 0;
}

function text({ pictures, classes, sizes, broken = [], duplicates, others = [] }: Report): string[] {
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
