/**
 * The two nets, written once for all JavaScript peers: `nn` holds a peer's operations, and the names are
 * those of the parameters.
 *
 * @template T
 * @typedef {object} Operations
 * @property {(x: T, name: string, filters: number, kernel: number, window?: Window) => T} conv with bias
 * @property {(x: T, name: string, features: number) => T} linear with bias
 * @property {(x: T) => T} relu
 * @property {(x: T, kernel: number, window?: Window) => T} maxPool
 * @property {(x: T) => T} averagePool over the whole image
 * @property {(x: T) => T} flatten in the order channel, row, column
 * @property {(xs: T[]) => T} concat along the channels
 * @property {(x: T) => T} logSoftmax
 */

/** @typedef {{ stride?: number, padding?: number }} Window */

import { product } from "./fill.js";

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
const INCEPTIONS = {
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
 * What a net is made of, found by running it on shapes.
 * @param {(nn: Operations<number[]>, x: number[]) => number[]} net
 * @param {number[]} input
 */
export function trace(net, input) {
  /** @type {Record<string, number[]>} */
  const parameters = {};
  /** @type {number[]} per layer */
  const multiplyAdds = [];
  const layer = (name, weight, positions) => {
    parameters[`${name}.weight`] = weight;
    parameters[`${name}.bias`] = [weight[0]];
    multiplyAdds.push(product(weight) * positions);
  };
  const slide = (extents, kernel, { stride = 1, padding = 0 } = {}) =>
    extents.map((extent) => Math.floor((extent + 2 * padding - kernel) / stride) + 1);

  net(
    {
      conv([n, c, ...extents], name, filters, kernel, window) {
        const out = slide(extents, kernel, window);
        layer(name, [filters, c, kernel, kernel], n * product(out));
        return [n, filters, ...out];
      },
      linear([n, c], name, features) {
        layer(name, [features, c], n);
        return [n, features];
      },
      relu: (x) => x,
      maxPool: ([n, c, ...extents], kernel, window) => [n, c, ...slide(extents, kernel, window)],
      averagePool: ([n, c]) => [n, c, 1, 1],
      flatten: ([n, ...rest]) => [n, product(rest)],
      concat: (xs) => xs.reduce(([n, a, ...extents], [, b]) => [n, a + b, ...extents]),
      logSoftmax: (x) => x,
    },
    input,
  );
  return { parameters, multiplyAdds };
}
