import { leave, memory, orders, say } from "./host.js";

/**
 * A contestant's side of the protocol, one JSON value a line: it says that it is ready, answers `{ run: n }`
 * with the seconds and losses of n steps, and ends with its input.
 *
 * @param {Facts} facts
 * @param {() => number | Promise<number>} step gives its loss
 */
export async function compete(facts, step) {
  say({ ready: true, ...facts });
  for await (const { run } of orders()) {
    const seconds = [];
    const losses = [];
    for (let i = 0; i < run; i++) {
      const start = performance.now();
      losses.push(await step());
      seconds.push((performance.now() - start) / 1000);
    }
    say({ seconds, losses, peak: memory().peak });
  }
  leave();
}

/**
 * @typedef {object} Facts
 * @property {string} version
 * @property {number} threads
 * @property {number} [before] bytes of memory in use before the network was made
 * @property {number} [flops] the direct count of a step, from whoever knows it
 * @property {number} [peakGflops] the machine's FMA peak, from whoever can measure it
 */
