import { writeFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Contestant } from "./contestant.js";
import { contestants, NAMES } from "./contestants.js";
import { flops, JOBS } from "./jobs.js";
import { lossWarnings, machine, machineText, result, table, verdict } from "./report.js";

const USAGE = `Usage: node compare.js [options]

  --jobs a,b     of ${Object.keys(JOBS).join(", ")} (all)
  --only a,b     contestants whose names begin so, of ${NAMES.join(", ")} (all)
  --rounds N     turns of about a second for each contestant (9)
  --budget S     seconds after which a contestant gets no further turn in a job (120)
  --threads N    (${os.availableParallelism()})
  --json FILE    the figures, for programs
`;

const SETTLE = 50; // milliseconds between turns, for threads that spin a while before they sleep

/**
 * @param {string} job
 * @param {{ only: string[] | undefined, rounds: number, budget: number, threads: number }} options
 */
async function compare(job, { only, rounds, budget, threads }) {
  const chosen = Object.entries(contestants(job, threads)).filter(
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
  const peakGflops = started.find((contestant) => contestant.peakGflops)?.peakGflops;
  return { job, images: JOBS[job].input[0], flops: flops(job), peakGflops, results: started.map(result) };
}

function options() {
  const { values } = parseArgs({
    options: {
      jobs: { type: "string", default: Object.keys(JOBS).join(",") },
      only: { type: "string" },
      rounds: { type: "string", default: "9" },
      budget: { type: "string", default: "120" },
      threads: { type: "string", default: String(os.availableParallelism()) },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const jobs = values.jobs.split(",");
  const only = values.only?.split(",");
  const [rounds, budget, threads] = ["rounds", "budget", "threads"].map((name) => {
    if (!(Number(values[name]) > 0)) throw new Error(`--${name} is a number above 0, not "${values[name]}"`);
    return Number(values[name]);
  });
  for (const job of jobs) if (!(job in JOBS)) throw new Error(`there is no job "${job}"`);
  for (const prefix of only ?? []) {
    if (!NAMES.some((name) => prefix && (name.startsWith(prefix) || prefix.startsWith(name)))) {
      throw new Error(`there is no contestant "${prefix}"`);
    }
  }
  return { ...values, jobs, only, rounds, budget, threads };
}

/** @param {ReturnType<typeof options>} chosen */
async function main(chosen) {
  const facts = machine(chosen.threads);
  console.log(machineText(facts));
  const comparisons = [];
  for (const job of chosen.jobs) {
    const comparison = await compare(job, chosen);
    comparisons.push(comparison);
    const { results } = comparison;
    console.log(`${job}\n${table(results, comparison)}\n${verdict(results)}${lossWarnings(results)}`);
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
if (chosen.help) console.log(USAGE);
else await main(chosen);
