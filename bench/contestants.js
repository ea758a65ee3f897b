import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { JOBS } from "./jobs.js";

const NODE = [process.execPath];

/** A kernel that V8 has compiled quickly stays slow until its call returns: minutes, the first time. */
const OPTIMIZING_NODE = [process.execPath, "--no-liftoff"];

/** Families of contestants: what `--only` chooses from. */
export const NAMES = [
  "convnets",
  "convnets-wasm",
  "convnets-onednn",
  "onnxruntime-node",
  "onnxruntime-web",
  "pytorch",
  "tfjs-cpu",
  "tfjs-wasm",
  "jax-js",
];

/**
 * Everyone who can be compared on a job, and the command that starts it.
 * @param {string} job
 * @param {number} threads
 * @param {boolean} inPages those of the web's jobs who can run in pages do
 * @returns {Record<string, string[]>}
 */
export function contestants(job, threads, inPages) {
  return JOBS[job].web ? webContestants(job, threads, inPages) : nativeContestants(job, threads);
}

function webContestants(job, threads, inPages) {
  const program = (file, ...args) =>
    inPages ? command(NODE, "../page.js", file, ...args) : command(NODE, file, ...args);
  const jax = inPages ? program("jax.js", job, threads) : command(OPTIMIZING_NODE, "jax.js", job, threads);
  const training = JOBS[job].learningRate !== undefined;
  if (!training) offerPython();
  return {
    "convnets-wasm": program("convnets.js", job, threads, "wasm"),
    "convnets-wasm-1": program("convnets.js", job, 1, "wasm"),
    ...(training
      ? { "jax-js": jax }
      : {
          "onnxruntime-web": program("onnxruntime.js", job, threads, "onnxruntime-web"),
          "onnxruntime-web-1": program("onnxruntime.js", job, 1, "onnxruntime-web"),
          "tfjs-wasm": program("tfjs.js", job, threads, "wasm"),
          ...(inPages && { "tfjs-wasm-1": program("tfjs.js", job, 1, "wasm") }),
        }),
    "convnets-onednn": command(NODE, "convnets.js", job, threads, "onednn"),
  };
}

function nativeContestants(job, threads) {
  const { model, input, learningRate, net } = JOBS[job];
  offerPython();
  const pytorch = (form) =>
    command(
      [process.env.PYTHON],
      "pytorch.py",
      JSON.stringify({ model, input, learningRate }),
      threads,
      form,
    );
  return {
    convnets: command(NODE, "convnets.js", job, threads, "onednn"),
    ...(!learningRate && {
      "onnxruntime-node": command(NODE, "onnxruntime.js", job, threads, "onnxruntime-node"),
    }),
    "pytorch-default": pytorch("default"),
    "pytorch-channels-last": pytorch("channels_last"),
    // PyTorch's compilation for inference, that cannot train.
    ...(!learningRate && { "pytorch-optimized": pytorch("optimized") }),
    ...(net && {
      "tfjs-cpu": command(NODE, "tfjs.js", job, threads, "cpu"),
      "tfjs-wasm": command(NODE, "tfjs.js", job, threads, "wasm"),
      "jax-js": command(OPTIMIZING_NODE, "jax.js", job, threads),
    }),
  };
}

/**
 * Prints where convnets spends the time of a job's step.
 * @param {string} job
 * @param {number} threads
 */
export function profile(job, threads) {
  return command(NODE, "profile.js", job, threads, JOBS[job].web ? "wasm" : "onednn");
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

let offered = false;

/** The processes of contestants look for PyTorch in `$PYTHON`. */
function offerPython() {
  if (offered) return;
  const canImport = (program) => spawnSync(program, ["-c", "import numpy, torch"]).status === 0;
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3"].filter(Boolean);
  process.env.PYTHON = candidates.find(canImport) ?? "python3";
  offered = true;
}
