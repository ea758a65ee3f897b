// Reading and writing of networks' files, apart from the page's thread.

import { expose, transfer } from "comlink";
import type { FileForm, OnnxChoices } from "./fileForm.ts";
import type { Network } from "./network.ts";
import { type Candidate, candidatesOf, type Draft } from "./read.ts";
import { fileOf } from "./write.ts";

let candidates: readonly Candidate[] = [];

const filing = {
  /** What the file may be. */
  async read(file: File): Promise<readonly Draft[]> {
    candidates = await candidatesOf(new Uint8Array(await file.arrayBuffer()), file.name);
    return candidates.map(({ draft }) => draft);
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

export type Filing = typeof filing;

expose(filing);
