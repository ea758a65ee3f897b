import { createInterface } from "node:readline";

/**
 * A contestant's side of the protocol, one JSON value a line: it says that it is ready, answers `{ run: n }`
 * with the seconds and losses of n steps, and ends with its input.
 *
 * @param {{ version: string, threads: number, peakGflops?: number }} facts
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
    say({ seconds, losses });
  }
  process.exit();
}
