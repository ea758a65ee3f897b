/** convnets as a contestant: `convnets.js JOB THREADS ENGINE`. */

import manifest from "../../package.json" with { type: "json" };
import { compete } from "../contest.js";
import { args, memory } from "../host.js";
import { engineFor } from "./engines.js";
import { prepareStep } from "./step.js";

const [job, threads, name] = args;
const engine = await engineFor(name, Number(threads));
const before = memory().now;
const { step, flops } = await prepareStep(job, engine);
const { version } = manifest;
await compete({ version, threads: Number(threads), before, flops, peakGflops: engine.peak() }, step);
