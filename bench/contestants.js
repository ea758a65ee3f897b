import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { JOBS } from "./jobs.js";

/** Families of contestants: what `--only` chooses from, and of which the fastest form counts. */
export const NAMES = ["convnets", "onnxruntime-node", "pytorch", "tfjs-cpu", "tfjs-wasm", "jax-js"];

/**
 * Everyone who can be compared on a job, and the command that starts it.
 * @param {string} job
 * @param {number} threads
 * @returns {Record<string, string[]>}
 */
export function contestants(job, threads) {
  const { model, input, learningRate, net } = JOBS[job];
  const node = [process.execPath];
  // A kernel that V8 has compiled quickly stays slow until its call returns: minutes, the first time.
  const optimizingNode = [process.execPath, "--no-liftoff"];
  const pytorch = (form) =>
    command([pythonWithTorch()], "pytorch.py", JSON.stringify({ model, input, learningRate }), threads, form);
  return {
    convnets: command(node, "convnets.js", job, threads),
    ...(!learningRate && {
      "onnxruntime-node": command(node, "onnxruntime.js", job, threads, pythonWithTorch()),
    }),
    "pytorch-default": pytorch("default"),
    "pytorch-channels-last": pytorch("channels_last"),
    // PyTorch's compilation for inference, that cannot train.
    ...(!learningRate && { "pytorch-optimized": pytorch("optimized") }),
    ...(net && {
      "tfjs-cpu": command(node, "tfjs.js", job, "cpu"),
      "tfjs-wasm": command(node, "tfjs.js", job, "wasm"),
      "jax-js": command(optimizingNode, "jax.js", job, threads),
    }),
  };
}

/**
 * Prints where convnets spends the time of a job's step.
 * @param {string} job
 * @param {number} threads
 */
export function profile(job, threads) {
  return command([process.execPath], "profile.js", job, threads);
}

/**
 * @param {string[]} program
 * @param {string} file of `contestants/`
 * @param {(string | number)[]} args
 */
function command(program, file, ...args) {
  const script = fileURLToPath(new URL(`contestants/${file}`, import.meta.url));
  return [...program, script, ...args.map(String)];
}

/** @type {string | undefined} */
let python;

function pythonWithTorch() {
  const canImport = (program) => spawnSync(program, ["-c", "import numpy, torch"]).status === 0;
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3"].filter(Boolean);
  python ??= candidates.find(canImport) ?? "python3";
  return python;
}
