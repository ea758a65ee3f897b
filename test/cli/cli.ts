import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Io, Output } from "../../src/cli/io.ts";
import { main } from "../../src/cli/program.ts";

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function convnets(...argv: readonly string[]): Promise<Result> {
  return withIo({}, ...argv);
}

/** The same with parts of the process replaced. */
export async function withIo(
  {
    terminal = false,
    columns = 80,
    onInterrupt,
  }: { readonly terminal?: boolean; readonly columns?: number; readonly onInterrupt?: Io["onInterrupt"] },
  ...argv: readonly string[]
): Promise<Result> {
  const out: string[] = [];
  const err: string[] = [];
  const output = (texts: string[]): Output => ({
    write: (text) => texts.push(text),
    ...(terminal && { isTTY: true, columns }),
  });
  const code = await main(argv, {
    stdout: output(out),
    stderr: output(err),
    onInterrupt: onInterrupt ?? (() => () => {}),
  });
  return { code, out: out.join(""), err: err.join("") };
}

/** A folder that is there while the tests of a file run. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "convnets-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
