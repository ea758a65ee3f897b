/** Prints where convnets spends a job's time, by op and kernel: `profile.js JOB THREADS ENGINE`. */

import { byOp, profileText } from "../../dist/cli/profile.js";
import { engineFor } from "./engines.js";
import { prepareStep } from "./step.js";

const STEPS = 10;
const COLUMNS = 110;

const [job, threads, name] = process.argv.slice(2);
const engine = await engineFor(name, Number(threads));
const { step, program } = await prepareStep(job, engine, { profile: true });
const peak = engine.peak();
await step(); // which also computes what stays as it is from then on
const before = program.profile();
for (let i = 0; i < STEPS; i++) await step();
const oneStep = program.profile().map((time, i) => ({
  ...time,
  seconds: (time.seconds - before[i].seconds) / STEPS,
  runs: (time.runs - before[i].runs) / STEPS,
}));
const times = byOp(
  oneStep.filter(({ runs }) => runs > 0),
  peak,
);
console.log(profileText(times, peak, COLUMNS).join("\n"));
process.exit();
