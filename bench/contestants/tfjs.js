/** TensorFlow.js as a contestant: `tfjs.js JOB BACKEND`. Its images are [n, h, w, c]; in Node it has one thread. */

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { compete } from "../contest.js";
import { images, labels, tensor } from "../fill.js";
import { JOBS, MOMENTUM, WEIGHT_DECAY } from "../jobs.js";
import { trace } from "../nets.js";

const [job, backend] = process.argv.slice(2);
const { net, input, learningRate } = JOBS[job];
await tf.setBackend(backend);

/** From [out, in, h, w] and [out, in] to [h, w, in, out] and [in, out]. */
const AXES = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };
const variables = Object.fromEntries(
  Object.entries(trace(net, input).parameters).map(([name, shape]) => [
    name,
    tf.variable(tf.tensor(tensor(name, shape), shape).transpose(AXES[shape.length]), true, name),
  ]),
);

/** @type {import("../nets.js").Operations<tf.Tensor>} */
const operations = {
  conv: (x, name, _filters, _kernel, { stride = 1, padding = 0 } = {}) =>
    x.conv2d(variables[`${name}.weight`], stride, padding).add(variables[`${name}.bias`]),
  linear: (x, name) => x.matMul(variables[`${name}.weight`]).add(variables[`${name}.bias`]),
  relu: (x) => x.relu(),
  maxPool: (x, kernel, { stride = 1, padding = 0 } = {}) => x.maxPool(kernel, stride, padding),
  averagePool: (x) => x.mean([1, 2], true),
  flatten: (x) => x.transpose([0, 3, 1, 2]).reshape([x.shape[0], -1]),
  concat: (xs) => tf.concat(xs, 3),
  logSoftmax: (x) => x.logSoftmax(),
};

const x = tf.tensor(images(input), input).transpose([0, 2, 3, 1]);
const y = tf.oneHot(tf.tensor1d(labels(input[0]), "int32"), 10);
const optimizer = tf.train.momentum(learningRate, MOMENTUM);
const loss = () => tf.losses.softmaxCrossEntropy(y, net(operations, x));

function update() {
  const { value, grads } = tf.variableGrads(loss);
  for (const name in grads) grads[name] = grads[name].add(variables[name].mul(WEIGHT_DECAY));
  optimizer.applyGradients(grads);
  return value;
}

const step = () => tf.tidy(() => (learningRate ? update() : loss()).dataSync()[0]);
await compete({ version: tf.version.tfjs, threads: 1 }, step);
