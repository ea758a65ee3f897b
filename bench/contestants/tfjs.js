/** TensorFlow.js as a contestant: `tfjs.js JOB THREADS BACKEND`. Its images are [n, h, w, c]; in Node it has one thread. */

import * as tf from "@tensorflow/tfjs";
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { compete } from "../contest.js";
import { images, labels } from "../fill.js";
import { args, offerWorkers } from "../host.js";
import { JOBS, MOMENTUM, WEIGHT_DECAY } from "../jobs.js";
import { parametersOf } from "../nets.js";

const [job, threads, backend] = args;
const { net, input, learningRate } = JOBS[job];
if (tf.env().get("IS_BROWSER")) {
  offerWorkers(2 * Number(threads)); // it uses half of them at most, and none in Node
  setWasmPaths(new URL("../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).href);
}
setThreadsCount(Number(threads));
await tf.setBackend(backend);

/** From [out, in, h, w] and [out, in] to [h, w, in, out] and [in, out]. */
const AXES = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };
const parameters = parametersOf(net, input);
const variables = Object.fromEntries(
  Object.entries(parameters).map(([name, { shape, data }]) => [
    name,
    tf.variable(tf.tensor(data, shape).transpose(AXES[shape.length]), true, name),
  ]),
);

/** @type {import("../nets.js").Operations<tf.Tensor>} */
const operations = {
  conv: (x, name, _filters, _kernel, { stride = 1, padding = 0 } = {}) =>
    x.conv2d(variables[`${name}.weight`], stride, padding).add(variables[`${name}.bias`]),
  convRelu: (x, name, _filters, _kernel, { stride = 1, padding = 0 } = {}) =>
    tf.fused.conv2d({
      x,
      filter: variables[`${name}.weight`],
      strides: stride,
      pad: padding,
      bias: variables[`${name}.bias`],
      activation: "relu",
    }),
  linear: (x, name) => x.matMul(variables[`${name}.weight`]).add(variables[`${name}.bias`]),
  relu: (x) => x.relu(),
  // Where a window of 3 reaches over the edge of an even extent, it does so at the end: that is its "same".
  maxPool: (x, kernel, { stride = 1, padding = 0, ceil = false } = {}) =>
    x.maxPool(kernel, stride, ceil ? "same" : padding),
  averagePool: (x) => x.mean([1, 2], true),
  flatten: (x) => x.transpose([0, 3, 1, 2]).reshape([x.shape[0], -1]),
  add: (x, y) => x.add(y),
  concat: (xs) => tf.concat(xs, 3),
  logSoftmax: (x) => x.logSoftmax(),
};

const x = tf.tensor(images(input), input).transpose([0, 2, 3, 1]);
const [classes] = Object.values(parameters).at(-1).shape;
const y = tf.oneHot(tf.tensor1d(labels(input[0]), "int32"), classes);
const optimizer = tf.train.momentum(learningRate, MOMENTUM);
const loss = () => tf.losses.softmaxCrossEntropy(y, net(operations, x));

function update() {
  const { value, grads } = tf.variableGrads(loss);
  for (const name in grads) grads[name] = grads[name].add(variables[name].mul(WEIGHT_DECAY));
  optimizer.applyGradients(grads);
  return value;
}

const step = () => tf.tidy(() => (learningRate ? update() : loss()).dataSync()[0]);
await compete({ version: tf.version.tfjs, threads: backend === "wasm" ? getThreadsCount() : 1 }, step);
