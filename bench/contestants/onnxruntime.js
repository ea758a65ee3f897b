/** ONNX Runtime as a contestant: `onnxruntime.js JOB THREADS PACKAGE`. Its network is PyTorch's export of the job's. */

import { compete } from "../contest.js";
import { images, labels } from "../fill.js";
import { args, exported } from "../host.js";
import { JOBS } from "../jobs.js";

const [job, threads, name] = args;
const { input } = JOBS[job];
const { env, InferenceSession, Tensor } = await import(name);
env.wasm.numThreads = Number(threads);

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

const session = await InferenceSession.create(await exported(job), {
  intraOpNumThreads: Number(threads),
  graphOptimizationLevel: "all",
});
const [source] = session.inputNames;
const [logits] = session.outputNames;
const x = new Tensor("float32", images(input), input);
const y = labels(input[0]);
const { node, web } = env.versions;
await compete({ version: name === "onnxruntime-web" ? web : node, threads: Number(threads) }, async () => {
  const outputs = await session.run({ [source]: x });
  return crossEntropy(outputs[logits].data);
});
