/** convnets on its oneDNN engine as a contestant: `convnets.js JOB THREADS`. */

import { readFileSync } from "node:fs";
import { loadOnednn } from "../../dist/engines/onednn/engine.js";
import { compete, memory } from "../contest.js";
import { prepareStep } from "./step.js";

const [job, threads] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const engine = await loadOnednn({ threads: Number(threads) });
const before = memory().now;
const { step, flops } = await prepareStep(job, engine);
const facts = { version, threads: Number(threads), before, flops, peakGflops: engine.peak() };
await compete(facts, step);
