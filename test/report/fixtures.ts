import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { convnets } from "../cli/cli.ts";

/** A folder with a run of LeNet-5 that has had a few steps on digits, there while the tests of a file run. */
export async function smallRun(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "convnets-report-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = join(folder, "lenet");
  const steps = ["--steps", "30", "--batch", "64", "--rate", "0.02", "--engine", "wasm", "--threads", "1"];
  const { code, err } = await convnets("train", "lenet5", ...steps, "--quiet", "--no-report", "--out", run);
  if (code !== 0) throw new Error(err);
  return run;
}
