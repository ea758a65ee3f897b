/** What a contestant needs of the program it runs in, a Node process; `pageHost.js` is the same in a page. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { JOBS } from "./jobs.js";

export { offerWorkers } from "./contestants/worker.js";

const LARGEST = 2 ** 31 - 1; // bytes of a protocol buffer

export const args = process.argv.slice(2);

/** @param {object} message to the orchestrator */
export function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** What the orchestrator says, until it has had enough. */
export async function* orders() {
  for await (const line of createInterface({ input: process.stdin })) yield JSON.parse(line);
}

/** Ends what else keeps the process: threads. */
export function leave() {
  process.exit();
}

/**
 * Bytes of memory this process uses, and the most it ever used. Unknown where the system is not Linux.
 * @returns {{ now?: number, peak?: number }}
 */
export function memory() {
  let status = "";
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    return {};
  }
  const bytes = (key) => 1024 * Number(status.match(new RegExp(`^${key}:\\s*(\\d+) kB`, "m"))?.[1]);
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}

/**
 * The job's network as PyTorch exports it, in ONNX. The Python that has PyTorch is `$PYTHON`.
 * @param {string} job
 * @returns {Promise<Uint8Array>}
 */
export async function exported(job) {
  const { model, input } = JOBS[job];
  const script = fileURLToPath(new URL("contestants/export.py", import.meta.url));
  const python = process.env.PYTHON ?? "python3";
  const { status, stdout, stderr, error } = spawnSync(python, [script, JSON.stringify({ model, input })], {
    maxBuffer: LARGEST,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`the export failed: ${stderr.toString().trim().split("\n").at(-1)}`);
  return stdout;
}
