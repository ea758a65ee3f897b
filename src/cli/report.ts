import type { Command } from "commander";
import type { Pictures } from "../data/pictures.ts";
import { dataForms } from "../data/source.ts";
import { loadEngine } from "../engines/auto.ts";
import type { Engine } from "../engines/engine.ts";
import { ConvnetsError } from "../ir/errors.ts";
import { type EngineFlags, engineOption, threadsOption } from "./flags.ts";
import { type Io, note, print, printJson } from "./io.ts";
import { expectClasses, openNetwork } from "./network.ts";

interface ReportFlags extends EngineFlags {
  readonly data?: string;
  readonly plots?: boolean;
}

export function addReport(program: Command, io: Io): void {
  program
    .command("report")
    .summary("write a page to look at a run")
    .description(
      "Writes report.html into a run's folder: curves, confusion matrix, classes, the most confident errors,\nfilters, layers, configuration. The page needs no network.",
    )
    .argument("<run>", "a folder that `convnets train` has written")
    .option("--data <data>", `${dataForms.join(", ")} (default: that of the run)`)
    .option("--plots", "write each plot as PNG and SVG too, into RUN/plots")
    .addOption(engineOption())
    .addOption(threadsOption())
    .action((folder: string, flags: ReportFlags) => report(folder, flags, io));
}

async function report(folder: string, flags: ReportFlags, io: Io): Promise<void> {
  const network = await openNetwork(folder, flags.data === undefined ? {} : { data: flags.data }, io);
  const engine = await loadEngine(flags.engine, { ...flags, note: (text) => note(io, text) });
  const { test } = await network.data();
  expectClasses(network, test);
  // Drawing and pictures take packages that no other command needs.
  const { writeReport } = await import("../report/writeReport.ts");
  const files = await writeReport(folder, { test, engine, plots: flags.plots ?? false });
  if (flags.json) printJson(io, { run: folder, files });
  else for (const file of files) print(io.stdout, file);
}

/** The report of a training that is at its end. What keeps it from being written is told; the training counts all the same. */
export async function reportAtEnd(
  folder: string,
  options: { readonly test: Pictures; readonly engine: Engine },
  io: Io,
): Promise<void> {
  const { writeReport } = await import("../report/writeReport.ts");
  await writeReport(folder, options).catch((error: unknown) => {
    if (!(error instanceof ConvnetsError)) throw error;
    note(io, `no report: ${error.message}`);
  });
}
