/**
 * The article's nets, written once for all JavaScript peers: `nn` holds a peer's operations, and the names are
 * those of the parameters. `zooNets.js` has torchvision's.
 *
 * @template T
 * @typedef {object} Operations
 * @property {(x: T, name: string, filters: number, kernel: number, window?: Window & { norm?: Norm }) => T} conv with
 *   bias; `norm` is inside its parameters already (`parametersOf`)
 * @property {Operations<T>["conv"]} convRelu the same and ReLU, for peers that do both at once
 * @property {(x: T, name: string, features: number) => T} linear with bias
 * @property {(x: T) => T} relu
 * @property {(x: T, kernel: number, window?: Window) => T} maxPool
 * @property {(x: T) => T} averagePool over the whole image
 * @property {(x: T) => T} flatten in the order channel, row, column
 * @property {(x: T, y: T) => T} add
 * @property {(xs: T[]) => T} concat along the channels
 * @property {(x: T) => T} logSoftmax
 */

/** @typedef {{ stride?: number, padding?: number, ceil?: boolean }} Window `ceil`: the last may reach over the edge */

/** @typedef {{ name: string, epsilon: number }} Norm a batch norm, in evaluation */

import { product, tensor } from "./fill.js";

/**
 * @template T
 * @param {Operations<T>} nn
 * @param {T} x
 */
export function lenet5(nn, x) {
  const block = (x, name, filters, window) =>
    nn.maxPool(nn.relu(nn.conv(x, name, filters, 5, window)), 2, { stride: 2 });
  x = nn.flatten(block(block(x, "conv1", 6, { padding: 2 }), "conv2", 16));
  x = nn.relu(nn.linear(x, "fc1", 120));
  x = nn.relu(nn.linear(x, "fc2", 84));
  return nn.linear(x, "fc3", 10);
}

/** Filters of the branches 1x1; 1x1, 3x3; 1x1, 5x5; pool, 1x1. */
export const INCEPTIONS = {
  b3: [
    [64, [96, 128], [16, 32], 32],
    [128, [128, 192], [32, 96], 64],
  ],
  b4: [
    [192, [96, 208], [16, 48], 64],
    [160, [112, 224], [24, 64], 64],
    [128, [128, 256], [24, 64], 64],
    [112, [144, 288], [32, 64], 64],
    [256, [160, 320], [32, 128], 128],
  ],
  b5: [
    [256, [160, 320], [32, 128], 128],
    [384, [192, 384], [48, 128], 128],
  ],
};

/**
 * GoogLeNet for one input channel, its second module without ReLU.
 * @template T
 * @param {Operations<T>} nn
 * @param {T} x
 */
export function googlenet(nn, x) {
  const conv = (x, name, filters, kernel, window) =>
    nn.relu(nn.conv(x, `${name}.conv`, filters, kernel, window));
  const pool = (x) => nn.maxPool(x, 3, { stride: 2, padding: 1 });
  const inception = (x, name, [c1, c2, c3, c4]) =>
    nn.concat([
      conv(x, `${name}.branch1`, c1, 1),
      conv(conv(x, `${name}.branch2.0`, c2[0], 1), `${name}.branch2.1`, c2[1], 3, { padding: 1 }),
      conv(conv(x, `${name}.branch3.0`, c3[0], 1), `${name}.branch3.1`, c3[1], 5, { padding: 2 }),
      conv(nn.maxPool(x, 3, { padding: 1 }), `${name}.branch4.1`, c4, 1),
    ]);
  const inceptions = (x, name) => INCEPTIONS[name].reduce((x, c, i) => inception(x, `${name}.${i}`, c), x);

  x = pool(conv(x, "b1.0", 64, 7, { stride: 2, padding: 3 }));
  x = pool(nn.conv(nn.conv(x, "b2.0", 64, 1), "b2.1", 192, 3, { padding: 1 }));
  x = pool(inceptions(x, "b3"));
  x = pool(inceptions(x, "b4"));
  x = nn.averagePool(inceptions(x, "b5"));
  return nn.logSoftmax(nn.linear(nn.flatten(x), "fc", 10));
}

/**
 * A net's parameters as `fill.js` has them, each batch norm multiplied into the convolution in front of it.
 * @param {(nn: Operations<number[]>, x: number[]) => number[]} net
 * @param {number[]} input
 * @returns {Record<string, { shape: number[], data: Float32Array }>}
 */
export function parametersOf(net, input) {
  const parameters = {};
  for (const { name, weight, norm } of layers(net, input)) {
    const shapes = { weight, bias: [weight[0]] };
    const data = norm
      ? folded(name, weight, norm)
      : Object.fromEntries(["weight", "bias"].map((leaf) => [leaf, tensor(`${name}.${leaf}`, shapes[leaf])]));
    for (const leaf in shapes) parameters[`${name}.${leaf}`] = { shape: shapes[leaf], data: data[leaf] };
  }
  return parameters;
}

/**
 * gamma (W x - mean) / sqrt(variance + epsilon) + beta, as one convolution.
 * @param {string} name
 * @param {number[]} shape
 * @param {Norm} norm
 */
function folded(name, shape, norm) {
  const [filters] = shape;
  const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((leaf) =>
    tensor(`${norm.name}.${leaf}`, [filters]),
  );
  const scale = gamma.map((g, k) => g / Math.sqrt(variance[k] + norm.epsilon));
  const each = product(shape) / filters;
  const weight = tensor(`${name}.weight`, shape).map((w, i) => w * scale[Math.floor(i / each)]);
  return { weight, bias: beta.map((b, k) => b - mean[k] * scale[k]) };
}

/**
 * What a net is made of, found by running it on shapes.
 * @param {(nn: Operations<number[]>, x: number[]) => number[]} net
 * @param {number[]} input
 */
function layers(net, input) {
  /** @type {{ name: string, weight: number[], norm?: Norm }[]} */
  const found = [];
  const slide = (extents, kernel, { stride = 1, padding = 0, ceil = false } = {}) =>
    extents.map((extent) => Math[ceil ? "ceil" : "floor"]((extent + 2 * padding - kernel) / stride) + 1);
  const conv = ([n, c, ...extents], name, filters, kernel, window) => {
    found.push({ name, weight: [filters, c, kernel, kernel], norm: window?.norm });
    return [n, filters, ...slide(extents, kernel, window)];
  };

  net(
    {
      conv,
      convRelu: conv,
      linear([n, c], name, features) {
        found.push({ name, weight: [features, c] });
        return [n, features];
      },
      relu: (x) => x,
      maxPool: ([n, c, ...extents], kernel, window) => [n, c, ...slide(extents, kernel, window)],
      averagePool: ([n, c]) => [n, c, 1, 1],
      flatten: ([n, ...rest]) => [n, product(rest)],
      add: (x) => x,
      concat: (xs) => xs.reduce(([n, a, ...extents], [, b]) => [n, a + b, ...extents]),
      logSoftmax: (x) => x,
    },
    input,
  );
  return found;
}
