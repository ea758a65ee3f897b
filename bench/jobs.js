import { googlenet, lenet5, trace } from "./nets.js";

/**
 * A job is a training step where it has a learning rate, else an evaluation forward pass.
 * @type {Record<string, { net: typeof googlenet, input: number[], learningRate?: number }>}
 */
export const JOBS = {
  "lenet5-train": { net: lenet5, input: [128, 1, 28, 28], learningRate: 1e-2 },
  "googlenet-train": { net: googlenet, input: [32, 1, 96, 96], learningRate: 1e-4 },
  "googlenet-infer-1": { net: googlenet, input: [1, 1, 96, 96] },
  "googlenet-infer-32": { net: googlenet, input: [32, 1, 96, 96] },
};

export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 5e-4;

/**
 * The direct count of a step. Training computes every layer three times: forward, towards its weights, and
 * (but for the first) towards its input.
 * @param {string} job
 */
export function flops(job) {
  const { net, input, learningRate } = JOBS[job];
  const { multiplyAdds } = trace(net, input);
  const forward = multiplyAdds.reduce((a, b) => a + b);
  return 2 * (learningRate ? 3 * forward - multiplyAdds[0] : forward);
}
