import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const TURN = 1; // seconds
const PREPARATION = 600; // seconds, at most: exporting, filling, measuring algorithms
const WARM_UP = 2; // steps after the first

/** The orchestrator's side of the protocol in contest.js: one process, that works only when told to. */
export class Contestant {
  /** @type {import("./contest.js").Facts} What it says when it is ready. */
  facts = { version: "", threads: 0 };
  /** @type {number | undefined} Bytes, the most it ever used. */
  peak;
  /** @type {number | undefined} Seconds of the very first step, which may compile or allocate. */
  cold;
  /** @type {number[]} Seconds of each step after the warm-up. */
  seconds = [];
  /** @type {number[]} Losses of all steps, the very first included. */
  losses = [];
  /** Why it does not run, or no longer. */
  failure = "";

  #budget;
  #spent = 0;
  #pace = 0; // seconds of the latest step
  #process;
  #answers;
  #errors = "";
  #closed;

  /**
   * @param {string} name
   * @param {string[]} command
   * @param {number} budget seconds, for one step and (about) for all of them
   */
  constructor(name, [program, ...args], budget) {
    this.name = name;
    this.#budget = budget;
    this.#process = spawn(program, args);
    this.#process.on("error", (error) => this.#fail(error.message));
    this.#process.stdin.on("error", () => {}); // The end of its answers tells the same.
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#closed = new Promise((resolve) => this.#process.on("close", resolve));
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async warmUp() {
    const { ready: _, ...facts } = await this.#answer(PREPARATION, "not ready");
    this.#spent = 0;
    Object.assign(this.facts, facts);
    [this.cold] = await this.#run(1);
    if (this.cold && this.#spent + WARM_UP * this.cold < this.#budget) await this.#run(WARM_UP);
  }

  /** Runs the steps that fit a turn, at least one, as long as the budget lasts. */
  async takeTurn() {
    if (this.#spent + this.#pace > this.#budget) return;
    this.seconds.push(...(await this.#run(Math.max(1, Math.round(TURN / this.#pace)))));
  }

  async close() {
    this.#process.stdin.end();
    await this.#closed;
  }

  /**
   * @param {number} steps
   * @returns {Promise<number[]>} the seconds of each
   */
  async #run(steps) {
    if (this.failure) return [];
    this.#process.stdin.write(`${JSON.stringify({ run: steps })}\n`);
    const { seconds = [], losses = [], peak } = await this.#answer(this.#budget, "no step");
    this.peak = peak ?? this.peak;
    this.losses.push(...losses.map((loss) => loss ?? Number.NaN)); // which JSON lacks
    this.#pace = seconds.at(-1) ?? 0;
    return seconds;
  }

  /**
   * @param {number} limit seconds
   * @param {string} lacking what there is if it takes longer
   */
  async #answer(limit, lacking) {
    const start = performance.now();
    const timer = setTimeout(() => {
      this.#fail(`too slow: ${lacking} in ${limit} s`);
      this.#process.kill("SIGKILL");
    }, 1000 * limit);
    const { value, done } = await this.#answers.next();
    clearTimeout(timer);
    this.#spent += (performance.now() - start) / 1000;
    if (!done) return JSON.parse(value);
    await this.#closed;
    this.#fail(this.#errors.match(/^\w*Error.*$/m)?.[0] ?? "ended without a reason");
    return {};
  }

  #fail(reason) {
    this.failure ||= reason;
  }
}
