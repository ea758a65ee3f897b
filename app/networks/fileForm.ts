import type { Network } from "./network.ts";

/** The formats that a network can be written in, by the endings of their files' names. */
export type FileForm = "safetensors" | "pth" | "onnx";

/** How an ONNX model is written. */
export interface OnnxChoices {
  /** Moves batch norm into the convolutions before it. */
  readonly fold: boolean;
  /** Ends with a softmax, so that the model puts out probabilities. */
  readonly softmax: boolean;
  /** Begins with the normalisation, so that the model reads pixels from 0 to 255. */
  readonly normalize: boolean;
}

/** A file name for the network: what systems don't take in one becomes `-`. */
export function fileName({ name }: Pick<Network, "name">, form: FileForm): string {
  const plain = name.replace(/[^\p{L}\p{N}._ -]+/gu, "-").replace(/^[. -]+|[. -]+$/g, "");
  return `${plain === "" ? "network" : plain}.${form}`;
}
