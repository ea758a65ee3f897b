import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What `--only` chooses from. */
export const NAMES = ["convnets", "pytorch", "tfjs-cpu", "tfjs-wasm", "jax-js"];

/**
 * Everyone who can be compared on a job, and the command that starts it.
 * @param {string} job
 * @param {number} threads
 * @returns {Record<string, string[]>}
 */
export function contestants(job, threads) {
  const command = (program, file, ...args) => [
    ...program,
    fileURLToPath(new URL(`contestants/${file}`, import.meta.url)),
    job,
    ...args.map(String),
  ];
  const node = [process.execPath];
  // A kernel that V8 has compiled quickly stays slow until its call returns: minutes, the first time.
  const optimizingNode = [process.execPath, "--no-liftoff"];
  const python = [pythonWithTorch()];
  return {
    convnets: command(node, "convnets.js", threads),
    "pytorch-default": command(python, "pytorch.py", threads, "default"),
    "pytorch-channels-last": command(python, "pytorch.py", threads, "channels_last"),
    // PyTorch's compilation for inference, that cannot train.
    ...(job.includes("infer") && {
      "pytorch-optimized": command(python, "pytorch.py", threads, "optimized"),
    }),
    "tfjs-cpu": command(node, "tfjs.js", "cpu"),
    "tfjs-wasm": command(node, "tfjs.js", "wasm"),
    "jax-js": command(optimizingNode, "jax.js", threads),
  };
}

/** @type {string | undefined} */
let python;

function pythonWithTorch() {
  const canImport = (program) => spawnSync(program, ["-c", "import numpy, torch"]).status === 0;
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3"].filter(Boolean);
  python ??= candidates.find(canImport) ?? "python3";
  return python;
}
