/** Two of torchvision's nets for the JavaScript peers, in evaluation: see nets.js. */

import { INCEPTIONS } from "./nets.js";

/**
 * @template T
 * @param {import("./nets.js").Operations<T>} nn
 * @param {T} x
 */
export function googlenet(nn, x) {
  const conv = (x, name, filters, kernel, window) =>
    nn.convRelu(x, `${name}.conv`, filters, kernel, {
      ...window,
      norm: { name: `${name}.bn`, epsilon: 1e-3 },
    });
  const halve = (x, kernel = 3) => nn.maxPool(x, kernel, { stride: 2, ceil: true });
  const inception = (x, name, [c1, c2, c3, c4]) =>
    nn.concat([
      conv(x, `${name}.branch1`, c1, 1),
      conv(conv(x, `${name}.branch2.0`, c2[0], 1), `${name}.branch2.1`, c2[1], 3, { padding: 1 }),
      conv(conv(x, `${name}.branch3.0`, c3[0], 1), `${name}.branch3.1`, c3[1], 3, { padding: 1 }),
      conv(nn.maxPool(x, 3, { padding: 1 }), `${name}.branch4.1`, c4, 1),
    ]);
  const inceptions = (x, stage) =>
    INCEPTIONS[`b${stage}`].reduce((x, c, i) => inception(x, `inception${stage}${"abcde"[i]}`, c), x);

  x = halve(conv(x, "conv1", 64, 7, { stride: 2, padding: 3 }));
  x = halve(conv(conv(x, "conv2", 64, 1), "conv3", 192, 3, { padding: 1 }));
  x = halve(inceptions(x, 3));
  x = halve(inceptions(x, 4), 2);
  return nn.linear(nn.flatten(nn.averagePool(inceptions(x, 5))), "fc", 1000);
}

/** Blocks and filters of the stages. */
const STAGES = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
];

/**
 * @template T
 * @param {import("./nets.js").Operations<T>} nn
 * @param {T} x
 */
export function resnet50(nn, x) {
  const norm = (name) => ({ norm: { name, epsilon: 1e-5 } });
  const block = (x, name, filters, stride, widens) => {
    const shortcut = widens
      ? nn.conv(x, `${name}.downsample.0`, 4 * filters, 1, { stride, ...norm(`${name}.downsample.1`) })
      : x;
    let y = nn.convRelu(x, `${name}.conv1`, filters, 1, norm(`${name}.bn1`));
    y = nn.convRelu(y, `${name}.conv2`, filters, 3, { stride, padding: 1, ...norm(`${name}.bn2`) });
    y = nn.conv(y, `${name}.conv3`, 4 * filters, 1, norm(`${name}.bn3`));
    return nn.relu(nn.add(y, shortcut));
  };

  x = nn.convRelu(x, "conv1", 64, 7, { stride: 2, padding: 3, ...norm("bn1") });
  x = nn.maxPool(x, 3, { stride: 2, padding: 1 });
  for (const [stage, [blocks, filters]] of STAGES.entries()) {
    for (let i = 0; i < blocks; i++) {
      x = block(x, `layer${stage + 1}.${i}`, filters, stage > 0 && i === 0 ? 2 : 1, i === 0);
    }
  }
  return nn.linear(nn.flatten(nn.averagePool(x)), "fc", 1000);
}
