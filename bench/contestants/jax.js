/** jax-js as a contestant: `jax.js JOB THREADS`. */

import { compete } from "../contest.js";
import { images, labels } from "../fill.js";
import { args, offerWorkers } from "../host.js";
import { JOBS, MOMENTUM, WEIGHT_DECAY } from "../jobs.js";
import { parametersOf } from "../nets.js";
import manifest from "../package.json" with { type: "json" };

const [job, threads] = args;
const { net, input, learningRate } = JOBS[job];
offerWorkers(Number(threads)); // jax-js looks for them when it is imported
const {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy: np,
  tree,
  valueAndGrad,
} = await import("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

/**
 * A call frees its arguments but for `x.ref`. Under `jit` they are symbols, so they may be kept throughout.
 * What only `zooNets.js` asks for is not here.
 */
const operations = (parameters) => ({
  conv: (x, name, _filters, _kernel, { stride = 1, padding = 0 } = {}) =>
    lax
      .convGeneralDilated(x.ref, parameters[`${name}.weight`].ref, [stride, stride], pads(padding))
      .add(parameters[`${name}.bias`].ref.reshape([-1, 1, 1])),
  linear: (x, name) =>
    np.matmul(x.ref, parameters[`${name}.weight`].ref.transpose()).add(parameters[`${name}.bias`].ref),
  relu: (x) => nn.relu(x.ref),
  maxPool: (x, kernel, { stride = 1, padding = 0 } = {}) =>
    lax.reduceWindow(padLowest(x, padding), (window) => np.max(window), [kernel, kernel], [stride, stride]),
  averagePool: (x) => np.mean(x.ref, [2, 3]),
  flatten: (x) => x.ref.reshape([x.shape[0], -1]),
  concat: (xs) => np.concatenate(tree.ref(xs), 1),
  logSoftmax: (x) => nn.logSoftmax(x.ref),
});

const pads = (padding) => [
  [padding, padding],
  [padding, padding],
];

/** jax-js pads with zeros only. */
function padLowest(x, padding) {
  if (padding === 0) return x.ref;
  const pad = (a) => np.pad(a, [...pads(0), ...pads(padding)]);
  return np.where(pad(np.ones(x.shape, { dtype: np.bool })), pad(x.ref), -Infinity);
}

function loss(parameters, x, y) {
  const logits = net(operations(parameters), x);
  return np.mean(np.sum(nn.logSoftmax(logits).mul(y), -1)).neg();
}

const update = jit((parameters, velocities, x, y) => {
  const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), x, y);
  velocities = tree.map(
    (v, g, p) => v.mul(MOMENTUM).add(g).add(p.mul(WEIGHT_DECAY)),
    velocities,
    gradients,
    tree.ref(parameters),
  );
  parameters = tree.map((p, v) => p.sub(v.mul(learningRate)), parameters, tree.ref(velocities));
  return [value, parameters, velocities];
});
const evaluate = jit(loss);

const x = np.array(images(input)).reshape(input);
const y = nn.oneHot(np.array(labels(input[0])), 10);
let parameters = Object.fromEntries(
  Object.entries(parametersOf(net, input)).map(([name, { shape, data }]) => [
    name,
    np.array(data).reshape(shape),
  ]),
);
let velocities = tree.map((p) => np.zeros(p.shape), parameters);

async function train() {
  let value;
  [value, parameters, velocities] = update(parameters, velocities, x.ref, y.ref);
  await blockUntilReady(parameters); // The loss is there long before.
  return (await value.data())[0];
}

async function infer() {
  return (await evaluate(tree.ref(parameters), x.ref, y.ref).data())[0];
}

await compete(
  { version: manifest.dependencies["@jax-js/jax"], threads: Number(threads) },
  learningRate ? train : infer,
);
