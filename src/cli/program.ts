import { Command, CommanderError } from "commander";
import { ConvnetsError, UsageError } from "../ir/errors.ts";
import { addApp } from "./app.ts";
import { addCompare } from "./compare.ts";
import { addConvert } from "./convert.ts";
import { addData } from "./data.ts";
import { addDiagram } from "./diagram.ts";
import { addDoctor } from "./doctor.ts";
import { addEvaluate } from "./evaluate.ts";
import { addExplain } from "./explain.ts";
import { addExport } from "./export.ts";
import { addInspect } from "./inspect.ts";
import { columnsOf, type Io, print } from "./io.ts";
import { addModels } from "./models.ts";
import { addPredict } from "./predict.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { addSummary } from "./summary.ts";
import { addTrain } from "./train.ts";
import { version } from "./version.ts";

const failed = 1;
const wrongUsage = 2;

/** Runs the command line `argv`, without the program's own name. Resolves to the exit code and never rejects. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    let code = 0;
    const program = await build(io, (status) => {
      code = status;
    });
    await program.parseAsync(isUnknown(argv, program) ? argv.slice(0, 1) : argv, { from: "user" });
    return code;
  } catch (error) {
    return report(error, argv.includes("--debug"), io);
  }
}

/** Whether no command has the name: the parser would answer `--help` after it by the program's own, as if all were well. */
function isUnknown([name = "-"]: readonly string[], program: Command): boolean {
  return !name.startsWith("-") && !program.commands.some((command) => command.name() === name);
}

async function build(io: Io, exit: (code: number) => void): Promise<Command> {
  const program = new Command("convnets")
    .description("Train, evaluate and run the classic convolutional networks.")
    .version(await version(), "--version", "print the version")
    .helpOption("--help", "show this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => columnsOf(io.stdout),
      getErrHelpWidth: () => columnsOf(io.stderr),
      outputError: (text, write) => write(text.replace(/^error: /, "convnets: ")),
    });
  addModels(program, io);
  addSummary(program, io);
  addTrain(program, io, exit);
  addEvaluate(program, io);
  addCompare(program, io);
  addReport(program, io);
  addPredict(program, io);
  addExplain(program, io);
  addDiagram(program, io);
  addRun(program, io);
  addInspect(program, io);
  addConvert(program, io);
  addData(program, io, exit);
  addExport(program, io);
  addApp(program, io);
  addDoctor(program, io);
  for (const command of program.commands.flatMap((outer) =>
    outer.commands.length > 0 ? outer.commands : [outer],
  ))
    command
      .option("--json", "print JSON alone on stdout, everything else on stderr")
      .option("--debug", "print the stack trace of an error");
  return program.addHelpText(
    "after",
    "\nExamples:\n  convnets train lenet5 --data digits\n  convnets evaluate runs/lenet5-1\n  convnets COMMAND --help",
  );
}

/** Tells the user what went wrong; the exit code that belongs to it. */
function report(error: unknown, debug: boolean, io: Io): number {
  // The parser has printed its own message, or the help or version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof ConvnetsError;
  print(io.stderr, `convnets: ${known ? "" : "bug in convnets: "}${message}`);
  if (debug && error instanceof Error) print(io.stderr, error.stack ?? "");
  else if (!known) print(io.stderr, "Run the same command with --debug to see where, and please report it.");
  return error instanceof UsageError ? wrongUsage : failed;
}
