// Reading and writing of networks' files, apart from the page's thread.

import { expose, transfer } from "comlink";
import { loadEngine } from "convnets";
import { loadDigits } from "../digits/load.ts";
import type { FileForm, OnnxChoices } from "./fileForm.ts";
import type { Network } from "./network.ts";
import { type Candidate, candidatesOf, type Draft } from "./read.ts";
import { tryOnDigits } from "./trial.ts";
import { fileOf } from "./write.ts";

let candidates: readonly Candidate[] = [];

const filing = {
  /** What the file may be. */
  async read(file: File): Promise<readonly Draft[]> {
    candidates = await candidatesOf(new Uint8Array(await file.arrayBuffer()), file.name);
    return Promise.all(candidates.map(tried));
  },

  /** The network of the candidate of that number. */
  take(index: number): Network {
    const network = candidates[index]?.network();
    if (network === undefined)
      throw new RangeError(`there are ${candidates.length} candidates, none is ${index}`);
    const { form, weights } = network;
    return transfer(network, [form.kind === "onnx" ? form.bytes.buffer : weights.buffer]);
  },

  async write(network: Network, form: FileForm, choices: OnnxChoices): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await fileOf(network, form, choices);
    return transfer(bytes, [bytes.buffer]);
  },
};

/** The draft, with the range that suits the network best where it reads digits. */
async function tried({ draft, network }: Candidate): Promise<Draft> {
  if (!draft.digits || draft.channels !== 1) return draft;
  try {
    const [digits, engine] = await Promise.all([loadDigits("test"), loadEngine("wasm", { threads: 1 })]);
    const { range, right, of } = await tryOnDigits(network(), digits, engine);
    return { ...draft, normalization: range, tried: `It reads ${right} of ${of} test digits right.` };
  } catch {
    // It is a guess; the reader may know better.
    return draft;
  }
}

export type Filing = typeof filing;

expose(filing);
