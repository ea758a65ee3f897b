import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Contestant } from "./contestant.js";
import { contestants, NAMES, profile } from "./contestants.js";
import { GROUPS, JOBS } from "./jobs.js";
import { lead, lossWarnings, machine, machineText, result, summary, table, verdict } from "./report.js";

const USAGE = `Usage: node compare.js [options]

  --jobs a,b     groups or jobs of them (all):
${Object.entries(GROUPS)
  .map(([group, jobs]) => `                 ${group}: ${Object.keys(jobs).join(", ")}\n`)
  .join("")}  --only a,b     contestants whose names begin so, of ${NAMES.join(", ")} (all)
  --rounds N     turns of about a second for each contestant (9)
  --budget S     seconds after which a contestant gets no further turn in a job (120)
  --threads N    (${os.availableParallelism()})
  --pages        the web's jobs in Chromium, a page for each contestant
  --profile N    time by op of convnets, for the N jobs where it leads by the least (0)
  --json FILE    the figures, for programs
`;

const SETTLE = 50; // milliseconds between turns, for threads that spin a while before they sleep

/**
 * @param {string} job
 * @param {{ only: string[] | undefined, rounds: number, budget: number, threads: number, pages: boolean }} options
 * @returns {Promise<import("./report.js").Comparison>}
 */
async function compare(job, { only, rounds, budget, threads, pages }) {
  const chosen = Object.entries(contestants(job, threads, pages)).filter(
    ([name]) => !only || only.some((prefix) => name.startsWith(prefix)),
  );
  /** @type {Contestant[]} */
  const started = [];
  for (const [name, command] of chosen) {
    const contestant = new Contestant(name, command, budget);
    started.push(contestant);
    await contestant.warmUp();
  }
  for (let round = 0; round < rounds; round++) {
    for (const contestant of started) {
      await sleep(SETTLE);
      await contestant.takeTurn();
    }
  }
  await Promise.all(started.map((contestant) => contestant.close()));
  // The first one's peak counts: engines differ in the width of their vectors.
  const { flops, peakGflops } = Object.assign({}, ...started.map(({ facts }) => facts).reverse());
  const { input, learningRate, web = false } = JOBS[job];
  const training = learningRate !== undefined;
  return { job, images: input[0], training, web, flops, peakGflops, results: started.map(result) };
}

function options() {
  const { values } = parseArgs({
    options: {
      jobs: { type: "string", default: Object.keys(GROUPS).join(",") },
      only: { type: "string" },
      rounds: { type: "string", default: "9" },
      budget: { type: "string", default: "120" },
      threads: { type: "string", default: String(os.availableParallelism()) },
      pages: { type: "boolean", default: false },
      profile: { type: "string", default: "0" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const jobs = values.jobs.split(",").flatMap((name) => Object.keys(GROUPS[name] ?? { [name]: {} }));
  const only = values.only?.split(",");
  const [rounds, budget, threads] = ["rounds", "budget", "threads"].map((name) => {
    if (!(Number(values[name]) > 0)) throw new Error(`--${name} is a number above 0, not "${values[name]}"`);
    return Number(values[name]);
  });
  const profiles = Number(values.profile);
  if (!(profiles >= 0)) throw new Error(`--profile is a number from 0 up, not "${values.profile}"`);
  for (const job of jobs) if (!(job in JOBS)) throw new Error(`there is no job "${job}"`);
  for (const prefix of only ?? []) {
    if (!NAMES.some((name) => prefix && (name.startsWith(prefix) || prefix.startsWith(name)))) {
      throw new Error(`there is no contestant "${prefix}"`);
    }
  }
  return { ...values, jobs, only, rounds, budget, threads, profiles };
}

/** @param {ReturnType<typeof options>} chosen */
async function main(chosen) {
  const facts = machine(chosen.threads);
  console.log(machineText(facts));
  const comparisons = [];
  for (const job of chosen.jobs) {
    const comparison = await compare(job, chosen);
    comparisons.push(comparison);
    console.log(`${job}\n${table(comparison)}\n${verdict(comparison)}${lossWarnings(comparison.results)}`);
  }
  for (const [group, jobs] of Object.entries(GROUPS)) {
    const done = comparisons.filter(({ job }) => job in jobs);
    if (done.length > 0) process.stdout.write(summary(group, done));
  }
  // Without a peer all leads are infinite, and equal.
  const hardest = [...comparisons].sort((a, b) => (lead(a) < lead(b) ? -1 : 1)).slice(0, chosen.profiles);
  for (const { job } of hardest) {
    const [program, ...args] = profile(job, chosen.threads);
    const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    console.log(`convnets' time in a step of ${job}\n${stdout}${stderr}`);
  }
  if (chosen.json) {
    writeFileSync(chosen.json, `${JSON.stringify({ machine: facts, comparisons }, null, 2)}\n`);
  }
}

let chosen;
try {
  chosen = options();
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}
if (chosen.help) {
  console.log(USAGE);
} else {
  // Algorithms are chosen anew, on this machine as it is now.
  process.env.XDG_CACHE_HOME = mkdtempSync(join(os.tmpdir(), "convnets-bench-"));
  try {
    await main(chosen);
  } finally {
    rmSync(process.env.XDG_CACHE_HOME, { recursive: true });
  }
}
