import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * A contestant's side of the protocol, one JSON value a line: it says that it is ready, answers `{ run: n }`
 * with the seconds and losses of n steps, and ends with its input.
 *
 * @param {Facts} facts
 * @param {() => number | Promise<number>} step gives its loss
 */
export async function compete(facts, step) {
  const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  say({ ready: true, ...facts });
  for await (const line of createInterface({ input: process.stdin })) {
    const { run } = JSON.parse(line);
    const seconds = [];
    const losses = [];
    for (let i = 0; i < run; i++) {
      const start = performance.now();
      losses.push(await step());
      seconds.push((performance.now() - start) / 1000);
    }
    say({ seconds, losses, peak: memory().peak });
  }
  process.exit();
}

/**
 * @typedef {object} Facts
 * @property {string} version
 * @property {number} threads
 * @property {number} [before] bytes of memory in use before the network was made
 * @property {number} [flops] the direct count of a step, from whoever knows it
 * @property {number} [peakGflops] the machine's FMA peak, from whoever can measure it
 */

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
