/** ONNX Runtime as a contestant: `onnxruntime.js JOB THREADS PYTHON`. Its network is PyTorch's export of the job's. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { compete } from "../contest.js";
import { images, labels } from "../fill.js";
import { JOBS } from "../jobs.js";

const LARGEST = 2 ** 31 - 1; // bytes of a protocol buffer

const [job, threads, python] = process.argv.slice(2);
const { model, input } = JOBS[job];

function exported() {
  const script = fileURLToPath(new URL("export.py", import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(python, [script, JSON.stringify({ model, input })], {
    maxBuffer: LARGEST,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`the export failed: ${stderr.toString().trim().split("\n").at(-1)}`);
  return stdout;
}

/** @param {Float32Array} logits [n, classes] */
function crossEntropy(logits) {
  const classes = logits.length / y.length;
  const losses = Array.from(y, (label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const most = row.reduce((a, b) => Math.max(a, b));
    return most + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) - row[label];
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

const session = await InferenceSession.create(exported(), {
  intraOpNumThreads: Number(threads),
  graphOptimizationLevel: "all",
});
const [source] = session.inputNames;
const [logits] = session.outputNames;
const x = new Tensor("float32", images(input), input);
const y = labels(input[0]);
await compete({ version: env.versions.node, threads: Number(threads) }, async () => {
  const outputs = await session.run({ [source]: x });
  return crossEntropy(outputs[logits].data);
});
