import { googlenet, lenet5 } from "./nets.js";
import { resnet50, googlenet as torchvisionGooglenet } from "./zooNets.js";

/**
 * A job is a training step where it has a learning rate, else an evaluation forward pass. `model` is a name of our
 * registry and, but for the first two, of torchvision; `net` is the same for the JavaScript peers, who know only these.
 * The `web` compares engines that run in a page too.
 *
 * @typedef {{ model: string, input: number[], learningRate?: number, net?: typeof googlenet, web?: boolean }} Job
 */

/** At 1e-4, ResNet-50's third loss differs by 0.3 % between two forms of PyTorch already. */
const LOW_RATE = 1e-5;

const LENET5 = { model: "lenet5", net: lenet5, input: [128, 1, 28, 28], learningRate: 1e-2 };

/** @type {Record<string, Record<string, Job>>} */
export const GROUPS = {
  article: {
    "lenet5-train": LENET5,
    "googlenet_article-train": { ...article(32), learningRate: 1e-4 },
    "googlenet_article-infer-1": article(1),
    "googlenet_article-infer-32": article(32),
  },
  "zoo-infer": Object.fromEntries(
    ["alexnet", "vgg16", "googlenet", "inception_v3", "resnet18", "resnet50"].flatMap((model) =>
      [1, 8].map((batch) => [`${model}-infer-${batch}`, zoo(model, batch)]),
    ),
  ),
  "zoo-train": Object.fromEntries(
    ["googlenet", "resnet18", "resnet50", "vgg11"].map((model) => [
      `${model}-train`,
      { ...zoo(model, 16), learningRate: LOW_RATE },
    ]),
  ),
  cifar: {
    "resnet20_cifar-train": { model: "resnet20_cifar", input: [128, 3, 32, 32], learningRate: 1e-3 },
  },
  "zoo-memory": {
    "resnet50-train-8": { ...zoo("resnet50", 8), learningRate: LOW_RATE },
  },
  "web-infer": Object.fromEntries(
    Object.entries({ googlenet: torchvisionGooglenet, resnet50 }).flatMap(([model, net]) =>
      [1, 8].map((batch) => [`${model}-web-infer-${batch}`, { ...zoo(model, batch), net, web: true }]),
    ),
  ),
  "web-train": {
    "lenet5-web-train": { ...LENET5, web: true },
  },
};

/** All jobs by name. */
export const JOBS = Object.assign({}, ...Object.values(GROUPS));

export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 5e-4;

/** @param {number} batch */
function article(batch) {
  return { model: "googlenet_article", net: googlenet, input: [batch, 1, 96, 96] };
}

/**
 * @param {string} model
 * @param {number} batch
 */
function zoo(model, batch) {
  const side = model === "inception_v3" ? 299 : 224;
  return { model, input: [batch, 3, side, side] };
}
