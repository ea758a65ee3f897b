// Networks from files and to files. A worker does the work, one a file, and its memory goes with it.

import { type Remote, wrap } from "comlink";
import { inBytes } from "./figures.ts";
import type { FileForm, OnnxChoices } from "./fileForm.ts";
import type { Network } from "./network.ts";
import type { Draft } from "./read.ts";
import type { Filing } from "./worker.ts";

/** VGG-19, the largest of the zoo, takes 575 MB. */
const maxBytes = 1e9;

/** A file that was read: what it may be, and the network that the reader chooses. */
export interface Reading {
  readonly drafts: readonly Draft[];
  /** The network of the draft of that number; with it the reading ends. */
  take(index: number): Promise<Network>;
  /** Ends the reading without a network. */
  close(): void;
}

/** What a file may be, by its name and its bytes. Throws an error for its reader when it is nothing. */
export async function readNetworkFile(file: File): Promise<Reading> {
  if (file.size > maxBytes)
    throw new Error(`${file.name}: has ${inBytes(file.size)}, expected at most ${inBytes(maxBytes)}`);
  if (file.size === 0) throw new Error(`${file.name}: is empty, expected weights or an ONNX model`);
  const worker = started();
  try {
    const drafts = await worker.call((filing) => filing.read(file));
    return {
      drafts,
      take: async (index) => {
        try {
          return await worker.call((filing) => filing.take(index));
        } finally {
          worker.end();
        }
      },
      close: worker.end,
    };
  } catch (error) {
    worker.end();
    throw error;
  }
}

/** The network as a file's bytes. */
export async function writeNetworkFile(
  network: Network,
  form: FileForm,
  choices: OnnxChoices,
): Promise<Uint8Array<ArrayBuffer>> {
  const worker = started();
  try {
    return await worker.call((filing) => filing.write(network, form, choices));
  } finally {
    worker.end();
  }
}

function started() {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const filing = wrap<Filing>(worker);
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener("error", ({ message }) => {
      reject(
        new Error(
          `the worker for files stopped: ${message || "its script could not be loaded; reload the page"}`,
        ),
      );
    });
  });
  // Nobody may be waiting when it breaks.
  broken.catch(() => {});
  return {
    call: <T>(work: (filing: Remote<Filing>) => Promise<T>): Promise<T> =>
      Promise.race([work(filing), broken]),
    end: () => worker.terminate(),
  };
}
