// What a thread of `TransformThreads` runs.

import { getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createTransforms } from "../transforms/pipeline.ts";
import { type TransformWork, transformAll } from "./transformed.ts";
import type { FromThread, ThreadSetup } from "./transformThreads.ts";

// `TransformThreads` is the only one who starts this file, and sends it nothing else.
const { specs, shape } = workerData as ThreadSetup;
const transform = createTransforms(specs);

// An engine's threads wait for each other at the end of each loop: one that loses its core to this thread holds up all.
// On Linux alone niceness belongs to a thread; elsewhere it would slow the whole process.
if (process.platform === "linux") setPriority(Math.min(19, getPriority() + 10));

parentPort?.on("message", (work: TransformWork | "close") => {
  if (work === "close") {
    parentPort?.close();
    return;
  }
  try {
    const pixels = transformAll(transform, work, shape);
    parentPort?.postMessage({ pixels } satisfies FromThread, [pixels.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ failure: message } satisfies FromThread);
  }
});
